import { text } from "../../../session/search.ts";

/** How long a report is about, in days up to today; `own` has dates of its own. */
export const PERIOD_DAYS = { week: 7, month: 30, quarter: 90 } as const;
export const PERIODS = ["week", "month", "quarter", "own"] as const;
export type Period = (typeof PERIODS)[number];

/** By what uses are told apart. */
export const GROUPS = ["model", "plugin", "asker", "person", "key", "project"] as const;
export type Group = (typeof GROUPS)[number];

/** What the chart is of. */
export const MEASURES = ["tokens", "cost", "requests"] as const;
export type Measure = (typeof MEASURES)[number];

/** What the address says about the page of uses. */
export type UsageSearch = {
  readonly period?: Period | undefined;
  /** Days such as 2026-11-30, the last one included, for a period of one's own. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly by?: Group | undefined;
  readonly of?: Measure | undefined;
};

/** Leaves out what is no part of a search. */
export const usageSearch = (search: Record<string, unknown>): UsageSearch => ({
  period: PERIODS.find((one) => one === search.period),
  from: text(search.from),
  to: text(search.to),
  by: GROUPS.find((one) => one === search.by),
  of: MEASURES.find((one) => one === search.of),
});
