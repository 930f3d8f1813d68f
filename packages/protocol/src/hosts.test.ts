import { describe, expect, it } from "vitest";
import { placeOfUrl, secretHostFault, secretHostMatches } from "./hosts.ts";

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
