import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organizationRoute } from "../../session/organization-route.ts";
import { text } from "../../session/search.ts";

export type ToolsSearch = {
  /** Words that must all occur. */
  readonly q?: string | undefined;
  /** The chosen tool: `acme.geo/locate`. */
  readonly tool?: string | undefined;
};

const toolsRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "/tools",
  validateSearch: (search): ToolsSearch => {
    const [q, tool] = [text(search.q), text(search.tool)];
    return { ...(q !== undefined && { q }), ...(tool !== undefined && { tool }) };
  },
  component: lazyRouteComponent(() => import("./tools-page.tsx"), "ToolsPage"),
});

export const toolsRoutes = [toolsRoute] as const;
