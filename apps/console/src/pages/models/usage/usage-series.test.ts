import type { UsageDto, UsageRowDto } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import { amountOf, seriesOf } from "./usage-series.ts";

const NONE = {
  requests: 0,
  failures: 0,
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  estimatedInputTokens: 0,
  estimatedOutputTokens: 0,
  cost: null,
  unpricedRequests: 0,
};
const DAYS = ["2026-03-01", "2026-03-02"];

const reportOf = (by: UsageDto["by"], items: Partial<UsageRowDto>[]): UsageDto => ({
  from: "2026-03-01T00:00:00Z",
  to: "2026-03-03T00:00:00Z",
  by,
  currency: "USD",
  total: NONE,
  items: items.map((item) => ({ ...NONE, ...item })),
  isCut: false,
});

describe("series of a report by the day", () => {
  it("have a value for each day, and those with the most come first", () => {
    const report = reportOf(
      ["model", "day"],
      [
        { model: "a/small", day: "2026-03-01", inputTokens: 1, estimatedOutputTokens: 2 },
        { model: "a/large", day: "2026-03-02", inputTokens: 10, outputTokens: 5 },
        { model: "a/small", day: "2026-03-02", inputTokens: 4 },
      ],
    );
    const series = seriesOf(report, "tokens", DAYS).map(({ row, values }) => [row?.model, values]);
    expect(series).toEqual([
      ["a/large", [0, 15]],
      ["a/small", [3, 4]],
    ]);
  });

  it("keep five apart and add the others up, those of nobody are one of them", () => {
    const people = [null, "b", "c", "d", "e", "f", "g"];
    const items = people.map((person, place) => ({ person, day: "2026-03-01", requests: 10 - place }));
    const series = seriesOf(reportOf(["person", "day"], items), "requests", DAYS);
    expect(series.map(({ row }) => row?.person)).toEqual([null, "b", "c", "d", "e", undefined]);
    expect(series.at(-1)?.values).toEqual([5 + 4, 0]);
  });

  it("are one where nobody is told apart, and none of what nothing is known", () => {
    const items = [{ day: "2026-03-02", requests: 3 }];
    expect(seriesOf(reportOf(["day"], items), "requests", DAYS)).toEqual([
      { row: undefined, values: [0, 3] },
    ]);
    expect(seriesOf(reportOf(["day"], items), "cost", DAYS)).toEqual([]);
    expect(amountOf({ ...NONE, cost: 0.5 }, "cost")).toBe(0.5);
  });
});
