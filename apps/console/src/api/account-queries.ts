import type { UsageDto, UsageQuery } from "@patchbay/protocol";
import { queryOptions } from "@tanstack/react-query";
import { clientOf } from "./client.ts";

/** Uses are no changes that anybody is told of: they are read again this often, in milliseconds. */
const USAGE_EVERY_MS = 30_000;
const BUDGETS_EVERY_MS = 10_000;

/** What models were used for. Its dates are days, so that the key stays for as long. */
export const usageQuery = (org: string, asked: UsageQuery) =>
  queryOptions({
    queryKey: [org, "usage", asked],
    queryFn: ({ signal }) => clientOf(org).until(signal).usage.get(asked),
    refetchInterval: USAGE_EVERY_MS,
  });

/** The same told apart by the day, too; by the day alone where that would be more rows than are told. */
export const usageByDayQuery = (org: string, asked: UsageQuery) =>
  queryOptions({
    queryKey: [org, "usage", "days", asked],
    queryFn: async ({ signal }): Promise<UsageDto> => {
      const { usage } = clientOf(org).until(signal);
      const report = await usage.get({ ...asked, by: `${asked.by},day` });
      return report.isCut ? await usage.get({ ...asked, by: "day" }) : report;
    },
    refetchInterval: USAGE_EVERY_MS,
  });

/** Budgets with what is used of them. */
export const budgetsQuery = (org: string) =>
  queryOptions({
    queryKey: [org, "budgets"],
    queryFn: ({ signal }) => clientOf(org).until(signal).budgets.list(),
    refetchInterval: BUDGETS_EVERY_MS,
  });

/** What models cost. */
export const pricesQuery = (org: string) =>
  queryOptions({
    queryKey: [org, "budgets", "prices"],
    queryFn: ({ signal }) => clientOf(org).until(signal).budgets.prices(),
  });
