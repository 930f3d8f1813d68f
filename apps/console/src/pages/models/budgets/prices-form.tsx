import { Button, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { pricesQuery } from "../../../api/account-queries.ts";
import { modelsQuery } from "../../../api/model-queries.ts";
import { LeavingAlert } from "../../../components/leaving-alert.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { DraftNotice } from "../../../components/shared-draft/draft-notice.tsx";
import { isChangedMeanwhile, isSame } from "../../../components/shared-draft/merge-values.ts";
import { type Stored, useSharedDraft } from "../../../components/shared-draft/use-shared-draft.ts";
import { tellDone } from "../../../components/tell.ts";
import { useOrganization } from "../../../session/organization.ts";
import { PriceRows } from "./price-rows.tsx";
import { type Prices, pricesBodyOf, pricesOf } from "./prices-draft.ts";
import { usePriceWords } from "./use-price-words.ts";

interface SentPrices {
  readonly prices: Prices;
  readonly seen: string | undefined;
  /** Hears what the server has made of it. */
  readonly onSaved: (stored: Stored<Prices>) => void;
}

/** What models cost, for those who may change it; others read it. */
export const PricesForm = () => {
  const { t } = useTranslation("budgets");
  const { org, may, project } = useOrganization();
  const { data: read } = useSuspenseQuery(pricesQuery(org));
  const { data: models = [] } = useQuery(modelsQuery(org, project));
  const saved = useMemo(() => pricesOf(read), [read]);
  const save = useSavePrices();
  const draft = useSharedDraft<Prices>(
    { values: saved, revision: read.revision },
    { isPaused: save.isPending },
  );
  const notice = useRef<HTMLDivElement>(null);
  const disabled = !may("org.members.write");
  const { currency, prices } = draft.values;
  const words = usePriceWords();
  const isChanged = !isSame(draft.values, saved);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (draft.conflicts.length > 0) notice.current?.focus();
        else save.mutate({ prices: draft.values, seen: draft.seen, onSaved: draft.sent() });
      }}
    >
      <Stack gap="lg">
        <Stack gap="xs">
          <Title order={2}>{t("prices.title")}</Title>
          <Text maw={640}>{t("prices.text")}</Text>
        </Stack>
        <TextInput
          label={t("prices.currency")}
          description={t("prices.currencyHelp")}
          value={currency}
          onChange={({ currentTarget }) => draft.change({ currency: currentTarget.value, prices })}
          maxLength={3}
          required
          disabled={disabled}
          maw={240}
        />
        {prices.length === 0 && <Text>{t("prices.none")}</Text>}
        <PriceRows
          prices={prices}
          names={[...new Set(models.map(({ id }) => id))]}
          disabled={disabled}
          onChange={(next) => draft.change({ currency, prices: next })}
        />
        <DraftNotice ref={notice} draft={draft} {...words} />
        {save.error !== null && (
          <ProblemAlert title={t("prices.notSaved")} error={save.error} fieldOf={words.titleOf} />
        )}
        <LeavingAlert isDirty={isChanged} />
        {!disabled && (
          <Button type="submit" w="fit-content" disabled={!isChanged} loading={save.isPending}>
            {t("prices.save")}
          </Button>
        )}
      </Stack>
    </form>
  );
};

/** What somebody else has changed meanwhile is read before a refusal is shown. */
const useSavePrices = () => {
  const { t } = useTranslation("budgets");
  const { org, client } = useOrganization();
  const queries = useQueryClient();
  const { queryKey } = pricesQuery(org);
  return useMutation({
    mutationFn: ({ prices, seen }: SentPrices) => client.budgets.putPrices(pricesBodyOf(prices), seen),
    onSuccess: (answer, { onSaved }) => {
      onSaved({ values: pricesOf(answer), revision: answer.revision });
      queries.setQueryData(queryKey, answer);
      // Costs are told in the currency.
      void queries.invalidateQueries({ queryKey: [org, "budgets"], exact: true });
      tellDone(t("prices.saved"));
    },
    onError: async (error) => {
      if (isChangedMeanwhile(error)) await queries.invalidateQueries({ queryKey });
    },
  });
};
