import { latestTicks, type MissedTicks, type Timing, tickAfter } from "@patchbay/protocol";
import { MAX_CAUGHT_UP, MAX_COUNTED_TICKS, MAX_LATENESS_MS } from "./limits.ts";

/** What is done about the ticks of a schedule that are due. */
export interface DuePlan {
  /** The tick that is run, and for how many it stands. */
  readonly run: { readonly at: Date; readonly ticks: number } | null;
  /** Those that are passed over: the latest of them, and how many there are (at least, where there are very many). */
  readonly skipped: { readonly at: Date; readonly ticks: number } | null;
  /** What is due afterwards; null when there is no further tick. */
  readonly next: Date | null;
}

/** `nextAt` is a tick that is not in the future. */
export const planDue = (
  {
    timing,
    missed,
    nextAt,
  }: { readonly timing: Timing; readonly missed: MissedTicks; readonly nextAt: Date },
  now: Date,
): DuePlan => {
  const found = latestTicks(timing, nextAt, now, MAX_COUNTED_TICKS);
  const ticks = found.length > 0 ? found : [nextAt];
  const count = ticks.length;
  const last = ticks[count - 1] ?? nextAt;
  const isLate = now.getTime() - last.getTime() > MAX_LATENESS_MS;
  const skippedTo = (at: Date | undefined, number: number) =>
    at === undefined || number === 0 ? null : { at, ticks: number };
  const after = (tick: Date) => tickAfter(timing, tick, nextAt);
  if (missed === "once") return { run: { at: last, ticks: count }, skipped: null, next: after(last) };
  if (missed === "skip") {
    const run = isLate ? null : { at: last, ticks: 1 };
    const passed = isLate ? count : count - 1;
    return { run, skipped: skippedTo(ticks[passed - 1], passed), next: after(last) };
  }
  const first = Math.max(count - MAX_CAUGHT_UP, 0);
  const at = ticks[first] ?? nextAt;
  return { run: { at, ticks: 1 }, skipped: skippedTo(ticks[first - 1], first), next: after(at) };
};
