import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organizationRoute } from "../../router/organization-route.ts";

const pluginsRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "/plugins",
  component: lazyRouteComponent(() => import("./plugins-page.tsx"), "PluginsPage"),
});

export const pluginsRoutes = [pluginsRoute] as const;
