import type { MissedTicks, Timing } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import { MAX_CAUGHT_UP } from "./limits.ts";
import { planDue } from "./plan-due.ts";

const at = (text: string) => new Date(`2026-01-01T${text}Z`);
const HOURLY: Timing = { kind: "every", everyMs: 60 * 60_000 };
const plan = (missed: MissedTicks, nextAt: string, now: string) =>
  planDue({ timing: HOURLY, missed, nextAt: at(nextAt) }, at(now));

describe("ticks that are due", () => {
  it.each(["skip", "once", "all"] as const)("are run one by one when nothing was missed: %s", (missed) =>
    expect(plan(missed, "06:00:00", "06:00:20")).toEqual({
      run: { at: at("06:00:00"), ticks: 1 },
      skipped: null,
      next: at("07:00:00"),
    }),
  );

  it("are passed over when they were missed, but for one that is hardly late", () => {
    expect(plan("skip", "06:00:00", "08:30:00")).toEqual({
      run: null,
      skipped: { at: at("08:00:00"), ticks: 3 },
      next: at("09:00:00"),
    });
    expect(plan("skip", "06:00:00", "08:00:30")).toEqual({
      run: { at: at("08:00:00"), ticks: 1 },
      skipped: { at: at("07:00:00"), ticks: 2 },
      next: at("09:00:00"),
    });
  });

  it("are made up for by one run for all", () =>
    expect(plan("once", "06:00:00", "08:30:00")).toEqual({
      run: { at: at("08:00:00"), ticks: 3 },
      skipped: null,
      next: at("09:00:00"),
    }));

  it("are made up for one after the other", () =>
    expect(plan("all", "06:00:00", "08:30:00")).toEqual({
      run: { at: at("06:00:00"), ticks: 1 },
      skipped: null,
      next: at("07:00:00"),
    }));

  it("are made up for as far back as there is a bound, and the older ones passed over", () => {
    const now = new Date(at("06:00:00").getTime() + 150 * 60 * 60_000);
    const { run, skipped, next } = planDue({ timing: HOURLY, missed: "all", nextAt: at("06:00:00") }, now);
    expect(skipped).toMatchObject({ ticks: 151 - MAX_CAUGHT_UP });
    expect(run?.at).toEqual(new Date(now.getTime() - (MAX_CAUGHT_UP - 1) * 60 * 60_000));
    expect(next).toEqual(new Date((run?.at.getTime() ?? 0) + 60 * 60_000));
  });

  it("end with the last that there is", () => {
    const timing: Timing = { kind: "cron", cron: "0 6 1 1 *", timezone: "UTC" };
    expect(planDue({ timing, missed: "skip", nextAt: at("06:00:00") }, at("06:00:10")).next).toEqual(
      new Date("2027-01-01T06:00:00Z"),
    );
  });
});
