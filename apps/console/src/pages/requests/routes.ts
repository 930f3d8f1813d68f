import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organizationRoute } from "../../session/organization-route.ts";

const requestsRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "/requests",
  component: lazyRouteComponent(() => import("./requests-page.tsx"), "RequestsPage"),
});

export const requestsRoutes = [requestsRoute] as const;
