import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { organizationRoute } from "../../session/organization-route.ts";
import {
  pluginCallsSearch,
  pluginLogsSearch,
  pluginMemorySearch,
  pluginSearch,
  pluginSettingsSearch,
  pluginToolsSearch,
} from "./plugin-search.ts";

const pluginRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "/plugins/$plugin",
  validateSearch: pluginSearch,
  component: lazyRouteComponent(() => import("./plugin-page.tsx"), "PluginPage"),
});

const homeRoute = createRoute({
  getParentRoute: () => pluginRoute,
  path: "/",
  beforeLoad: ({ params, search }) => {
    throw redirect({ to: "/o/$org/plugins/$plugin/overview", params, search, replace: true });
  },
});

const overviewRoute = createRoute({
  getParentRoute: () => pluginRoute,
  path: "/overview",
  component: lazyRouteComponent(() => import("./overview-tab.tsx"), "OverviewTab"),
});

const permissionsRoute = createRoute({
  getParentRoute: () => pluginRoute,
  path: "/permissions",
  component: lazyRouteComponent(() => import("./permissions-tab.tsx"), "PermissionsTab"),
});

const scopeRoute = createRoute({
  getParentRoute: () => pluginRoute,
  path: "/scope",
  component: lazyRouteComponent(() => import("./scope-tab.tsx"), "ScopeTab"),
});

const settingsRoute = createRoute({
  getParentRoute: () => pluginRoute,
  path: "/settings",
  validateSearch: pluginSettingsSearch,
  component: lazyRouteComponent(() => import("./settings-tab.tsx"), "SettingsTab"),
});

const toolsRoute = createRoute({
  getParentRoute: () => pluginRoute,
  path: "/tools",
  validateSearch: pluginToolsSearch,
  component: lazyRouteComponent(() => import("./tools-tab.tsx"), "ToolsTab"),
});

const schedulesRoute = createRoute({
  getParentRoute: () => pluginRoute,
  path: "/schedules",
  component: lazyRouteComponent(() => import("./schedules/schedules-tab.tsx"), "SchedulesTab"),
});

const conversationsRoute = createRoute({
  getParentRoute: () => pluginRoute,
  path: "/conversations",
  component: lazyRouteComponent(() => import("./conversations/conversations-tab.tsx"), "ConversationsTab"),
});

const memoryRoute = createRoute({
  getParentRoute: () => pluginRoute,
  path: "/memory",
  validateSearch: pluginMemorySearch,
  component: lazyRouteComponent(() => import("./memory/memory-tab.tsx"), "MemoryTab"),
});

const logsRoute = createRoute({
  getParentRoute: () => pluginRoute,
  path: "/logs",
  validateSearch: pluginLogsSearch,
  component: lazyRouteComponent(() => import("./logs/logs-tab.tsx"), "LogsTab"),
});

const callsRoute = createRoute({
  getParentRoute: () => pluginRoute,
  path: "/calls",
  validateSearch: pluginCallsSearch,
  component: lazyRouteComponent(() => import("./calls-tab.tsx"), "CallsTab"),
});

const metricsRoute = createRoute({
  getParentRoute: () => pluginRoute,
  path: "/metrics",
  component: lazyRouteComponent(() => import("./metrics/metrics-tab.tsx"), "MetricsTab"),
});

const historyRoute = createRoute({
  getParentRoute: () => pluginRoute,
  path: "/history",
  component: lazyRouteComponent(() => import("./history-tab.tsx"), "HistoryTab"),
});

const versionsRoute = createRoute({
  getParentRoute: () => pluginRoute,
  path: "/versions",
  component: lazyRouteComponent(() => import("./versions-tab.tsx"), "VersionsTab"),
});

const instancesRoute = createRoute({
  getParentRoute: () => pluginRoute,
  path: "/instances",
  component: lazyRouteComponent(() => import("./instances-tab.tsx"), "InstancesTab"),
});

export const pluginRoutes = [
  pluginRoute.addChildren([
    homeRoute,
    overviewRoute,
    permissionsRoute,
    scopeRoute,
    settingsRoute,
    toolsRoute,
    schedulesRoute,
    conversationsRoute,
    memoryRoute,
    logsRoute,
    callsRoute,
    metricsRoute,
    historyRoute,
    versionsRoute,
    instancesRoute,
  ]),
] as const;
