import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { clientOf } from "./client.ts";

const HISTORY_PAGE = 50;
const RUNS_PAGE = 20;
/** How often what is measured is read again, in milliseconds. */
const METRICS_EVERY_MS = 10_000;
const INSTANCES_EVERY_MS = 3_000;

/** What the page of one plugin reads. */
export const versionQuery = (org: string, plugin: string, version: string) =>
  queryOptions({
    queryKey: [org, "catalog", plugin, "versions", version],
    queryFn: ({ signal }) => clientOf(org).until(signal).catalog.version(plugin, version),
  });

/** For administrators of the deployment. */
export const localServersQuery = (org: string) =>
  queryOptions({
    queryKey: [org, "models", "local"],
    queryFn: ({ signal }) => clientOf(org).until(signal).models.local(),
  });

export const catalogPluginQuery = (org: string, plugin: string) =>
  queryOptions({
    queryKey: [org, "catalog", plugin],
    queryFn: ({ signal }) => clientOf(org).until(signal).catalog.plugin(plugin),
  });

export const readmeQuery = (org: string, plugin: string, version: string) =>
  queryOptions({
    queryKey: [org, "catalog", plugin, "readme", version],
    queryFn: ({ signal }) => clientOf(org).until(signal).catalog.readme(plugin, version),
  });

export const grantsQuery = (org: string, plugin: string) =>
  queryOptions({
    queryKey: [org, "plugins", plugin, "grants"],
    queryFn: ({ signal }) => clientOf(org).until(signal).plugins.grants(plugin),
  });

export const scopeQuery = (org: string, plugin: string) =>
  queryOptions({
    queryKey: [org, "plugins", plugin, "scope"],
    queryFn: ({ signal }) => clientOf(org).until(signal).plugins.scope(plugin),
  });

export const metricsQuery = (org: string, plugin: string) =>
  queryOptions({
    queryKey: [org, "plugins", plugin, "metrics"],
    queryFn: ({ signal }) => clientOf(org).until(signal).plugins.metrics(plugin),
    refetchInterval: METRICS_EVERY_MS,
    staleTime: 0,
  });

export const instancesQuery = (org: string, plugin: string) =>
  queryOptions({
    queryKey: [org, "plugins", plugin, "instances"],
    queryFn: ({ signal }) => clientOf(org).until(signal).plugins.instances(plugin),
    refetchInterval: INSTANCES_EVERY_MS,
    staleTime: 0,
  });

export const historyQuery = (org: string, plugin: string) =>
  infiniteQueryOptions({
    queryKey: [org, "plugins", plugin, "history"],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam }) =>
      clientOf(org)
        .until(signal)
        .plugins.history(plugin, {
          limit: HISTORY_PAGE,
          ...(pageParam !== undefined && { cursor: pageParam }),
        }),
    getNextPageParam: ({ cursor }) => cursor,
  });

/** The rules for automatic updates, with what comes next. */
export const autoUpdateQuery = (org: string) =>
  queryOptions({
    queryKey: [org, "updates", "rules"],
    queryFn: ({ signal }) => clientOf(org).until(signal).updates.rules(),
  });

/** What marketplaces warn of, as far as it is installed. */
export const advisoriesQuery = (org: string) =>
  queryOptions({
    queryKey: [org, "updates", "advisories"],
    queryFn: ({ signal }) => clientOf(org).until(signal).updates.advisories(),
  });

export const schedulesQuery = (org: string, plugin: string) =>
  queryOptions({
    queryKey: [org, "schedules", plugin],
    queryFn: ({ signal }) => clientOf(org).until(signal).schedules.list(plugin),
  });

export const scheduleRunsQuery = (org: string, plugin: string, schedule: string) =>
  infiniteQueryOptions({
    queryKey: [org, "schedules", plugin, schedule],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam }) =>
      clientOf(org)
        .until(signal)
        .schedules.runs(plugin, schedule, {
          limit: RUNS_PAGE,
          ...(pageParam !== undefined && { cursor: pageParam }),
        }),
    getNextPageParam: ({ cursor }) => cursor,
  });
