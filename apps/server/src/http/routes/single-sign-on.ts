import { PatchbayError, SignInProvidersDto } from "@patchbay/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import Type from "typebox";
import { landingPage } from "../../single-sign-on/landing-page.ts";
import { SIGN_IN_MS } from "../../single-sign-on/limits.ts";
import { localPath } from "../../single-sign-on/local-path.ts";
import { reasonOf } from "../../single-sign-on/sign-in-failure.ts";
import type { SingleSignOnParts } from "../../single-sign-on/single-sign-on-parts.ts";
import type { Authentication } from "../authentication.ts";
import { asPatchbayError } from "../problems.ts";
import { type App, answers } from "../route.ts";
import type { Site } from "../site.ts";

const BEGIN = "/api/auth/oidc";
const CALLBACK = `${BEGIN}/callback`;
const PENDING_COOKIE = "patchbay_sign_in";
const SIGN_IN_PAGE = "/sign-in";

const tags = ["People"];
const Redirect = Type.Unsafe<unknown>({
  description: "To the provider, or to the sign-in page with an `error`",
});
const Page = Type.Unsafe<unknown>({
  description: "Signed in; the page goes on by itself",
  content: { "text/html": { schema: { type: "string" } } },
});
const CallbackQuery = Type.Object({
  code: Type.Optional(Type.String()),
  state: Type.Optional(Type.String()),
  iss: Type.Optional(Type.String()),
  error: Type.Optional(Type.String()),
  error_description: Type.Optional(Type.String()),
});

/** Signing in through a provider. */
export const singleSignOnRoutes = (
  app: App,
  services: { readonly singleSignOn: SingleSignOnParts | null },
  authentication: Authentication,
  site: Site,
): void => {
  const { singleSignOn } = services;
  app.get(
    "/api/auth/providers",
    {
      config: { public: true },
      schema: {
        tags,
        operationId: "listSignInProviders",
        summary: "List the ways to sign in",
        response: answers({ 200: SignInProvidersDto }),
      },
    },
    async () => ({
      items: singleSignOn === null ? [] : [{ id: "oidc", name: singleSignOn.name }],
      password: true,
    }),
  );

  app.get(
    BEGIN,
    {
      config: { public: true },
      exposeHeadRoute: false,
      schema: {
        tags,
        operationId: "beginSingleSignOn",
        summary: "Sign in through the provider",
        description: "For browsers. `returnTo` is a path on this server; anything else becomes `/`.",
        querystring: Type.Object({ returnTo: Type.Optional(Type.String()) }),
        response: answers({ 302: Redirect }),
      },
    },
    async (request, reply) => {
      const parts = requireConfigured(singleSignOn);
      try {
        const returnTo = localPath(request.query.returnTo);
        const { url, pending } = await parts.provider.begin(
          `${site.addressOf(request)}${CALLBACK}`,
          returnTo,
        );
        site.setCookie(request, reply, PENDING_COOKIE, {
          value: parts.pending.seal(pending),
          expires: new Date(Date.now() + SIGN_IN_MS),
          sameSite: "lax",
        });
        return reply.redirect(url.href);
      } catch (error) {
        return refuse(request, reply, parts, error);
      }
    },
  );

  app.get(
    CALLBACK,
    {
      config: { public: true },
      exposeHeadRoute: false,
      // The provider's answer is checked where it is used; what is wrong with it leads to the sign-in page.
      attachValidation: true,
      schema: {
        tags,
        operationId: "completeSingleSignOn",
        summary: "Come back from the provider",
        description: "The redirect URI to register with the provider.",
        querystring: CallbackQuery,
        response: answers({ 200: Page, 302: Redirect }),
      },
    },
    async (request, reply) => {
      const parts = requireConfigured(singleSignOn);
      site.clearCookie(request, reply, PENDING_COOKIE);
      try {
        const pending = pendingOf(site.cookie(request, PENDING_COOKIE), parts);
        const identity = await parts.provider.complete(comeBackTo(request, site), pending);
        const { token, expiresAt } = await parts.accounts.signIn(identity);
        authentication.setCookie(request, reply, token, expiresAt);
        return reply.type("text/html; charset=utf-8").send(landingPage(`${site.base}${pending.returnTo}`));
      } catch (error) {
        return refuse(request, reply, parts, error);
      }
    },
  );
};

const requireConfigured = (parts: SingleSignOnParts | null): SingleSignOnParts => {
  if (parts !== null) return parts;
  throw new PatchbayError("not_found", "No sign-in provider is configured here. Sign in with a password.");
};

const pendingOf = (sealed: string | undefined, parts: SingleSignOnParts) => {
  const pending = parts.pending.open(sealed ?? "");
  if (pending !== null) return pending;
  throw new PatchbayError("sign_in_expired", "The browser brings no sign-in that is under way.");
};

/** Where the provider sent the browser, at the address that was given to it and not the one that the request names. */
const comeBackTo = (request: FastifyRequest, site: Site): URL => {
  const { url } = request;
  const address = new URL(`${site.addressOf(request)}${CALLBACK}`);
  const query = url.indexOf("?");
  address.search = query === -1 ? "" : url.slice(query);
  return address;
};

/** Back to the sign-in page, with the reason in the log for the operator. */
const refuse = (
  request: FastifyRequest,
  reply: FastifyReply,
  { issuer }: SingleSignOnParts,
  error: unknown,
): FastifyReply => {
  const failure = asPatchbayError(error);
  const facts = { reqId: request.id, code: failure.code, reason: reasonOf(failure), issuer };
  if (failure.code === "internal") request.log.error({ ...facts, err: error }, "a sign-in failed");
  else request.log.warn(facts, "a sign-in through the provider was refused");
  return reply.redirect(`${request.server.site.base}${SIGN_IN_PAGE}?error=${failure.code}`);
};
