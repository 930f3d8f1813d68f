import type { UsageDto, UsageRowDto } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../../components/formats.ts";
import type { Group, Measure } from "./usage-search.ts";

type Counts = UsageDto["total"];

/** What uses are called on the page, and what is counted of them. */
export const useUsageWords = (currency: string) => {
  const { t } = useTranslation("usage");
  const formats = useFormats();
  return {
    /** Of whom or what a row is. */
    nameOf: (row: UsageRowDto, group: Group): string => {
      const id = row[group] ?? null;
      if (id === null) return t(`nobody.${group}`);
      if (row.name !== undefined) return row.name;
      return group === "person" || group === "key" ? t(`gone.${group}`, { id }) : id;
    },
    amount: (value: number, of: Measure): string =>
      of === "cost" ? formats.money(value, currency, "short") : formats.number(value),
    failures: ({ failures }: Pick<Counts, "failures">): string | false =>
      failures > 0 && t("note.failures", { count: failures, requests: formats.number(failures) }),
    cached: ({ cachedInputTokens }: Pick<Counts, "cachedInputTokens">): string | false =>
      cachedInputTokens > 0 && t("note.cached", { tokens: formats.number(cachedInputTokens) }),
    reasoning: ({ reasoningTokens }: Pick<Counts, "reasoningTokens">): string | false =>
      reasoningTokens > 0 && t("note.reasoning", { tokens: formats.number(reasoningTokens) }),
    /** How much is not in a cost that is known in part. */
    unpriced: ({
      cost,
      unpricedRequests: count,
    }: Pick<Counts, "cost" | "unpricedRequests">): string | false =>
      cost !== null && count > 0 && t("note.unpriced", { count, requests: formats.number(count) }),
    costOf: ({ cost }: Pick<Counts, "cost">): string =>
      cost === null ? t("cost.unknown") : formats.money(cost, currency, "short"),
  };
};
