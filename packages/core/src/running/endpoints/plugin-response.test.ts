import { describe, expect, it } from "vitest";
import { responseHead } from "./plugin-response.ts";

const BASE = "https://patchbay.example.org/path/e/shop";
const URL_OF = `${BASE}/orders/1?x=1`;
const headOf = (status: unknown, headers: unknown = []) =>
  responseHead({ status, headers }, { url: URL_OF, base: BASE, isOpen: true });
const locationOf = (location: string) => headOf(302, [["Location", location]]).headers.get("location");

describe("What a plugin answers", () => {
  it("has a status, and one header of a name", () => {
    const { status, headers, mayHaveBody } = headOf(201, [
      ["X-A", "1"],
      ["x-a", "2"],
      ["Set-Cookie", "a=b"],
    ]);
    expect([status, [...headers], mayHaveBody]).toEqual([201, [["x-a", "1, 2"]], true]);
    expect(headOf(204).mayHaveBody).toBe(false);
    expect(headOf(304).mayHaveBody).toBe(false);
  });

  it.each([
    [null, []],
    ["200", []],
    [200.5, []],
    [101, []],
    [600, []],
    [200, "none"],
    [200, [["a"]]],
    [200, [["a b", "c"]]],
    [200, [["x-a", "b\r\nset-cookie: c=d"]]],
    [200, [["x-a", "\0"]]],
    [200, [["x-a", "ő"]]],
    [
      200,
      [
        ["content-type", "a/b"],
        ["Content-Type", "c/d"],
      ],
    ],
    [200, Array.from({ length: 65 }, (_, at) => [`x-${at}`, "1"])],
    [200, [["x-a", "a".repeat(17_000)]]],
  ])("is refused where it is none: %s %j", (status, headers) => {
    expect(() => headOf(status, headers)).toThrowError(expect.objectContaining({ code: "endpoint_failed" }));
  });

  it("leads elsewhere or below its own address", () => {
    expect(locationOf("https://example.org/a")).toBe("https://example.org/a");
    expect(locationOf("2?y")).toBe(`${BASE}/orders/2?y`);
    expect(locationOf("..")).toBe(`${BASE}/`);
    expect(locationOf(BASE)).toBe(BASE);
  });

  it.each([
    ...[
      "/api/me",
      "../../../o/default",
      "//patchbay.example.org/o",
      "javascript:alert(1)",
      "data:text/html,x",
    ],
    ...[
      "https://patchbay.example.org/path/e/shopper",
      "http://patchbay.example.org/o",
      "http://a:b@example.org/",
    ],
    ...["/path/e/shop/../other", "/path/e/shop/%2e%2e/other", "\\\\patchbay.example.org/o", "http://"],
  ])("leads to nothing else of this server, or of no web: %s", (location) => {
    expect(() => locationOf(location)).toThrowError(expect.objectContaining({ code: "endpoint_failed" }));
  });
});
