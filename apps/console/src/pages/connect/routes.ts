import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organizationRoute } from "../../session/organization-route.ts";

const connectRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "/connect",
  component: lazyRouteComponent(() => import("./connect-page.tsx"), "ConnectPage"),
});

export const connectRoutes = [connectRoute] as const;
