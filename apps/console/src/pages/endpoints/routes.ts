import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organizationRoute } from "../../session/organization-route.ts";

const endpointsRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "/endpoints",
  component: lazyRouteComponent(() => import("./endpoints-page.tsx"), "EndpointsPage"),
});

const endpointRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "/endpoints/$endpoint",
  component: lazyRouteComponent(() => import("./endpoint-page.tsx"), "EndpointPage"),
});

export const endpointsRoutes = [endpointsRoute, endpointRoute] as const;
