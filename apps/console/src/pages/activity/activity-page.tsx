import { Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import type { HistoryEventDto } from "@patchbay/protocol";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { pluginsQuery } from "../../api/queries.ts";
import { EventList } from "../../components/event-list.tsx";
import { MoreButton } from "../../components/more-button.tsx";
import { Page } from "../../components/page.tsx";
import { PageSkeleton } from "../../components/page-skeleton.tsx";
import { RetryProblem } from "../../components/retry-problem.tsx";
import { useOrganization } from "../../session/organization.ts";
import { type ActivitySearch, PERIODS, type Period } from "./activity-search.ts";

const route = getRouteApi("/o/$org/activity");
const PAGE_SIZE = 50;
const DAY_MS = 24 * 60 * 60 * 1000;
const PERIOD_MS: Readonly<Record<Period, number>> = { day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS };
const TYPING_MS = 300;

/** What happened in the organization: who did what to which plugin, and when. */
export const ActivityPage = () => {
  const { t } = useTranslation("activity");
  return (
    <Page title={t("title")}>
      <Filters />
      <Events />
    </Page>
  );
};

const useEvents = () => {
  const { org, client } = useOrganization();
  const { period, ...filter } = route.useSearch();
  return useInfiniteQuery({
    queryKey: [org, "audit", filter.q, filter.plugin, filter.actor, period],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam }) => {
      const words = {
        ...(filter.q !== undefined && { q: filter.q }),
        ...(filter.plugin !== undefined && { plugin: filter.plugin }),
        ...(filter.actor !== undefined && { actor: filter.actor }),
        ...(period !== undefined && { from: new Date(Date.now() - PERIOD_MS[period]).toISOString() }),
        ...(pageParam !== undefined && { cursor: pageParam }),
      };
      return client.until(signal).activity.audit({ limit: PAGE_SIZE, ...words });
    },
    getNextPageParam: ({ cursor }) => cursor,
  });
};

const Events = () => {
  const { t } = useTranslation("activity");
  const events = useEvents();
  if (events.isLoadingError)
    return <RetryProblem error={events.error} onRetry={() => void events.refetch()} />;
  if (events.data === undefined) return <PageSkeleton />;
  const items: HistoryEventDto[] = events.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return <Text>{t("none")}</Text>;
  return (
    <Stack gap="sm">
      <EventList events={items} showsPlugin />
      <MoreButton of={events} label={t("older")} />
    </Stack>
  );
};

const Filters = () => {
  const { t } = useTranslation(["activity", "common"]);
  const { org } = useOrganization();
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/o/$org/activity" });
  const { data: plugins = [] } = useQuery(pluginsQuery(org));
  const [q, setQ] = useState(search.q ?? "");
  const set = (change: ActivitySearch) =>
    void navigate({ search: (old) => ({ ...old, ...change }), replace: true });
  const setSoon = useDebouncedCallback((value: string) => set({ q: value || undefined }), TYPING_MS);
  return (
    <Group gap="sm" align="flex-end">
      <TextInput
        type="search"
        label={t("common:search")}
        value={q}
        onChange={(event) => {
          setQ(event.currentTarget.value);
          setSoon(event.currentTarget.value);
        }}
      />
      <Select
        label={t("plugin")}
        placeholder={t("common:all")}
        clearable
        searchable
        data={plugins.map(({ plugin, name }) => ({ value: plugin, label: name }))}
        value={search.plugin ?? null}
        onChange={(plugin) => set({ plugin: plugin ?? undefined })}
      />
      <Select
        label={t("period")}
        placeholder={t("common:all")}
        clearable
        data={PERIODS.map((period) => ({ value: period, label: t(`periods.${period}`) }))}
        value={search.period ?? null}
        onChange={(period) => set({ period: (period as Period | null) ?? undefined })}
      />
      {search.actor !== undefined && (
        <Button variant="default" onClick={() => set({ actor: undefined })}>
          {t("anybody")}
        </Button>
      )}
    </Group>
  );
};
