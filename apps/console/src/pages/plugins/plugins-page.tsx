import { Button, Skeleton, Stack, Text } from "@mantine/core";
import type { InstallationDto } from "@patchbay/protocol";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { pluginsQuery, projectsQuery } from "../../api/queries.ts";
import { IconPlus } from "../../components/icons.tsx";
import { Loading } from "../../components/loading.tsx";
import { Page } from "../../components/page.tsx";
import { RetryProblem } from "../../components/retry-problem.tsx";
import { useOrganization } from "../../session/organization.ts";
import { AttentionList } from "./attention-list.tsx";
import { BulkBar } from "./bulk-bar.tsx";
import type { CardActions } from "./card-actions.ts";
import { CardSection, type CardSectionProps } from "./card-section.tsx";
import { filterPlugins, isOnlyIn } from "./filter-plugins.ts";
import { LocalServersHint } from "./local-servers-hint.tsx";
import { PluginDialog } from "./plugin-dialog.tsx";
import { PluginFilters } from "./plugin-filters.tsx";
import { usePluginSwitch } from "./plugin-steps.ts";
import type { PluginsSearch } from "./plugins-search.ts";
import { usePluginRights } from "./rights.ts";
import { isOn } from "./running.ts";

const route = getRouteApi("/o/$org/plugins");

export const PluginsPage = () => {
  const { t } = useTranslation(["plugins", "common", "requests"]);
  const { org, maySomewhere } = useOrganization();
  const { mayInstall } = usePluginRights();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const plugins = useQuery(pluginsQuery(org));
  const change = useCallback(
    (part: Partial<PluginsSearch>, replace = true) =>
      void navigate({ search: (old) => ({ ...old, ...part }), replace, resetScroll: false }),
    [navigate],
  );
  const close = useCallback(
    () => change({ dialog: undefined, plugin: undefined, version: undefined }),
    [change],
  );
  const install = mayInstall ? (
    <Button
      leftSection={<IconPlus size={16} aria-hidden />}
      onClick={() => change({ dialog: "install" }, false)}
    >
      {t("install")}
    </Button>
  ) : (
    maySomewhere("org.plugins.use") && (
      <Button variant="default" onClick={() => change({ dialog: "ask" }, false)}>
        {t("requests:ask")}
      </Button>
    )
  );
  return (
    <Page title={t("common:nav.plugins")} actions={install}>
      {plugins.data !== undefined ? (
        <Installed plugins={plugins.data} search={search} change={change} />
      ) : plugins.isLoadingError ? (
        <RetryProblem error={plugins.error} onRetry={() => void plugins.refetch()} />
      ) : (
        <CardsSkeleton />
      )}
      {search.dialog !== undefined && (
        <PluginDialog kind={search.dialog} plugin={search.plugin} version={search.version} onClose={close} />
      )}
    </Page>
  );
};

interface InstalledProps {
  readonly plugins: readonly InstallationDto[];
  readonly search: PluginsSearch;
  readonly change: (part: Partial<PluginsSearch>, replace?: boolean) => void;
}

