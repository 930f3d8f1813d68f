import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { organizationRoute } from "../../session/organization-route.ts";
import { requireSignedIn } from "../../session/signed-in.ts";
import { usageSearch } from "./usage/usage-search.ts";

const modelsRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "/models",
  component: lazyRouteComponent(() => import("./models-page.tsx"), "ModelsPage"),
});

const rulesRoute = createRoute({
  getParentRoute: () => modelsRoute,
  path: "/",
  beforeLoad: async ({ params, location }) => {
    const { organizations } = await requireSignedIn(location.href);
    const rights = organizations.find(({ slug }) => slug === params.org)?.rights ?? [];
    // Whoever sets nothing up here comes for what they have used themselves.
    if (!rights.some(({ right }) => right === "org.plugins.configure"))
      throw redirect({ to: "/o/$org/models/usage", params });
  },
  component: lazyRouteComponent(() => import("./rules/rules-page.tsx"), "RulesPage"),
});

const usageRoute = createRoute({
  getParentRoute: () => modelsRoute,
  path: "/usage",
  validateSearch: usageSearch,
  component: lazyRouteComponent(() => import("./usage/usage-page.tsx"), "UsagePage"),
});

const budgetsRoute = createRoute({
  getParentRoute: () => modelsRoute,
  path: "/budgets",
  component: lazyRouteComponent(() => import("./budgets/budgets-page.tsx"), "BudgetsPage"),
});

const playgroundRoute = createRoute({
  getParentRoute: () => modelsRoute,
  path: "/playground",
  component: lazyRouteComponent(() => import("./playground/playground-page.tsx"), "PlaygroundPage"),
});

export const modelsRoutes = [
  modelsRoute.addChildren([rulesRoute, playgroundRoute, usageRoute, budgetsRoute]),
] as const;
