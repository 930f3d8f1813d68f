import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organizationRoute } from "../../session/organization-route.ts";
import { pluginsSearch } from "./plugins-search.ts";

const pluginsRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "/plugins",
  validateSearch: pluginsSearch,
  component: lazyRouteComponent(() => import("./plugins-page.tsx"), "PluginsPage"),
});

export const pluginsRoutes = [pluginsRoute] as const;
