import { describe, expect, it } from "vitest";
import { chosenOf, grantsNamed } from "./policy-draft.ts";

describe("what is ticked of a rule", () => {
  it("is no limit when it is everything", () => {
    expect(chosenOf(["a", "b"], ["b", "a"])).toBe("all");
    expect(chosenOf(["a", "b"], ["b"])).toEqual(["b"]);
    expect(chosenOf(["a", "b"], [])).toEqual([]);
  });
});

describe("permissions that members may grant", () => {
  it("keep how far they reach", () => {
    const held = [{ name: "net.fetch", hosts: ["a.example"] }];
    expect(grantsNamed(["storage.scoped", "net.fetch"], held)).toEqual([{ name: "storage.scoped" }, ...held]);
    expect(grantsNamed(["net.fetch"], "all")).toEqual([{ name: "net.fetch" }]);
  });
});
