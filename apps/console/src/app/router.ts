import { createRouter } from "@tanstack/react-router";
import { BASE_PATH } from "../base-path.ts";
import { activityRoutes } from "../pages/activity/routes.ts";
import { callsRoutes } from "../pages/calls/routes.ts";
import { connectRoutes } from "../pages/connect/routes.ts";
import { endpointsRoutes } from "../pages/endpoints/routes.ts";
import { marketplaceRoutes } from "../pages/marketplace/routes.ts";
import { modelsRoutes } from "../pages/models/routes.ts";
import { panelRoutes } from "../pages/panels/routes.ts";
import { peopleRoutes } from "../pages/people/routes.ts";
import { pluginRoutes } from "../pages/plugin/routes.ts";
import { pluginsRoutes } from "../pages/plugins/routes.ts";
import { requestsRoutes } from "../pages/requests/routes.ts";
import { settingsRoutes } from "../pages/settings/routes.ts";
import { toolsRoutes } from "../pages/tools/routes.ts";
import { organizationHomeRoute, organizationRoute } from "../session/organization-route.ts";
import { rootRoute } from "../session/root-route.ts";
import { ErrorPage } from "./error-page.tsx";
import { LonelyErrorPage } from "./lonely-error-page.tsx";
import { NotFoundPage } from "./not-found-page.tsx";
import { Shell } from "./shell.tsx";

rootRoute.update({ errorComponent: LonelyErrorPage, notFoundComponent: NotFoundPage });
organizationRoute.update({ component: Shell, notFoundComponent: NotFoundPage });

const routeTree = rootRoute.addChildren([
  ...peopleRoutes,
  organizationRoute.addChildren([
    organizationHomeRoute,
    ...pluginsRoutes,
    ...pluginRoutes,
    ...marketplaceRoutes,
    ...modelsRoutes,
    ...toolsRoutes,
    ...panelRoutes,
    ...activityRoutes,
    ...connectRoutes,
    ...callsRoutes,
    ...endpointsRoutes,
    ...requestsRoutes,
    ...settingsRoutes,
  ]),
]);

export const router = createRouter({
  routeTree,
  basepath: BASE_PATH === "" ? "/" : BASE_PATH,
  defaultPreload: "intent",
  // Where an error is caught is where it is shown: inside of what surrounds the page.
  defaultErrorComponent: ErrorPage,
  scrollRestoration: true,
  defaultPendingMs: 300,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
