import { expect, it } from "vitest";
import { factText } from "./event-facts.ts";

it("permissions are told with what they are narrowed by, so that a change of it is seen", () => {
  const grants = [
    { name: "memory.read" },
    { name: "tools.invoke", ids: ["acme.geo/*", "acme.map/find"], views: "use" },
  ];
  expect(factText(grants)).toBe("memory.read, tools.invoke (ids acme.geo/*, acme.map/find, views use)");
});

it("nothing is a dash, a digest its beginning, anything else what it is", () => {
  expect(factText([])).toBe("–");
  expect(factText("a".repeat(64))).toBe(`${"a".repeat(12)}…`);
  expect(factText({ projects: "all" })).toBe("projects all");
  expect(factText(null)).toBe("null");
});
