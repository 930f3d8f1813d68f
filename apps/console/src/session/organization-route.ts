import { createRoute, redirect, retainSearchParams } from "@tanstack/react-router";
import { rootRoute } from "./root-route.ts";
import { text } from "./search.ts";
import { requireSignedIn } from "./signed-in.ts";

// A type, not an interface: the router wants an index signature.
export type OrganizationSearch = {
  /** Slug of the project that narrows what is shown; stays while one moves about. */
  readonly project?: string | undefined;
};

/** Everything of one organization. What stands around its pages is given to it where the router is made. */
export const organizationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/o/$org",
  validateSearch: (search): OrganizationSearch => {
    const project = text(search.project);
    return project === undefined ? {} : { project };
  },
  search: { middlewares: [retainSearchParams(["project"])] },
  beforeLoad: async ({ location }) => {
    await requireSignedIn(location.href);
  },
});

export const organizationHomeRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "/",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/o/$org/plugins", params });
  },
});
