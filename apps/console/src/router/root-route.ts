import { createRootRoute, Outlet } from "@tanstack/react-router";
import { ErrorPage } from "../app/error-page.tsx";
import { NotFoundPage } from "../app/not-found-page.tsx";

export const rootRoute = createRootRoute({
  component: Outlet,
  errorComponent: ErrorPage,
  notFoundComponent: NotFoundPage,
});
