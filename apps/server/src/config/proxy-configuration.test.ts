import { describe, expect, it } from "vitest";
import { readProxies } from "./proxy-configuration.ts";

describe("the configuration of proxies", () => {
  it("is none without the variables", () => {
    expect(readProxies({})).toEqual({ http: null, https: null, except: [] });
    expect(readProxies({ HTTP_PROXY: "", NO_PROXY: "" })).toEqual({ http: null, https: null, except: [] });
  });

  it("reads names in capitals and those that are not, which win", () => {
    const read = readProxies({
      HTTP_PROXY: "http://a.test:1",
      http_proxy: "b.test:2",
      https_proxy: "https://c.test",
    });
    expect(read.http?.href).toBe("http://b.test:2/");
    expect(read.https?.href).toBe("https://c.test/");
  });

  it("parts exceptions at commas and white space", () => {
    expect(readProxies({ NO_PROXY: "127.0.0.1, .corp.test  10.0.0.0/8" }).except).toEqual([
      "127.0.0.1",
      ".corp.test",
      "10.0.0.0/8",
    ]);
  });

  it.each(["socks5://proxy.test:1080", "http://", "ht tp://x", "ftp://proxy.test"])("refuses %s", (text) => {
    expect(() => readProxies({ HTTPS_PROXY: text })).toThrow(/HTTPS_PROXY.*HTTP proxy/);
  });

  it("does not tell the password of a proxy that it refuses", () => {
    expect(() => readProxies({ HTTP_PROXY: "socks5://me:s3cret@proxy.test" })).toThrow(/^(?!.*s3cret)/s);
  });
});