const Installed = ({ plugins, search, change }: InstalledProps) => {
  const { t } = useTranslation(["plugins", "common"]);
  const { org, project } = useOrganization();
  const { mayChange } = usePluginRights();
  const { q, category, sort } = search;
  const shown = useMemo(
    () =>
      filterPlugins(plugins, { q, category, sort, project }, (one) => [
        t(`common:category.${one.category as "ui"}`),
        t(`common:badge.${one.badge}`),
      ]),
    [plugins, q, category, sort, project, t],
  );
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const actions = useCardActions(change, setSelected);
  if (plugins.length === 0) return <Text>{t("empty")}</Text>;
  const chosen = plugins.filter(({ plugin }) => selected.has(plugin));
  const selectable = shown.filter(mayChange);
  const blocked = shown.filter(({ state }) => state === "blocked");
  const section = { org, selected, mayChange, actions };
  return (
    <Stack gap="md">
      <LocalServersHint />
      <AttentionList org={org} mayChange={mayChange} actions={actions} />
      <PluginFilters search={search} onChange={change} />
      <Text className="visually-hidden" role="status">
        {t("shown", { count: shown.length })}
      </Text>
      {chosen.length > 0 && (
        <BulkBar
          org={org}
          selected={chosen}
          selectable={selectable.length}
          onSelectAll={() => setSelected(new Set(selectable.map(({ plugin }) => plugin)))}
          onClear={() => setSelected(new Set())}
        />
      )}
      {shown.length === 0 ? (
        <NothingFound onClear={() => change({ q: undefined, category: undefined })} />
      ) : (
        <>
          {blocked.length > 0 && (
            <CardSection {...section} title={t("common:state.blocked")} plugins={blocked} />
          )}
          {project === undefined ? (
            <>
              <CardSection {...section} title={t("common:state.enabled")} plugins={shown.filter(isOn)} />
              <CardSection
                {...section}
                title={t("common:state.disabled")}
                plugins={shown.filter(({ state }) => state === "disabled")}
              />
            </>
          ) : (
            <SectionsOfProject {...section} project={project} plugins={shown} />
          )}
        </>
      )}
    </Stack>
  );
};

/** A project narrows what is shown, not what a switch does: what others have as well stands apart. */
const SectionsOfProject = ({
  project,
  plugins,
  ...section
}: Omit<CardSectionProps, "title" | "note"> & { readonly project: string }) => {
  const { t } = useTranslation("plugins");
  const { data: projects = [] } = useQuery(projectsQuery(section.org));
  const name = projects.find(({ slug }) => slug === project)?.name ?? project;
  const ordered = plugins
    .filter(({ state }) => state !== "blocked")
    .toSorted((a, b) => Number(isOn(b)) - Number(isOn(a)));
  const [here, everywhere] = [true, false].map((isHere) =>
    ordered.filter((one) => isOnlyIn(one, project) === isHere),
  );
  return (
    <>
      <CardSection {...section} title={t("onlyIn", { project: name })} plugins={here ?? []} />
      <CardSection
        {...section}
        title={t("fromOrganization")}
        note={t("switchesNote")}
        plugins={everywhere ?? []}
      />
    </>
  );
};

/** The same functions for every card for as long as the page lives, so that a card is drawn anew only when its plugin changes. */
const useCardActions = (
  change: InstalledProps["change"],
  setSelected: (update: (old: ReadonlySet<string>) => ReadonlySet<string>) => void,
): CardActions => {
  const { mutate } = usePluginSwitch();
  const follow = useFollowedSwitch();
  return useMemo(
    () => ({
      open: (dialog, plugin) => change({ dialog, plugin }, false),
      toggle: (plugin, on) => {
        follow(plugin.plugin);
        mutate({ plugin, on });
      },
      select: (plugin, isSelected) =>
        setSelected((old) => {
          const next = new Set(old);
          if (isSelected) next.add(plugin);
          else next.delete(plugin);
          return next;
        }),
    }),
    [change, mutate, follow, setSelected],
  );
};

/** A switched card moves to the other section: focus goes with it, if it is in sight there. */
const useFollowedSwitch = (): ((plugin: string) => void) => {
  const followed = useRef<string | null>(null);
  useEffect(() => {
    const plugin = followed.current;
    if (plugin === null || document.activeElement !== document.body) return;
    const moved = document.querySelector<HTMLInputElement>(`[data-toggle="${CSS.escape(plugin)}"]`);
    if (moved === null || moved.disabled) return;
    moved.focus({ preventScroll: true });
    followed.current = null;
  });
  return useCallback((plugin) => {
    followed.current = plugin;
  }, []);
};

const NothingFound = ({ onClear }: { onClear: () => void }) => {
  const { t } = useTranslation("plugins");
  return (
    <Stack align="flex-start" gap="xs">
      <Text>{t("nothingFound")}</Text>
      <Button variant="default" onClick={onClear}>
        {t("clearFilters")}
      </Button>
    </Stack>
  );
};

const CardsSkeleton = () => (
  <Loading>
    <Skeleton height={20} width={220} />
    <Skeleton height={36} />
    <Skeleton height={148} />
    <Skeleton height={148} />
  </Loading>
);
