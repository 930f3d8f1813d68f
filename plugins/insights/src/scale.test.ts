import { describe, expect, it } from "vitest";
import { niceTop, ticks } from "./scale.ts";

describe("an axis", () => {
  it.each([
    [0, 4],
    [1, 1],
    [3.9, 4],
    [9, 10],
    [41, 80],
    [0.07, 0.08],
    [1_000, 1_000],
  ])("for values up to %d ends at %d", (value, top) => expect(niceTop(value, 4)).toBeCloseTo(top));

  it("is never shorter than its values", () => {
    for (let value = 0.01; value < 1e6; value *= 1.37)
      expect(niceTop(value, 4)).toBeGreaterThanOrEqual(value);
  });

  it("is divided evenly", () => expect(ticks(8, 4)).toEqual([0, 2, 4, 6, 8]));
});
