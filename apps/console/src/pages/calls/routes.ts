import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organizationRoute } from "../../session/organization-route.ts";
import { callSearch } from "./call-search.ts";

const callsRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "/calls",
  validateSearch: callSearch,
  component: lazyRouteComponent(() => import("./calls-page.tsx"), "CallsPage"),
});

export const callsRoutes = [callsRoute] as const;
