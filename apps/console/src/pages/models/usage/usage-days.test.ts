import { describe, expect, it } from "vitest";
import { daysAsked, daysOf, timeAsked } from "./usage-days.ts";

const NOW = Date.parse("2026-03-02T23:30:00Z");

describe("the time of a report", () => {
  it("is so many days of UTC up to today, which counts", () => {
    expect(daysAsked({ period: "week" }, NOW)).toEqual({ from: "2026-02-24", to: "2026-03-02" });
    expect(timeAsked({ period: "week" }, NOW)).toEqual({ from: "2026-02-24", to: "2026-03-03" });
    expect(daysAsked({}, NOW).from).toBe("2026-02-01");
  });

  it("has the last day of one's own in it, and leaves what is no day to the server", () => {
    const own = { period: "own", from: "2026-01-31", to: "2026-02-28" } as const;
    expect(timeAsked(own, NOW)).toEqual({ from: "2026-01-31", to: "2026-03-01" });
    expect(timeAsked({ ...own, to: "soon" }, NOW).to).toBe("soon");
    expect(daysAsked({ period: "own" }, NOW)).toEqual(daysAsked({}, NOW));
  });

  it("has every day once", () => {
    expect(daysOf({ from: "2026-02-27T00:00:00.000Z", to: "2026-03-02T00:00:00.000Z" })).toEqual([
      "2026-02-27",
      "2026-02-28",
      "2026-03-01",
    ]);
  });
});
