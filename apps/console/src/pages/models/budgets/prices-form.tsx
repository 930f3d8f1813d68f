import { Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { pricesQuery } from "../../../api/account-queries.ts";
import { modelsQuery } from "../../../api/model-queries.ts";
import { SharedDraftForm } from "../../../components/shared-draft/shared-draft-form.tsx";
import { useOrganization } from "../../../session/organization.ts";
import { PriceRows } from "./price-rows.tsx";
import { pricesBodyOf, pricesOf } from "./prices-draft.ts";
import { usePriceWords } from "./use-price-words.ts";

/** What models cost, for those who may change it; others read it. */
export const PricesForm = () => {
  const { t } = useTranslation("budgets");
  const { org, client, may, project } = useOrganization();
  const { data: read } = useSuspenseQuery(pricesQuery(org));
  const { data: models = [] } = useQuery(modelsQuery(org, project));
  const words = usePriceWords();
  const disabled = !may("org.members.write");
  return (
    <SharedDraftForm
      read={read}
      valuesOf={pricesOf}
      put={(prices, seen) => client.budgets.putPrices(pricesBodyOf(prices), seen)}
      queryKey={pricesQuery(org).queryKey}
      // Costs are told in the currency.
      follows={{ queryKey: [org, "budgets"], exact: true }}
      words={words}
      labels={{ save: t("prices.save"), saved: t("prices.saved"), notSaved: t("prices.notSaved") }}
      disabled={disabled}
    >
      {({ values: { currency, prices }, change }) => (
        <>
          <Stack gap="xs">
            <Title order={2}>{t("prices.title")}</Title>
            <Text maw={640}>{t("prices.text")}</Text>
          </Stack>
          <TextInput
            label={t("prices.currency")}
            description={t("prices.currencyHelp")}
            value={currency}
            onChange={({ currentTarget }) => change({ currency: currentTarget.value })}
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
            onChange={(next) => change({ prices: next })}
          />
        </>
      )}
    </SharedDraftForm>
  );
};
