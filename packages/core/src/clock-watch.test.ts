import { expect, it } from "vitest";
import { ClockWatch } from "./clock-watch.ts";

const HOUR_MS = 3_600_000;

it("distrusts a clock for an hour after it was set, forwards or back, and not one that is corrected a little", () => {
  let elapsed = 0;
  let offset = Date.parse("2026-11-29");
  const clock = new ClockWatch(() => elapsed);
  const lookAfter = (ms: number, setBy = 0) => {
    elapsed += ms;
    offset += setBy;
    return [clock.look(new Date(offset + elapsed)), clock.isTrusted];
  };
  expect(lookAfter(0)).toEqual([0, true]);
  expect(lookAfter(HOUR_MS)).toEqual([0, true]);
  expect(lookAfter(HOUR_MS, 2_000)).toEqual([0, true]);
  expect(lookAfter(1_000, 24 * HOUR_MS)).toEqual([24 * HOUR_MS, false]);
  expect(lookAfter(HOUR_MS / 2)).toEqual([0, false]);
  expect(lookAfter(1_000, -24 * HOUR_MS)).toEqual([-24 * HOUR_MS, false]);
  expect(lookAfter(HOUR_MS / 2)).toEqual([0, false]);
  expect(lookAfter(HOUR_MS)).toEqual([0, true]);
});
