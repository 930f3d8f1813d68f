import type { CallProgress } from "@patchbay/core";
import { expect, it } from "vitest";
import { Progress } from "./progress.ts";

it("only ever increases, as the protocol has it", () => {
  const told: CallProgress[] = [];
  const progress = new Progress((one) => void told.push(one));
  for (const done of [0, 2, 1, 2, 3]) progress.tell({ done });
  expect(told.map(({ done }) => done)).toEqual([0, 2, 3]);
});

it("counts the values of a stream no more often than anybody can see", () => {
  const told: CallProgress[] = [];
  const progress = new Progress((one) => void told.push(one));
  for (let count = 1; count <= 10_000; count += 1) progress.count(count);
  expect(told[0]).toEqual({ done: 1 });
  expect(told.length).toBeLessThan(20);
});
