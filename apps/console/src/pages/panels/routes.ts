import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organizationRoute } from "../../session/organization-route.ts";

const panelRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "/views/$plugin/$view",
  component: lazyRouteComponent(() => import("./panel-page.tsx"), "PanelPage"),
});

export const panelRoutes = [panelRoute] as const;
