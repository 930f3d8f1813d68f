import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organizationRoute } from "../../session/organization-route.ts";
import { detailSearch, dialogSearch, marketplaceSearch } from "./marketplace-search.ts";

const marketplaceRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "/marketplace",
  validateSearch: marketplaceSearch,
  component: lazyRouteComponent(() => import("./marketplace-page.tsx"), "MarketplacePage"),
});

const detailRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "/marketplace/$plugin",
  validateSearch: detailSearch,
  component: lazyRouteComponent(() => import("./details/details-page.tsx"), "DetailsPage"),
});

const publisherRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "/marketplace/publishers/$publisher",
  validateSearch: dialogSearch,
  component: lazyRouteComponent(() => import("./publisher-page.tsx"), "PublisherPage"),
});

export const marketplaceRoutes = [marketplaceRoute, detailRoute, publisherRoute] as const;
