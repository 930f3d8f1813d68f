import { text } from "../../session/search.ts";

export const PERIODS = ["day", "week", "month"] as const;
export type Period = (typeof PERIODS)[number];

/** What the address says about the activity page. */
export type ActivitySearch = {
  /** Beginnings of words that must all occur. */
  readonly q?: string | undefined;
  readonly plugin?: string | undefined;
  /** Id of who did it. */
  readonly actor?: string | undefined;
  readonly period?: Period | undefined;
};

/** Leaves out what is no part of a search. */
export const activitySearch = (search: Record<string, unknown>): ActivitySearch => ({
  q: text(search.q),
  plugin: text(search.plugin),
  actor: text(search.actor),
  period: PERIODS.find((one) => one === search.period),
});
