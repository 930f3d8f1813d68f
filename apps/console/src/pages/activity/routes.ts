import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organizationRoute } from "../../session/organization-route.ts";
import { activitySearch } from "./activity-search.ts";

const activityRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "/activity",
  validateSearch: activitySearch,
  component: lazyRouteComponent(() => import("./activity-page.tsx"), "ActivityPage"),
});

export const activityRoutes = [activityRoute] as const;
