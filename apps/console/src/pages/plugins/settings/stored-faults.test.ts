import { describe, expect, it } from "vitest";
import { hasField, storedFaultsOf } from "./stored-faults.ts";

const schema = {
  type: "object",
  properties: { days: { type: "integer" }, places: { type: "array", items: { type: "string" } } },
};
const organization = { origin: "organization" } as const;

describe("stored values that a version does not accept", () => {
  it("stand at their field, a list as a whole, and elsewhere when there is none", () => {
    const faults = [
      { ...organization, pointer: "/days", message: "Whole numbers only.", value: "x" },
      { ...organization, pointer: "/places/0", message: "Too short.", value: "" },
      { ...organization, pointer: "/places/2", message: "Too long.", value: "y" },
      { ...organization, pointer: "/gone", message: "Unknown.", value: 3 },
    ];
    const found = storedFaultsOf({ faults }, schema, null);
    expect(found.map(({ pointer, message }) => [pointer, message])).toEqual([
      ["/days", "Whole numbers only."],
      ["/places", "Too short. Too long."],
      ["/gone", "Unknown."],
    ]);
    expect(found.map(hasField)).toEqual([true, true, false]);
    expect(found.every(({ isOwn }) => isOwn)).toBe(true);
  });

  it("are mended on the level that they are on", () => {
    const faults = [
      { ...organization, pointer: "/days", message: "No.", value: "x" },
      { origin: "project" as const, pointer: "/days", message: "No.", value: "y" },
    ];
    expect(storedFaultsOf({ faults }, schema, "web").map(({ isOwn }) => isOwn)).toEqual([false, true]);
    expect(storedFaultsOf({}, schema, "web")).toEqual([]);
  });
});
