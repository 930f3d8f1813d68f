import fc from "fast-check";
import { expect, it } from "vitest";
import { localPath } from "./local-path.ts";

it("keeps paths of this server, as a browser writes them", () => {
  for (const path of [
    "/",
    "/orgs/default?q=a%20b&x=//y#part",
    "/%2f%2fevil.example",
    "/a/http://evil.example",
  ])
    expect(localPath(path)).toBe(path);
  expect(localPath("/a/../b ü")).toBe("/b%20%C3%BC");
});

it("leads nowhere else", () => {
  for (const path of [
    undefined,
    "",
    "orgs",
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/a/..//evil.example",
    "/%2e//evil.example",
    "javascript:alert(1)",
    `/${"a".repeat(2_000)}`,
  ])
    expect(localPath(path), String(path)).toBe("/");
});

it("gives a path that stays on its origin, whatever it is given", () => {
  const parts = fc.array(
    fc.constantFrom("/", "\\", ".", "..", "%2e", "%5c", "\t", "\n", "@", ":", "evil.example", "?", "#"),
  );
  fc.assert(
    fc.property(parts, (text) => {
      const path = localPath(text.join(""));
      expect(new URL(path, "https://patchbay.example").origin).toBe("https://patchbay.example");
      expect(path).toMatch(/^\/(?!\/)/);
    }),
    { numRuns: 2_000 },
  );
});
