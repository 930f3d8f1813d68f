import { describe, expect, it } from "vitest";
import { cronFault, everyMs, isTimeZone, latestTicks, type Timing, tickAfter, ticksAfter } from "./timing.ts";

const at = (text: string) => new Date(text);
const texts = (ticks: readonly Date[]) => ticks.map((tick) => tick.toISOString());
const cron = (expression: string, timezone = "UTC"): Timing => ({ kind: "cron", cron: expression, timezone });
const EVERY_MINUTE: Timing = { kind: "every", everyMs: 60_000 };

describe("a cron expression", () => {
  it.each([
    ["0 6 * * 1-5", null],
    ["*/15 * * * *", null],
    ["0 0 29 2 *", null],
    ["0 6 * *", "five fields"],
    ["0 0 6 * * *", "five fields"],
    ["@daily", "five fields"],
    ["61 6 * * *", "no cron expression"],
    ["a b c d e", "no cron expression"],
    ["0 0 30 2 *", "no time"],
  ])("is checked: %s", (expression, fault) =>
    expect(cronFault(expression)).toEqual(fault === null ? null : expect.stringContaining(fault)),
  );

  it("means times of its zone, through the change of the clocks", () => {
    const daily = cron("30 2 * * *", "Europe/Berlin");
    // 2:30 does not exist on March 29, 2026, and exists twice on October 25.
    expect(texts(ticksAfter(daily, at("2026-03-28T00:00:00Z"), at("2026-03-28T00:00:00Z"), 3))).toEqual([
      "2026-03-28T01:30:00.000Z",
      "2026-03-29T01:00:00.000Z",
      "2026-03-30T00:30:00.000Z",
    ]);
    expect(texts(ticksAfter(daily, at("2026-10-24T12:00:00Z"), at("2026-10-24T12:00:00Z"), 2))).toEqual([
      "2026-10-25T00:30:00.000Z",
      "2026-10-26T01:30:00.000Z",
    ]);
  });

  it("has its latest ticks in their order, those that are due now and first included", () => {
    const quarters = cron("*/15 * * * *");
    const first = at("2026-01-01T00:15:00Z");
    expect(texts(latestTicks(quarters, first, at("2026-01-01T01:00:00Z"), 3))).toEqual([
      "2026-01-01T00:30:00.000Z",
      "2026-01-01T00:45:00.000Z",
      "2026-01-01T01:00:00.000Z",
    ]);
    expect(texts(latestTicks(quarters, first, at("2026-01-01T00:29:59.900Z"), 9))).toEqual([
      "2026-01-01T00:15:00.000Z",
    ]);
  });
});

it("looking whether more than one tick is due costs little, and of very many the latest are found", () => {
  const minutes = cron("* * * * *", "Europe/Berlin");
  const first = at("2026-01-01T00:00:00Z");
  const due = (until: string) => latestTicks(minutes, first, at(until), 1_000);
  const startedAt = process.cpuUsage().user;
  for (let time = 0; time < 50; time += 1) expect(due("2026-01-01T00:00:20Z")).toEqual([first]);
  // A thousand ticks each time took 7 seconds.
  expect(process.cpuUsage().user - startedAt).toBeLessThan(1_000_000);
  expect(due("2026-01-01T00:05:00Z").length).toBe(6);
  const many = due("2026-01-02T00:00:00Z");
  expect([many.length, many.at(-1)]).toEqual([101, at("2026-01-02T00:00:00Z")]);
});

describe("a span", () => {
  it.each([
    ["30s", 30_000],
    ["5m", 300_000],
    ["6h", 21_600_000],
    ["2d", 172_800_000],
  ])("is so long: %s", (span, ms) => expect(everyMs(span)).toBe(ms));

  it("is counted from a tick", () => {
    const anchor = at("2026-01-01T00:00:10Z");
    const next = (after: string) => tickAfter(EVERY_MINUTE, at(after), anchor)?.toISOString();
    expect(next("2026-01-01T00:00:10Z")).toBe("2026-01-01T00:01:10.000Z");
    expect(next("2026-01-01T07:30:00Z")).toBe("2026-01-01T07:30:10.000Z");
    expect(next("2025-12-31T00:00:00Z")).toBe("2026-01-01T00:00:10.000Z");
  });

  it("has its latest ticks without counting all of them", () => {
    const ticks = latestTicks(EVERY_MINUTE, at("1990-01-01T00:00:00Z"), at("2026-01-01T00:00:30Z"), 2);
    expect(texts(ticks)).toEqual(["2025-12-31T23:59:00.000Z", "2026-01-01T00:00:00.000Z"]);
  });
});

it("knows time zones by their names", () => {
  expect(["Europe/Berlin", "UTC", "Mars/Olympus", ""].map(isTimeZone)).toEqual([true, true, false, false]);
});
