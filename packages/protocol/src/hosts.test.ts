import { describe, expect, it } from "vitest";
import { bindHost, placeOfUrl, secretHostCovers, secretHostFault, secretHostMatches } from "./hosts.ts";

const goes = (pattern: string, address: string): boolean => {
  const place = placeOfUrl(new URL(address));
  return place !== null && secretHostMatches(pattern, place);
};

describe("the hosts of a secret", () => {
  it.each([
    ["api.example.com", "https://api.example.com/x", true],
    ["api.example.com", "https://API.example.com:443/x", true],
    ["api.example.com", "http://api.example.com/", false],
    ["api.example.com", "https://api.example.com:8443/", false],
    ["api.example.com:8443", "https://api.example.com:8443/", true],
    ["api.example.com:8443", "http://api.example.com:8443/", false],
    ["http://api.example.com", "http://api.example.com/", true],
    ["http://api.example.com", "http://api.example.com:8080/", false],
    ["http://10.0.0.1:8080", "http://10.0.0.1:8080/", true],
    ["*.example.com", "https://a.b.example.com/", true],
    ["*.example.com", "https://example.com/", false],
    ["[::1]:8443", "https://[::1]:8443/", true],
  ])("%s covers %s: %s", (pattern, address, expected) => {
    expect(secretHostFault(pattern)).toBeNull();
    expect(goes(pattern, address)).toBe(expected);
  });
});

describe("a host that a setting says", () => {
  const bound = (value: unknown) => bindHost("{address}", { address: value });

  it.each([
    ["https://api.example.com/v1", "{address}api.example.com"],
    ["https://API.example.com:443/", "{address}api.example.com"],
    ["https://api.example.com:8443", "{address}api.example.com:8443"],
    ["http://[::1]:8080/v1", "{address}http://[::1]:8080"],
    ["acme.example.com", "{address}acme.example.com"],
    ["https://*.example.com/", null],
    ["*.example.com", null],
    ["ftp://example.com/", null],
    ["", null],
    [undefined, null],
    [7, null],
  ])("%s is bound as %s", (value, expected) => {
    expect(bound(value)).toBe(expected);
  });

  it("may be one of a group", () => {
    expect(secretHostFault("{server.url}")).toBeNull();
    const settings = { server: { url: "https://a.example" }, "server.url": "https://b.example" };
    expect(bindHost("{server.url}", settings)).toBe("{server.url}a.example");
    for (const value of [
      {},
      { server: null },
      { server: "x" },
      Object.create({ server: { url: "https://c.example" } }),
    ])
      expect(bindHost("{server.url}", value)).toBeNull();
  });

  it("is matched by what it was bound to alone", () => {
    expect(goes("{address}", "https://api.example.com/")).toBe(false);
    expect(goes("{address}api.example.com", "https://api.example.com/")).toBe(true);
    expect(goes("{address}api.example.com", "https://other.example.com/")).toBe(false);
  });

  it("covers what the same setting says, and the host itself", () => {
    const given = "{address}api.example.com";
    expect(secretHostCovers(given, "{address}")).toBe(true);
    expect(secretHostCovers(given, "{other}")).toBe(false);
    expect(secretHostCovers(given, "api.example.com")).toBe(true);
    expect(secretHostCovers("api.example.com", "{address}")).toBe(false);
    expect(secretHostCovers("{address}", given)).toBe(true);
  });

  it("is named by a setting's name, and by nothing else", () => {
    expect(secretHostFault("{baseUrl}")).toBeNull();
    for (const wrong of ["{}", "{a b}", "{a}.example.com", "{a}{b}", "https://{a}"])
      expect(secretHostFault(wrong)).not.toBeNull();
  });
});
