import { describe, expect, it } from "vitest";
import { matchPath, pathPatternFault } from "./endpoint-path.ts";

describe("A pattern of paths", () => {
  it.each(["/", "/*", "/orders", "/orders/{id}", "/v1/{a}/x-y.z~_/{b}/*"])("may be %s", (pattern) => {
    expect(pathPatternFault(pattern)).toBeNull();
  });

  it.each([
    ["orders", "begin with a slash"],
    ["/a//b", "no part"],
    ["/a/", "no part"],
    ["/*/a", "no part"],
    ["/a/..", "no part"],
    ["/{a}/{a}", "twice"],
    ["/{1}", "no part"],
    ["/a?b", "no part"],
    ["/ü", "no part"],
    [`/${"a".repeat(200)}`, "at most"],
    [`${"/a".repeat(17)}`, "at most"],
  ])("is not %s", (pattern, fault) => {
    expect(pathPatternFault(pattern)).toContain(fault);
  });
});

describe("A path", () => {
  it("gives what its parts stand for, decoded", () => {
    expect(matchPath("/orders/{id}", "/orders/a%20b%2Fc")).toEqual({ id: "a b/c" });
    expect(matchPath("/files/*", "/files/a/b%20c")).toEqual({ "*": "a/b c" });
    expect(matchPath("/*", "/")).toEqual({ "*": "" });
    expect(matchPath("/*", "")).toEqual({ "*": "" });
    expect(matchPath("/", "")).toEqual({});
  });

  it.each([
    ["/orders/{id}", "/orders"],
    ["/orders/{id}", "/orders/"],
    ["/orders/{id}", "/orders/1/2"],
    ["/orders", "/orders/"],
    ["/orders", "/Orders"],
    ["/", "/x"],
    ["/*", "/a/../b"],
    ["/*", "/a/%2e%2E/b"],
    ["/*", "/./b"],
    ["/*", "/%zz"],
  ])("of %s is not %s", (pattern, path) => {
    expect(matchPath(pattern, path)).toBeNull();
  });

  it("makes no name of an object's own", () => {
    const found = matchPath("/{constructor}", "/x");
    expect(found).toEqual({ constructor: "x" });
    expect(matchPath("/{id}", "/__proto__")).toEqual({ id: "__proto__" });
  });
});
