import type { UsageDto, UsageRowDto } from "@patchbay/protocol";
import { GROUPS, type Group, type Measure } from "./usage-search.ts";

/** So many are told apart in a chart; all others are one. */
const MAX_SERIES = 5;

type Counts = UsageDto["total"];

/** What is counted of uses in one number. A cost that is not known is none in it. */
export const amountOf = (counts: Counts, of: Measure): number => {
  switch (of) {
    case "tokens":
      return counts.inputTokens + counts.outputTokens + estimatedOf(counts);
    case "cost":
      return counts.cost ?? 0;
    case "requests":
      return counts.requests;
    default:
      return of satisfies never;
  }
};

export const estimatedOf = ({ estimatedInputTokens, estimatedOutputTokens }: Counts): number =>
  estimatedInputTokens + estimatedOutputTokens;

/** By what the rows of a report are told apart besides the day; undefined where only by that. */
export const groupOf = ({ by }: Pick<UsageDto, "by">): Group | undefined =>
  GROUPS.find((group) => by.includes(group));

export interface UsageSeries {
  /** A row of whom it is; undefined for all others, or for all. */
  readonly row: UsageRowDto | undefined;
  /** One for each day. */
  readonly values: readonly number[];
}

/** A report by the day as series, those with the most first, the rest as the last one. */
export const seriesOf = (report: UsageDto, of: Measure, days: readonly string[]): UsageSeries[] => {
  const group = groupOf(report);
  const placeOf = new Map(days.map((day, place) => [day, place]));
  const groups = Map.groupBy(report.items, (row) => (group === undefined ? null : (row[group] ?? null)));
  const all = [...groups.values()].map((rows) => {
    const values = days.map(() => 0);
    for (const row of rows) {
      const place = placeOf.get(row.day ?? "");
      if (place !== undefined) values[place] = (values[place] ?? 0) + amountOf(row, of);
    }
    return { row: group === undefined ? undefined : rows[0], values, sum: sumOf(values) };
  });
  const sorted = all.filter(({ sum }) => sum > 0).toSorted((one, other) => other.sum - one.sum);
  const shown = sorted.slice(0, MAX_SERIES);
  const rest = sorted.slice(MAX_SERIES);
  const others = days.map((_, place) => sumOf(rest.map(({ values }) => values[place] ?? 0)));
  return [
    ...shown.map(({ row, values }) => ({ row, values })),
    ...(rest.length > 0 ? [{ row: undefined, values: others }] : []),
  ];
};

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
