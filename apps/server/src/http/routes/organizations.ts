import { type HandedLink, type Newcomers, ORGANIZATION_ROLES, type Organizations } from "@patchbay/core";
import {
  AddedMemberDto,
  HandedLinkDto,
  MemberBody,
  MemberDto,
  OrganizationBody,
  OrganizationDto,
  RenameBody,
} from "@patchbay/protocol";
import Type from "typebox";
import { created } from "../created.ts";
import { type App, answers, listOf, NoContent, Org } from "../route.ts";
import type { Site } from "../site.ts";
import { toOrganizationDto } from "../views.ts";
import { visibleMemberships } from "./me.ts";
import { requireOneOf } from "./require-one-of.ts";

interface OrganizationNeeds {
  readonly furnish: (organizationId: string) => Promise<void>;
  readonly newcomers: Newcomers;
  readonly organizations: Organizations;
}

/** Organizations, their members and projects. */
export const organizationRoutes = (app: App, services: OrganizationNeeds, site: Site): void => {
  const tags = ["Organizations"];
  const OrgUser = Type.Object({ org: Org.properties.org, user: Type.String({ maxLength: 64 }) });
  const { organizations, newcomers } = services;

  app.get(
    "/api/orgs",
    {
      schema: {
        tags,
        operationId: "listOrganizations",
        summary: "List my organizations",
        response: answers({ 200: listOf(OrganizationDto) }),
      },
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
        operationId: "createOrganization",
        summary: "Create an organization",
        body: OrganizationBody,
        response: answers({ 201: OrganizationDto }),
      },
    },
    async (request, reply) => {
      const organization = await organizations.create(request.principal, request.body);
      await services.furnish(organization.id);
      return await created(reply, "api", "orgs", organization.slug).send(toOrganizationDto(organization));
    },
  );

  app.put(
    "/api/orgs/:org",
    {
      schema: {
        tags,
        operationId: "renameOrganization",
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
    {
      schema: {
        tags,
        operationId: "listMembers",
        summary: "List members",
        params: Org,
        response: answers({ 200: listOf(MemberDto) }),
      },
    },
    async (request) => ({
      items: await organizations.listMembers(request.principal, request.params.org),
    }),
  );

  app.post(
    "/api/orgs/:org/members",
    {
      schema: {
        tags,
        operationId: "addMember",
        summary: "Add a member, or change a role",
        description:
          "With a name, an account is made for someone whom nobody here knows yet; they set their password by the link in the answer. 202: the account is another organization's; its person becomes a member by opening `invitation`.",
        params: Org,
        body: MemberBody,
        response: answers({ 201: AddedMemberDto, 202: AddedMemberDto }),
      },
    },
    async (request, reply) => {
      const { role, ...person } = request.body;
      const added = await newcomers.add(request.principal, request.params.org, {
        ...person,
        role: requireOneOf(ORGANIZATION_ROLES, role),
      });
      const linkTo = (page: string, { token, expiresAt }: HandedLink): HandedLinkDto => ({
        url: `${site.addressOf(request)}/${page}#${token}`,
        expiresAt: expiresAt.toISOString(),
      });
      if (added.invitation === null)
        created(reply, "api", "orgs", request.params.org, "members", added.member.userId);
      else reply.code(202);
      return await reply.send({
        ...added.member,
        ...(added.passwordLink && { passwordLink: linkTo("password", added.passwordLink) }),
        ...(added.invitation && { invitation: linkTo("join", added.invitation) }),
        ...(added.notTaken.length > 0 && { notTaken: [...added.notTaken] }),
      });
    },
  );

  app.post(
    "/api/orgs/:org/members/:user/password-link",
    {
      schema: {
        tags,
        operationId: "createPasswordLink",
        summary: "Make a link with which a member sets another password",
        description:
          "Valid once, for 7 days; earlier ones end. For whoever administers all organizations of that person, signed in.",
        params: OrgUser,
        response: answers({ 201: HandedLinkDto }),
      },
    },
    async (request, reply) => {
      const { org, user } = request.params;
      const { token, expiresAt } = await newcomers.createPasswordLink(request.principal, org, user);
      const url = `${site.addressOf(request)}/password#${token}`;
      return await created(reply, "api", "orgs", org, "members", user).send({
        url,
        expiresAt: expiresAt.toISOString(),
      });
    },
  );

  app.delete(
    "/api/orgs/:org/members/:user",
    {
      schema: {
        tags,
        operationId: "removeMember",
        summary: "Remove a member",
        params: OrgUser,
        response: answers({ 204: NoContent }),
      },
    },
    async (request, reply) => {
      await organizations.removeMember(request.principal, request.params.org, request.params.user);
      return await reply.code(204).send(null);
    },
  );
};
