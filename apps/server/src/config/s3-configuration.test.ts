import { describe, expect, it } from "vitest";
import { readConfiguration } from "./configuration.ts";

const read = (environment: Record<string, string>) => readConfiguration(environment, "/srv").s3;

describe("the configuration of S3", () => {
  it("goes through the proxy that is for its server", () => {
    const environment = { PATCHBAY_S3_BUCKET: "patchbay", HTTPS_PROXY: "http://proxy.test:3128" };
    expect(read(environment)?.proxy?.host).toBe("proxy.test:3128");
    expect(read({ ...environment, NO_PROXY: "amazonaws.com" })?.proxy).toBeNull();
    const endpoint = { ...environment, PATCHBAY_S3_ENDPOINT: "http://s3.test:9000" };
    expect(read(endpoint)?.proxy).toBeNull();
    expect(read({ ...endpoint, HTTP_PROXY: "proxy.test:8080" })?.proxy?.host).toBe("proxy.test:8080");
  });

  it("is absent, or a bucket with the rest as it usually is", () => {
    expect(read({})).toBeNull();
    expect(read({ PATCHBAY_S3_BUCKET: "", PATCHBAY_S3_REGION: "" })).toBeNull();
    expect(read({ PATCHBAY_S3_BUCKET: "patchbay" })).toEqual({
      bucket: "patchbay",
      endpoint: null,
      region: "us-east-1",
      credentials: null,
      forcePathStyle: false,
      proxy: null,
      redirects: true,
    });
    const own = {
      PATCHBAY_S3_BUCKET: "patchbay",
      PATCHBAY_S3_ENDPOINT: "http://127.0.0.1:9000",
      PATCHBAY_S3_REGION: "eu-central-1",
      PATCHBAY_S3_ACCESS_KEY_ID: "key",
      PATCHBAY_S3_SECRET_ACCESS_KEY: "secret",
      PATCHBAY_S3_REDIRECTS: "false",
    };
    expect(read(own)).toEqual({
      bucket: "patchbay",
      endpoint: "http://127.0.0.1:9000",
      region: "eu-central-1",
      credentials: { accessKeyId: "key", secretAccessKey: "secret" },
      forcePathStyle: true,
      proxy: null,
      redirects: false,
    });
    expect(read({ ...own, PATCHBAY_S3_FORCE_PATH_STYLE: "false" })?.forcePathStyle).toBe(false);
  });

  it("starts with half of the keys, which are refused when they are used", () => {
    expect(read({ PATCHBAY_S3_BUCKET: "patchbay", PATCHBAY_S3_ACCESS_KEY_ID: "key" })?.credentials).toEqual({
      accessKeyId: "key",
      secretAccessKey: "",
    });
  });

  it("is refused out of shape, with the name of the variable at fault", () => {
    for (const [change, name] of [
      [{ PATCHBAY_S3_BUCKET: "" }, "PATCHBAY_S3_BUCKET is missing beside PATCHBAY_S3_ENDPOINT"],
      [{ PATCHBAY_S3_BUCKET: "a/b" }, "PATCHBAY_S3_BUCKET"],
      [{ PATCHBAY_S3_ENDPOINT: "s3.example.org" }, "PATCHBAY_S3_ENDPOINT"],
      [{ PATCHBAY_S3_ENDPOINT: "ftp://s3.example.org" }, "PATCHBAY_S3_ENDPOINT"],
      [{ PATCHBAY_S3_ENDPOINT: "http://key:secret@s3.example.org" }, "PATCHBAY_S3_ENDPOINT"],
      [{ PATCHBAY_S3_FORCE_PATH_STYLE: "yes" }, "PATCHBAY_S3_FORCE_PATH_STYLE"],
      [{ PATCHBAY_S3_REDIRECTS: "1" }, "PATCHBAY_S3_REDIRECTS"],
    ] as const) {
      const usual = { PATCHBAY_S3_BUCKET: "patchbay", PATCHBAY_S3_ENDPOINT: "https://s3.example.org" };
      expect(() => read({ ...usual, ...change })).toThrow(new RegExp(`^${name}`));
    }
  });
});
