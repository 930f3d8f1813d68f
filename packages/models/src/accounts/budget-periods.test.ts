import { BUDGET_PERIODS } from "@patchbay/protocol";
import { expect, it } from "vitest";
import { endOf, startOf } from "./budget-periods.ts";

const at = new Date("2028-02-29T23:59:59.999Z");

it("periods are those of UTC, and each begins where the one before ends", () => {
  expect(
    BUDGET_PERIODS.map((period) => [startOf(period, at).toISOString(), endOf(period, at)?.toISOString()]),
  ).toEqual([
    ["2028-02-29T23:59:00.000Z", "2028-03-01T00:00:00.000Z"],
    ["2028-02-29T23:00:00.000Z", "2028-03-01T00:00:00.000Z"],
    ["2028-02-29T00:00:00.000Z", "2028-03-01T00:00:00.000Z"],
    ["2028-02-01T00:00:00.000Z", "2028-03-01T00:00:00.000Z"],
    ["1970-01-01T00:00:00.000Z", undefined],
  ]);
  for (const period of ["minute", "hour", "day", "month"] as const) {
    const end = endOf(period, at) ?? at;
    expect(startOf(period, end)).toEqual(end);
  }
});
