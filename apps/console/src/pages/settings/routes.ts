import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { organizationRoute } from "../../session/organization-route.ts";

const settingsRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "/settings",
  component: lazyRouteComponent(() => import("./settings-page.tsx"), "SettingsPage"),
});

const homeRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/o/$org/settings/members", params });
  },
});

const membersRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/members",
  component: lazyRouteComponent(() => import("./members-page.tsx"), "MembersPage"),
});

const projectsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/projects",
  component: lazyRouteComponent(() => import("./projects-page.tsx"), "ProjectsPage"),
});

const projectRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/projects/$slug",
  component: lazyRouteComponent(() => import("./project-page.tsx"), "ProjectPage"),
});

const keysRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/api-keys",
  component: lazyRouteComponent(() => import("./api-keys-page.tsx"), "ApiKeysPage"),
});

const policyRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/policy",
  component: lazyRouteComponent(() => import("./policy-page.tsx"), "PolicyPage"),
});

const updatesRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/updates",
  component: lazyRouteComponent(() => import("./updates/updates-page.tsx"), "UpdatesPage"),
});

const sourcesRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/sources",
  component: lazyRouteComponent(() => import("./sources-page.tsx"), "SourcesPage"),
});

const organizationSettingsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/organization",
  component: lazyRouteComponent(() => import("./organization-page.tsx"), "OrganizationPage"),
});

const accountRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/account",
  component: lazyRouteComponent(() => import("./account-page.tsx"), "AccountPage"),
});

const deploymentRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/deployment",
  component: lazyRouteComponent(() => import("./deployment-page.tsx"), "DeploymentPage"),
});

export const settingsRoutes = [
  settingsRoute.addChildren([
    homeRoute,
    membersRoute,
    projectsRoute,
    projectRoute,
    keysRoute,
    policyRoute,
    sourcesRoute,
    updatesRoute,
    organizationSettingsRoute,
    accountRoute,
    deploymentRoute,
  ]),
] as const;
