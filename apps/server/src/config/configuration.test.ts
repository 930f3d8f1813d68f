import { describe, expect, it } from "vitest";
import { readConfiguration } from "./configuration.ts";

const read = (environment: Record<string, string>) => readConfiguration(environment, "/srv").openId;
const complete = {
  PATCHBAY_OIDC_ISSUER: "https://login.example.org/realm",
  PATCHBAY_OIDC_CLIENT_ID: "patchbay",
};

describe("the configuration of a sign-in provider", () => {
  it("is absent, or an issuer and a client id with the rest as it usually is", () => {
    expect(read({})).toBeNull();
    expect(read({ PATCHBAY_OIDC_ISSUER: "", PATCHBAY_OIDC_CLIENT_ID: "" })).toBeNull();
    expect(read(complete)).toEqual({
      issuer: new URL("https://login.example.org/realm"),
      clientId: "patchbay",
      clientSecret: null,
      name: "login.example.org",
      allowedDomains: [],
      trustEmail: false,
    });
    const full = {
      ...complete,
      PATCHBAY_OIDC_CLIENT_SECRET: "secret",
      PATCHBAY_OIDC_NAME: "Acme",
      PATCHBAY_OIDC_ALLOWED_DOMAINS: "Example.org, example.com,",
    };
    expect(read(full)).toMatchObject({
      clientSecret: "secret",
      name: "Acme",
      allowedDomains: ["example.org", "example.com"],
    });
  });

  it("may do without encryption on this machine only", () => {
    for (const issuer of ["http://127.0.0.1:4000", "http://localhost/realm", "http://[::1]:80"])
      expect(read({ ...complete, PATCHBAY_OIDC_ISSUER: issuer })?.issuer.protocol).toBe("http:");
    for (const issuer of [
      "http://login.example.org",
      "http://127.0.0.1.example.org",
      "http://localhost.example.org",
    ])
      expect(() => read({ ...complete, PATCHBAY_OIDC_ISSUER: issuer })).toThrow(/^PATCHBAY_OIDC_ISSUER/);
  });

  it("is refused by halves or out of shape, with the name of the variable at fault", () => {
    for (const [change, name] of [
      [{ PATCHBAY_OIDC_CLIENT_ID: "" }, "PATCHBAY_OIDC_CLIENT_ID"],
      [{ PATCHBAY_OIDC_ISSUER: "" }, "PATCHBAY_OIDC_ISSUER"],
      [{ PATCHBAY_OIDC_ISSUER: "login.example.org" }, "PATCHBAY_OIDC_ISSUER"],
      [{ PATCHBAY_OIDC_ISSUER: "https://x.example/?a=b" }, "PATCHBAY_OIDC_ISSUER"],
      [
        { PATCHBAY_OIDC_ISSUER: "https://x.example/.well-known/openid-configuration" },
        "PATCHBAY_OIDC_ISSUER",
      ],
      [{ PATCHBAY_OIDC_ALLOWED_DOMAINS: "@example.org" }, "PATCHBAY_OIDC_ALLOWED_DOMAINS"],
      [{ PATCHBAY_OIDC_ALLOWED_DOMAINS: "*.example.org" }, "PATCHBAY_OIDC_ALLOWED_DOMAINS"],
    ] as const)
      expect(() => read({ ...complete, ...change })).toThrow(new RegExp(`^${name}`));
    for (const name of ["CLIENT_SECRET", "NAME", "ALLOWED_DOMAINS"])
      expect(() => read({ [`PATCHBAY_OIDC_${name}`]: "x" })).toThrow(/^PATCHBAY_OIDC_ISSUER/);
  });
});

describe("addresses of reverse proxies", () => {
  const read = (text: string) => readConfiguration({ PATCHBAY_TRUSTED_PROXIES: text }, "/").trustedProxies;

  it("are addresses and ranges", () => {
    expect(read("")).toEqual([]);
    expect(read("10.0.0.7, 192.168.0.0/16,::1,fd00::/8")).toEqual([
      "10.0.0.7",
      "192.168.0.0/16",
      "::1",
      "fd00::/8",
    ]);
  });

  it("are refused with an example when they are anything else", () => {
    for (const text of [
      "nginx",
      "10.0.0",
      "10.0.0.0/33",
      "::1/129",
      "10.0.0.0/",
      "10.0.0.0/8/8",
      "10.0.0.0/08",
      "fe80::1%eth0",
      "*",
      "true",
    ])
      expect(() => read(text), text).toThrow(/PATCHBAY_TRUSTED_PROXIES.*10\.0\.0\.7/s);
  });
});

describe("the public address", () => {
  const read = (text: string) => readConfiguration({ PATCHBAY_PUBLIC_URL: text }, "/").publicUrl?.href;

  it("may have a path of its own", () => {
    expect(read("https://patchbay.example.org")).toBe("https://patchbay.example.org/");
    expect(read("https://example.org/tools/patchbay/")).toBe("https://example.org/tools/patchbay/");
    expect(read("https://example.org/openid")).toBe("https://example.org/openid");
  });

  it("has none that begins as the server's own addresses do, and nothing that would have to be read in two ways", () => {
    for (const path of ["api", "o/x", "docs", "icon.svg", "openapi.json", "a//b", "a%2fb", "a?b", "a#b", "ä"])
      expect(() => read(`https://example.org/${path}`), path).toThrow(/PATCHBAY_PUBLIC_URL/);
  });
});

describe("how large files of tools may be", () => {
  const read = (text: string) => readConfiguration({ PATCHBAY_MAX_FILE_MIB: text }, "/").maxFileBytes;

  it("is said in mebibytes, 100 unless told", () => {
    expect([read(""), read("1"), read("2048")]).toEqual(
      [100, 1, 2048].map((mebibytes) => mebibytes * 1024 * 1024),
    );
  });

  it("is refused when it is no such number", () => {
    for (const text of ["0", "-1", "1.5", "100MB", "1000000", "off"])
      expect(() => read(text), text).toThrow(/PATCHBAY_MAX_FILE_MIB.*whole number of mebibytes/);
  });
});
