import { queryOptions } from "@tanstack/react-query";
import { clientOf, origin } from "./client.ts";

/** Queries that more than one page asks. Their keys begin with the organization, so that its changes can be told apart. */
export const meQuery = () =>
  queryOptions({ queryKey: ["me"], queryFn: () => origin.auth.me(), staleTime: 5 * 60_000 });

export const providersQuery = () =>
  queryOptions({ queryKey: ["providers"], queryFn: () => origin.auth.providers() });

/** How the node that answers stands. */
export const readinessQuery = () =>
  queryOptions({ queryKey: ["readiness"], queryFn: () => origin.system.readiness() });

export const pluginsQuery = (org: string) =>
  queryOptions({
    queryKey: [org, "plugins"],
    queryFn: ({ signal }) => clientOf(org).until(signal).plugins.list(),
  });

export const pluginQuery = (org: string, plugin: string) =>
  queryOptions({
    queryKey: [org, "plugins", plugin],
    queryFn: ({ signal }) => clientOf(org).until(signal).plugins.get(plugin),
  });

export const projectsQuery = (org: string) =>
  queryOptions({
    queryKey: [org, "projects"],
    queryFn: ({ signal }) => clientOf(org).until(signal).organizations.projects(),
  });

/** Views of plugins; those that apply to a project when one is chosen. */
export const viewsQuery = (org: string, project: string | undefined) =>
  queryOptions({
    queryKey: [org, "views", project ?? null],
    queryFn: ({ signal }) => clientOf(org).until(signal).views.list(project),
  });

export const themesQuery = (org: string) =>
  queryOptions({
    queryKey: [org, "views", "themes"],
    queryFn: ({ signal }) => clientOf(org).until(signal).views.themes(),
  });

/** Differs after each change of a plugin's settings, which views are told of. */
export const settingsVersionQuery = (org: string, plugin: string) =>
  queryOptions({
    queryKey: [org, "settings version", plugin],
    queryFn: () => Date.now(),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const notificationsQuery = (org: string) =>
  queryOptions({
    queryKey: [org, "notifications"],
    queryFn: ({ signal }) => clientOf(org).until(signal).notifications.list(),
  });

/** Tools that can be called; those that apply to a project when one is chosen. */
export const toolsQuery = (org: string, project: string | undefined) =>
  queryOptions({
    queryKey: [org, "tools", project ?? null],
    queryFn: ({ signal }) => clientOf(org).until(signal).tools.list(project),
  });

/** Tools that were chosen for clients. */
export const toolsetsQuery = (org: string) =>
  queryOptions({
    queryKey: [org, "toolsets"],
    queryFn: ({ signal }) => clientOf(org).until(signal).toolsets.list(),
  });

/** MCP servers that are plugins, which change as plugins do. */
export const mcpServersQuery = (org: string) =>
  queryOptions({
    queryKey: [org, "plugins", "mcp servers"],
    queryFn: ({ signal }) => clientOf(org).until(signal).mcpServers.list(),
  });

/** Requests for plugins: the newest, and how many wait. */
export const requestsQuery = (org: string) =>
  queryOptions({
    queryKey: [org, "requests"],
    queryFn: ({ signal }) => clientOf(org).until(signal).requests.list(),
  });
