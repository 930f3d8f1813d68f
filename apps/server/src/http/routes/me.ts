import { type Accounts, isDeploymentAdmin, type Membership, type Principal, rightsIn } from "@patchbay/core";
import { MeDto, PasswordBody } from "@patchbay/protocol";
import type { Authentication } from "../authentication.ts";
import { type App, answers, NoContent } from "../route.ts";

/** The caller's own. */
export const meRoutes = (
  app: App,
  services: { readonly accounts: Accounts; readonly version: string },
  authentication: Authentication,
): void => {
  const tags = ["People"];

  app.get(
    "/api/me",
    {
      schema: {
        tags,
        operationId: "getMe",
        summary: "Who am I, and what may I do",
        response: answers({ 200: MeDto }),
      },
    },
    async (request) => meOf(request.principal, services.version),
  );

  app.post(
    "/api/me/password",
    {
      schema: {
        tags,
        operationId: "changePassword",
        summary: "Change my password",
        description: "Ends the caller's other sessions. API keys stay as they are.",
        body: PasswordBody,
        response: answers({ 204: NoContent }),
      },
    },
    async (request, reply) => {
      const session = authentication.sessionOf(request) ?? "";
      await services.accounts.changePassword(request.principal, request.body, session, request.ip);
      return await reply.code(204).send(null);
    },
  );
};

/** A key of one organization shows nothing of the person's others. */
export const visibleMemberships = ({ key, memberships }: Principal): readonly Membership[] =>
  memberships.filter(({ organization }) => key === null || key.organizationId === organization.id);

const meOf = (principal: Principal, version: string): MeDto => ({
  user: principal.user,
  hasPassword: principal.user.passwordHash !== null,
  ...(principal.key && {
    apiKey: { id: principal.key.id, name: principal.key.name, rights: [...principal.key.rights] },
  }),
  organizations: visibleMemberships(principal).map((membership) => ({
    slug: membership.organization.slug,
    name: membership.organization.name,
    role: membership.role,
    projects: Object.fromEntries(membership.projects),
    rights: rightsIn(principal, membership).map(({ right, reach }) => ({
      right,
      reach: reach === "organization" ? reach : [...reach],
    })),
  })),
  deployment: { version, administrator: isDeploymentAdmin(principal) },
});
