import { authorize, ORGANIZATION_ROLES, RIGHTS, type Right } from "@patchbay/core";
import {
  ApiKeyBody,
  ApiKeyDto,
  MemberBody,
  MemberDto,
  NewApiKeyDto,
  OrganizationBody,
  OrganizationDto,
  PatchbayError,
  RenameBody,
  SessionDto,
  SetUpBody,
  SignInBody,
} from "@patchbay/protocol";
import Type from "typebox";
import type { Services } from "../../services.ts";
import type { Authentication } from "../authentication.ts";
import { type App, answers, listOf, NoContent, Org } from "../route.ts";
import { toApiKeyDto, toOrganizationDto } from "../views.ts";
import { visibleMemberships } from "./me.ts";
import { requireOneOf } from "./require-one-of.ts";

/** Signing in and out, and the first administrator. */
export const authRoutes = (app: App, services: Services, authentication: Authentication): void => {
  const tags = ["People"];

  app.post(
    "/api/auth/sign-in",
    {
      config: { public: true },
      schema: { tags, summary: "Sign in", body: SignInBody, response: answers({ 200: SessionDto }) },
    },
    async (request, reply) => {
      authentication.requireOwnPage(request);
      const { email, password } = request.body;
      const { token, user, expiresAt } = await services.accounts.signIn(email, password, request.ip);
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
        await services.builtins.spreadTo(organization.id);
      });
      authentication.setCookie(request, reply, token, expiresAt);
      return await reply.code(201).send({ user, expiresAt: expiresAt.toISOString() });
    },
  );

  app.post(
    "/api/auth/sign-out",
    { schema: { tags, summary: "Sign out", response: answers({ 204: NoContent }) } },
    async (request, reply) => {
      const token = authentication.sessionOf(request);
      if (token !== undefined) await services.accounts.signOut(token);
      authentication.clearCookie(request, reply);
      return await reply.code(204).send(null);
    },
  );
};

/** API keys of the caller. */
export const apiKeyRoutes = (app: App, services: Services): void => {
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
        summary: "List API keys",
        querystring: OfOrg,
        response: answers({ 200: listOf(ApiKeyDto) }),
      },
    },
    async (request) => {
      const keys = await services.accounts.listApiKeys(request.principal, request.query.organization);
      return { items: keys.map(toApiKeyDto) };
    },
  );

  app.post(
    "/api/api-keys",
    {
      schema: {
        tags,
        summary: "Create an API key",
        body: ApiKeyBody,
        response: answers({ 201: NewApiKeyDto }),
      },
    },
    async (request, reply) => {
      const { organization, name, rights, expiresAt } = request.body;
      const { key, token } = await services.accounts.createApiKey(request.principal, organization, {
        name,
        rights: rights.map(requireRight),
        expiresAt: expiresAt === undefined ? null : new Date(expiresAt),
      });
      return await reply.code(201).send({ ...toApiKeyDto(key), token });
    },
  );

  app.delete(
    "/api/api-keys/:id",
    {
      schema: {
        tags,
        summary: "Delete an API key",
        params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
        querystring: OfOrg,
        response: answers({ 204: NoContent }),
      },
    },
    async (request, reply) => {
      await services.accounts.deleteApiKey(request.principal, request.query.organization, request.params.id);
      return await reply.code(204).send(null);
    },
  );
};

/** Organizations, their members and projects. */
export const organizationRoutes = (app: App, services: Services): void => {
  const tags = ["Organizations"];
  const OrgUser = Type.Object({ org: Org.properties.org, user: Type.String({ maxLength: 64 }) });
  const { organizations } = services;

  app.get(
    "/api/orgs",
    {
      schema: { tags, summary: "List my organizations", response: answers({ 200: listOf(OrganizationDto) }) },
    },
    async ({ principal }) => ({
      items: visibleMemberships(principal).map(({ organization }) => toOrganizationDto(organization)),
    }),
  );

  app.post(
    "/api/orgs",
    {
      schema: {
        tags,
        summary: "Create an organization",
        body: OrganizationBody,
        response: answers({ 201: OrganizationDto }),
      },
    },
    async (request, reply) => {
      const organization = await organizations.create(request.principal, request.body);
      await services.builtins.spreadTo(organization.id);
      return await reply.code(201).send(toOrganizationDto(organization));
    },
  );

  app.put(
    "/api/orgs/:org",
    {
      schema: {
        tags,
        summary: "Rename an organization",
        params: Org,
        body: RenameBody,
        response: answers({ 200: OrganizationDto }),
      },
    },
    async ({ principal, params, body }) =>
      toOrganizationDto(await organizations.rename(principal, params.org, body.name)),
  );

  app.get(
    "/api/orgs/:org/members",
    { schema: { tags, summary: "List members", params: Org, response: answers({ 200: listOf(MemberDto) }) } },
    async (request) => ({
      items: await organizations.listMembers(request.principal, request.params.org),
    }),
  );

  app.post(
    "/api/orgs/:org/members",
    {
      schema: {
        tags,
        summary: "Add a member, or change a role",
        description:
          "With name and password, an account is made for someone whom nobody here knows yet; without a password where people sign in through a provider.",
        params: Org,
        body: MemberBody,
        response: answers({ 201: MemberDto }),
      },
    },
    async (request, reply) => {
      const { principal, params } = request;
      const { email, role, name, password } = request.body;
      const access = authorize(principal, params.org, "org.members.write");
      const isKnown = (await services.database.accounts.findUserByEmail(email.trim().toLowerCase())) !== null;
      const canSignIn = password !== undefined || services.singleSignOn !== null;
      if (!isKnown && name !== undefined && canSignIn) {
        if (role === "owner" && access.role !== "owner")
          throw new PatchbayError("forbidden", "Only an owner may add an owner.");
        await services.accounts.createPerson({ email, name, password: password ?? null });
      }
      return await reply
        .code(201)
        .send(
          await organizations.setMember(principal, params.org, email, requireOneOf(ORGANIZATION_ROLES, role)),
        );
    },
  );

  app.delete(
    "/api/orgs/:org/members/:user",
    { schema: { tags, summary: "Remove a member", params: OrgUser, response: answers({ 204: NoContent }) } },
    async (request, reply) => {
      await organizations.removeMember(request.principal, request.params.org, request.params.user);
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
