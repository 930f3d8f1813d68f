import { expect, it } from "vitest";
import { marksUpTo } from "./scale.ts";

it("marks an axis in round steps up to what it has to show", () => {
  expect(marksUpTo(0, 4)).toEqual([0, 1, 2, 3, 4]);
  expect(marksUpTo(4, 4)).toEqual([0, 1, 2, 3, 4]);
  expect(marksUpTo(87, 4)).toEqual([0, 25, 50, 75, 100]);
  expect(marksUpTo(101, 4)).toEqual([0, 50, 100, 150, 200]);
});
