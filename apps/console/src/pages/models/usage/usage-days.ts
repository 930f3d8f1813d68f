import type { UsageDto, UsageQuery } from "@patchbay/protocol";
import { PERIOD_DAYS, type UsageSearch } from "./usage-search.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

const dayAt = (time: number): string => new Date(time).toISOString().slice(0, "2026-11-30".length);

/** The first and the last day of UTC that are asked for. What somebody has entered that is no day stays as it is, for the server to refuse. */
export const daysAsked = ({ period = "month", from, to }: UsageSearch, now: number) => {
  const first = (days: number) => dayAt(now - (days - 1) * DAY_MS);
  if (period !== "own") return { from: first(PERIOD_DAYS[period]), to: dayAt(now) };
  return { from: from ?? first(PERIOD_DAYS.month), to: to ?? dayAt(now) };
};

/** The same as the server takes it, which ends before its `to`. */
export const timeAsked = (search: UsageSearch, now: number): Pick<UsageQuery, "from" | "to"> => {
  const { from, to } = daysAsked(search, now);
  const last = Date.parse(to);
  return { from, to: Number.isNaN(last) ? to : dayAt(last + DAY_MS) };
};

/** Every day that a report is about, oldest first. */
export const daysOf = ({ from, to }: Pick<UsageDto, "from" | "to">): string[] => {
  const first = Math.floor(Date.parse(from) / DAY_MS);
  const end = Math.ceil(Date.parse(to) / DAY_MS);
  return Array.from({ length: Math.max(0, end - first) }, (_, index) => dayAt((first + index) * DAY_MS));
};
