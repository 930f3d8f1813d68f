import { createRootRoute, Outlet } from "@tanstack/react-router";
import { LonelyErrorPage } from "../app/lonely-error-page.tsx";
import { NotFoundPage } from "../app/not-found-page.tsx";

export const rootRoute = createRootRoute({
  component: Outlet,
  errorComponent: LonelyErrorPage,
  notFoundComponent: NotFoundPage,
});
