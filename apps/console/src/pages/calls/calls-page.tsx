import { Button, Group, Select, Text } from "@mantine/core";
import { SERVER_KIND_NAMES } from "@patchbay/protocol";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { callsQuery } from "../../api/call-queries.ts";
import { pluginsQuery, projectsQuery } from "../../api/queries.ts";
import { CallDialog } from "../../components/calls/call-dialog.tsx";
import { CallList } from "../../components/calls/call-list.tsx";
import { Page } from "../../components/page.tsx";
import { useOrganization } from "../../session/organization.ts";
import { type CallSearch, ENDINGS, PERIODS, type Period } from "./call-search.ts";

const route = getRouteApi("/o/$org/calls");
const DAY_MS = 24 * 60 * 60 * 1000;
const PERIOD_MS: Readonly<Record<Period, number>> = { day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS };

/** The log of calls into plugins. */
export const CallsPage = () => {
  const { t } = useTranslation("calls");
  const { org, may } = useOrganization();
  const { call, period, for: project, ...filter } = route.useSearch();
  const navigate = route.useNavigate();
  const open = (id: string | undefined) =>
    void navigate({ search: (old) => ({ ...old, call: id }), resetScroll: false });
  const wanted = Object.fromEntries(
    Object.entries({ ...filter, project }).filter(([, value]) => value !== undefined),
  );
  const query = callsQuery(org, wanted, period && PERIOD_MS[period]);
  return (
    <Page title={t("title")}>
      <Text size="sm" c="dimmed">
        {t(may("org.audit.read") ? "whose.all" : "whose.own")}
      </Text>
      <Filters />
      <CallList query={query} onOpen={({ id }) => open(id)} />
      {call !== undefined && <CallDialog id={call} onOpen={open} onClose={() => open(undefined)} />}
    </Page>
  );
};

const Filters = () => {
  const { t } = useTranslation(["calls", "common"]);
  const { org } = useOrganization();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { data: plugins = [] } = useQuery(pluginsQuery(org));
  const { data: projects = [] } = useQuery(projectsQuery(org));
  const set = (change: CallSearch) =>
    void navigate({ search: (old) => ({ ...old, ...change }), replace: true });
  const { ended } = search;
  const endings = [...ENDINGS, ...(ended === undefined || isEnding(ended) ? [] : [ended])];
  const choice = (label: string, value: string | undefined) =>
    ({ label, value: value ?? null, placeholder: t("common:all"), clearable: true, w: 180 }) as const;
  return (
    <Group gap="sm" align="flex-end">
      <Select
        {...choice(t("plugin"), search.plugin)}
        searchable
        data={plugins.map(({ plugin, name }) => ({ value: plugin, label: name }))}
        onChange={(plugin) => set({ plugin: plugin ?? undefined, name: undefined })}
      />
      <Select
        {...choice(t("ended"), ended)}
        data={endings.map((value) => ({ value, label: isEnding(value) ? t(value) : value }))}
        onChange={(value) => set({ ended: value ?? undefined })}
      />
      <Select
        {...choice(t("kind"), search.kind)}
        data={SERVER_KIND_NAMES.map((value: string) => ({ value, label: t(`kinds.${value}`, value) }))}
        onChange={(kind) => set({ kind: kind ?? undefined })}
      />
      {projects.length > 0 && (
        <Select
          {...choice(t("project"), search.for)}
          data={projects.map(({ slug, name }) => ({ value: slug, label: name }))}
          onChange={(project) => set({ for: project ?? undefined })}
        />
      )}
      <Select
        {...choice(t("period"), search.period)}
        data={PERIODS.map((value) => ({ value, label: t(`periods.${value}`) }))}
        onChange={(period) => set({ period: (period as Period | null) ?? undefined })}
      />
      {(search.name ?? search.person ?? search.apiKey) !== undefined && (
        <Button
          variant="default"
          onClick={() => set({ name: undefined, person: undefined, apiKey: undefined })}
        >
          {t("lessNarrow")}
        </Button>
      )}
    </Group>
  );
};

const isEnding = (value: string): value is (typeof ENDINGS)[number] =>
  (ENDINGS as readonly string[]).includes(value);
