import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organizationRoute } from "../../router/organization-route.ts";
import { text } from "../../router/search.ts";

export const PERIODS = ["day", "week", "month"] as const;
export type Period = (typeof PERIODS)[number];

export type ActivitySearch = {
  /** Beginnings of words that must all occur. */
  readonly q?: string | undefined;
  readonly plugin?: string | undefined;
  /** Id of who did it. */
  readonly actor?: string | undefined;
  readonly period?: Period | undefined;
};

const activityRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "/activity",
  validateSearch: (search): ActivitySearch => ({
    q: text(search.q),
    plugin: text(search.plugin),
    actor: text(search.actor),
    period: PERIODS.find((one) => one === search.period),
  }),
  component: lazyRouteComponent(() => import("./activity-page.tsx"), "ActivityPage"),
});

export const activityRoutes = [activityRoute] as const;
