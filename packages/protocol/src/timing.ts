import { Cron } from "croner";

/** What becomes of ticks at which nothing could run: nothing, one run for all of them, or one for each. */
export const MISSED_TICKS = ["skip", "once", "all"] as const;
export type MissedTicks = (typeof MISSED_TICKS)[number];

/** When something runs again and again. */
export type Timing =
  | { readonly kind: "cron"; readonly cron: string; readonly timezone: string }
  | { readonly kind: "every"; readonly everyMs: number };

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 60 * 60_000,
  d: 24 * 60 * 60_000,
};

/** Milliseconds of a span such as `15m`, which must have that form. */
export const everyMs = (span: string): number => Number(span.slice(0, -1)) * (UNITS_MS[span.slice(-1)] ?? 0);

/** The timing of an entry that was checked. */
export const timingOf = (entry: {
  readonly cron?: string;
  readonly every?: string;
  readonly timezone?: string;
}): Timing =>
  entry.every === undefined
    ? { kind: "cron", cron: entry.cron ?? "", timezone: entry.timezone ?? "UTC" }
    : { kind: "every", everyMs: everyMs(entry.every) };

export const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
};

/** What is wrong with a cron expression, as a sentence; null when it names at least one time. */
export const cronFault = (cron: string): string | null => {
  const expected = "minute, hour, day of the month, month and day of the week, such as 0 6 * * 1-5";
  if (cron.trim().split(/\s+/).length !== 5) return `A cron expression has five fields: ${expected}.`;
  try {
    const found = ofCron(cron, "UTC").nextRun();
    return found === null ? "There is no time that this cron expression means." : null;
  } catch {
    return `This is no cron expression of ${expected}.`;
  }
};

/** The first tick after a time; null when there is none any more. Spans are counted from `anchor`, which is a tick. */
export const tickAfter = (timing: Timing, after: Date, anchor: Date): Date | null => {
  if (timing.kind === "cron") return ofCron(timing.cron, timing.timezone).nextRun(after);
  const passed = Math.floor((after.getTime() - anchor.getTime()) / timing.everyMs);
  return new Date(anchor.getTime() + (Math.max(passed, -1) + 1) * timing.everyMs);
};

/** The next ticks after a time, at most `count`. */
export const ticksAfter = (timing: Timing, after: Date, anchor: Date, count: number): Date[] => {
  const ticks: Date[] = [];
  for (let last = after; ticks.length < count; ) {
    const next = tickAfter(timing, last, anchor);
    if (next === null) break;
    ticks.push(next);
    last = next;
  }
  return ticks;
};

/** Looking for one tick of a cron expression takes up to 0.2 ms: so many are looked for one after the other, and so many backwards. */
const CRON_TICKS_FORWARDS = 8;
const CRON_TICKS_BACKWARDS = 101;

/**
 * The latest ticks from `first`, which is one, to `until`, in their order, at most `count`; of a cron expression no more than 101, since each takes
 * time.
 */
export const latestTicks = (timing: Timing, first: Date, until: Date, count: number): Date[] => {
  if (timing.kind === "every") {
    const all = Math.floor((until.getTime() - first.getTime()) / timing.everyMs) + 1;
    const from = Math.max(all - count, 0);
    return Array.from(
      { length: Math.max(all - from, 0) },
      (_, index) => new Date(first.getTime() + (from + index) * timing.everyMs),
    );
  }
  // Mostly there is but the one that is due now.
  const ticks = [first];
  for (let next = tickAfter(timing, first, first); ticks.length <= CRON_TICKS_FORWARDS; ) {
    if (next === null || next > until) return ticks.slice(-count);
    ticks.push(next);
    next = tickAfter(timing, next, first);
  }
  // The one that is due now counts, which croner leaves out.
  const reference = new Date(until.getTime() + 1_000);
  return ofCron(timing.cron, timing.timezone)
    .previousRuns(Math.min(count, CRON_TICKS_BACKWARDS), reference)
    .filter((tick) => tick >= first && tick <= until)
    .toSorted((one, other) => one.getTime() - other.getTime());
};

const ofCron = (cron: string, timezone: string) => new Cron(cron, { mode: "5-part", timezone, paused: true });
