import { text } from "../../session/search.ts";

export const PERIODS = ["day", "week", "month"] as const;
export type Period = (typeof PERIODS)[number];
export const ENDINGS = ["answered", "failed"] as const;

/** What the address says about the page of calls. */
export type CallSearch = {
  readonly plugin?: string | undefined;
  /** Of the contribution. */
  readonly name?: string | undefined;
  readonly kind?: string | undefined;
  /** `answered`, `failed`, or the code of an error. */
  readonly ended?: string | undefined;
  readonly period?: Period | undefined;
  /** Ids of a person, and of an API key. */
  readonly person?: string | undefined;
  readonly apiKey?: string | undefined;
  /** Slug; unlike the console's project, which says for what one works. */
  readonly for?: string | undefined;
  /** Id of the call that is looked at. */
  readonly call?: string | undefined;
};

/** Leaves out what is no part of a search. */
export const callSearch = (search: Record<string, unknown>): CallSearch => ({
  plugin: text(search.plugin),
  name: text(search.name),
  kind: text(search.kind),
  ended: text(search.ended),
  period: PERIODS.find((one) => one === search.period),
  person: text(search.person),
  apiKey: text(search.apiKey),
  for: text(search.for),
  call: text(search.call),
});
