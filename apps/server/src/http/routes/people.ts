import {
  type Accounts,
  type ApiKeys,
  type Newcomers,
  type Organizations,
  RIGHTS,
  type Right,
} from "@patchbay/core";
import {
  ApiKeyBody,
  ApiKeyDto,
  InvitationBody,
  JoinedDto,
  LinkPasswordBody,
  NewApiKeyDto,
  PatchbayError,
  SessionDto,
  SetUpBody,
  SignInBody,
} from "@patchbay/protocol";
import Type from "typebox";
import type { Authentication } from "../authentication.ts";
import { created, locationOf } from "../created.ts";
import { type App, answers, listOf, NoContent } from "../route.ts";
import { toApiKeyDto } from "../views.ts";

interface AuthNeeds {
  readonly accounts: Accounts;
  readonly furnish: (organizationId: string) => Promise<void>;
  readonly newcomers: Newcomers;
  readonly organizations: Organizations;
}

/** Signing in and out, and the first administrator. */
export const authRoutes = (app: App, services: AuthNeeds, authentication: Authentication): void => {
  const tags = ["People"];

  app.post(
    "/api/auth/sign-in",
    {
      config: { public: true },
      schema: {
        tags,
        operationId: "signIn",
        summary: "Sign in",
        body: SignInBody,
        response: answers({ 200: SessionDto }),
      },
    },
    async (request, reply) => {
      authentication.requireOwnPage(request);
      const { email, password } = request.body;
      const { token, user, expiresAt } = await services.accounts
        .signIn(email, password, request.ip)
        .catch((error: unknown) => {
          // Those that were refused unseen are many where somebody guesses, and say nothing.
          if (error instanceof PatchbayError && error.code === "bad_credentials")
            request.log.warn({ reqId: request.id, email, client: request.ip }, "a sign-in failed");
          throw error;
        });
      authentication.setCookie(request, reply, token, expiresAt);
      return { user, expiresAt: expiresAt.toISOString() };
    },
  );

  app.post(
    "/api/auth/set-up",
    {
      config: { public: true },
      schema: {
        tags,
        operationId: "setUpDeployment",
        summary: "Become the first administrator",
        body: SetUpBody,
        response: answers({ 201: SessionDto }),
      },
    },
    async (request, reply) => {
      authentication.requireOwnPage(request);
      const { token: link, ...person } = request.body;
      const { token, user, expiresAt } = await services.accounts.setUp(link, person, async (owner) => {
        const organization = await services.organizations.createFor(owner, {
          slug: "default",
          name: "Default",
        });
        await services.furnish(organization.id);
      });
      authentication.setCookie(request, reply, token, expiresAt);
      return await created(reply, "api", "me").send({ user, expiresAt: expiresAt.toISOString() });
    },
  );

  app.post(
    "/api/auth/password",
    {
      config: { public: true },
      schema: {
        tags,
        operationId: "setPasswordByLink",
        summary: "Set my password by the link that an administrator gave me",
        description: "Ends the person's sessions, and signs them in.",
        body: LinkPasswordBody,
        response: answers({ 200: SessionDto }),
      },
    },
    async (request, reply) => {
      authentication.requireOwnPage(request);
      const { token: link, password } = request.body;
      const person = await services.newcomers.setPassword(link, password);
      const { token, user, expiresAt } = await services.accounts.openSession(person);
      authentication.setCookie(request, reply, token, expiresAt);
      return { user, expiresAt: expiresAt.toISOString() };
    },
  );

  app.post(
    "/api/auth/invitations",
    {
      schema: {
        tags,
        operationId: "joinOrganization",
        summary: "Join an organization by the link that its administrator gave me",
        body: InvitationBody,
        response: answers({ 200: JoinedDto }),
      },
    },
    async ({ principal, body }) => ({ organization: await services.newcomers.join(principal, body.token) }),
  );

  app.post(
    "/api/auth/sign-out",
    { schema: { tags, operationId: "signOut", summary: "Sign out", response: answers({ 204: NoContent }) } },
    async (request, reply) => {
      const token = authentication.sessionOf(request);
      if (token !== undefined) await services.accounts.signOut(token);
      authentication.clearCookie(request, reply);
      return await reply.code(204).send(null);
    },
  );
};

/** API keys of the caller. */
export const apiKeyRoutes = (app: App, services: { readonly apiKeys: ApiKeys }): void => {
  const tags = ["API keys"];
  const OfOrg = Type.Object(
    { organization: Type.String({ maxLength: 63 }) },
    { additionalProperties: false },
  );

  app.get(
    "/api/api-keys",
    {
      schema: {
        tags,
        operationId: "listApiKeys",
        summary: "List API keys",
        querystring: OfOrg,
        response: answers({ 200: listOf(ApiKeyDto) }),
      },
    },
    async (request) => {
      const keys = await services.apiKeys.list(request.principal, request.query.organization);
      return { items: keys.map(toApiKeyDto) };
    },
  );

  app.post(
    "/api/api-keys",
    {
      schema: {
        tags,
        operationId: "createApiKey",
        summary: "Create an API key",
        body: ApiKeyBody,
        response: answers({ 201: NewApiKeyDto }),
      },
    },
    async (request, reply) => {
      const { organization, name, rights, expiresAt } = request.body;
      const { key, token } = await services.apiKeys.create(request.principal, organization, {
        name,
        rights: rights.map(requireRight),
        expiresAt: expiresAt === undefined ? null : new Date(expiresAt),
      });
      return await reply
        .code(201)
        .header("location", `${locationOf(reply, "api", "api-keys", key.id)}?organization=${organization}`)
        .send({ ...toApiKeyDto(key), token });
    },
  );

  app.delete(
    "/api/api-keys/:id",
    {
      schema: {
        tags,
        operationId: "deleteApiKey",
        summary: "Delete an API key",
        params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
        querystring: OfOrg,
        response: answers({ 204: NoContent }),
      },
    },
    async (request, reply) => {
      await services.apiKeys.delete(request.principal, request.query.organization, request.params.id);
      return await reply.code(204).send(null);
    },
  );
};

const requireRight = (right: string, index: number): Right => {
  if ((RIGHTS as readonly string[]).includes(right)) return right as Right;
  throw new PatchbayError("invalid_request", `"${right}" is not a right.`, {
    errors: [{ pointer: `/rights/${index}`, message: `It must be one of ${RIGHTS.join(", ")}.` }],
  });
};
