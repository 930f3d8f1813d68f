import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organizationRoute } from "../../session/organization-route.ts";

const modelsRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "/models",
  component: lazyRouteComponent(() => import("./models-page.tsx"), "ModelsPage"),
});

export const modelsRoutes = [modelsRoute] as const;
