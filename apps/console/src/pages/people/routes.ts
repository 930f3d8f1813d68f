import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { rememberedOrganization } from "../../session/organization.ts";
import { rootRoute } from "../../session/root-route.ts";
import { text } from "../../session/search.ts";
import { requireSignedIn } from "../../session/signed-in.ts";

export interface SignInSearch {
  /** Where to go afterwards. */
  readonly returnTo?: string;
  /** Code of the error with which a sign-in elsewhere came back. */
  readonly error?: string;
}

const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  beforeLoad: async () => {
    const { organizations } = await requireSignedIn("/");
    const organization = rememberedOrganization(organizations);
    if (organization !== null) throw redirect({ to: "/o/$org/plugins", params: { org: organization } });
  },
  component: lazyRouteComponent(() => import("./no-organization-page.tsx"), "NoOrganizationPage"),
});

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  validateSearch: (search): SignInSearch => {
    const [returnTo, error] = [text(search.returnTo), text(search.error)];
    return { ...(returnTo !== undefined && { returnTo }), ...(error !== undefined && { error }) };
  },
  component: lazyRouteComponent(() => import("./sign-in-page.tsx"), "SignInPage"),
});

const setUpRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/setup",
  component: lazyRouteComponent(() => import("./set-up-page.tsx"), "SetUpPage"),
});

const passwordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/password",
  component: lazyRouteComponent(() => import("./password-page.tsx"), "PasswordPage"),
});

const joinRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/join",
  beforeLoad: async ({ location }) => {
    await requireSignedIn(location.href);
  },
  component: lazyRouteComponent(() => import("./join-page.tsx"), "JoinPage"),
});

/** Outside of any organization: finding one, signing in, setting up. */
export const peopleRoutes = [homeRoute, signInRoute, setUpRoute, passwordRoute, joinRoute] as const;
