import { Button, Group, NativeSelect, TextInput } from "@mantine/core";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { daysAsked } from "./usage-days.ts";
import { GROUPS, MEASURES, PERIODS, type UsageSearch } from "./usage-search.ts";

const route = getRouteApi("/o/$org/models/usage");

/** About which time, by what, and of what the report is. */
export const UsageFilters = ({ tableUrl }: { readonly tableUrl: string }) => {
  const { t } = useTranslation("usage");
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/o/$org/models/usage" });
  const set = (change: UsageSearch) =>
    void navigate({ search: (old) => ({ ...old, ...change }), replace: true });
  const days = daysAsked(search, Date.now());
  const { period = "month", by = "model", of = "tokens" } = search;
  return (
    <Group gap="sm" align="flex-end">
      <NativeSelect
        label={t("period")}
        value={period}
        data={PERIODS.map((value) => ({ value, label: t(`periods.${value}`) }))}
        // Days of one's own begin as those that were shown.
        onChange={({ currentTarget: { value } }) =>
          set({
            period: PERIODS.find((one) => one === value),
            ...(value === "own" ? days : { from: undefined, to: undefined }),
          })
        }
      />
      {period === "own" &&
        (["from", "to"] as const).map((end) => (
          <TextInput
            key={end}
            type="date"
            label={t(end)}
            value={days[end]}
            onChange={({ currentTarget }) => set({ [end]: currentTarget.value || undefined })}
          />
        ))}
      <NativeSelect
        label={t("by")}
        value={by}
        data={GROUPS.map((value) => ({ value, label: t(`group.${value}`) }))}
        onChange={({ currentTarget: { value } }) => set({ by: GROUPS.find((one) => one === value) })}
      />
      <NativeSelect
        label={t("of")}
        value={of}
        data={MEASURES.map((value) => ({ value, label: t(`measure.${value}`) }))}
        onChange={({ currentTarget: { value } }) => set({ of: MEASURES.find((one) => one === value) })}
      />
      <Button component="a" variant="default" href={tableUrl} download>
        {t("download")}
      </Button>
    </Group>
  );
};
