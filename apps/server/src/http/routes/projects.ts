import { type Organizations, PROJECT_ROLES } from "@patchbay/core";
import { ProjectBody, ProjectDto, ProjectMemberBody, ProjectMemberDto, RenameBody } from "@patchbay/protocol";
import Type from "typebox";
import { created } from "../created.ts";
import { type App, answers, listOf, NoContent, Org, OrgProject } from "../route.ts";
import { toProjectDto } from "../views.ts";
import { requireOneOf } from "./require-one-of.ts";

/** Projects of an organization, and who belongs to them. */
export const projectRoutes = (app: App, services: { readonly organizations: Organizations }): void => {
  const tags = ["Organizations"];
  const OrgProjectUser = Type.Object({ ...OrgProject.properties, user: Type.String({ maxLength: 64 }) });
  const { organizations } = services;

  app.get(
    "/api/orgs/:org/projects",
    {
      schema: {
        tags,
        operationId: "listProjects",
        summary: "List projects",
        params: Org,
        response: answers({ 200: listOf(ProjectDto) }),
      },
    },
    async (request) => ({
      items: (await organizations.listProjects(request.principal, request.params.org)).map(toProjectDto),
    }),
  );

  app.post(
    "/api/orgs/:org/projects",
    {
      schema: {
        tags,
        operationId: "createProject",
        summary: "Create a project",
        params: Org,
        body: ProjectBody,
        response: answers({ 201: ProjectDto }),
      },
    },
    async (request, reply) => {
      const { org } = request.params;
      const project = await organizations.createProject(request.principal, org, request.body);
      return await created(reply, "api", "orgs", org, "projects", project.slug).send(toProjectDto(project));
    },
  );

  app.put(
    "/api/orgs/:org/projects/:project",
    {
      schema: {
        tags,
        operationId: "renameProject",
        summary: "Rename a project",
        params: OrgProject,
        body: RenameBody,
        response: answers({ 200: ProjectDto }),
      },
    },
    async ({ principal, params, body }) =>
      toProjectDto(await organizations.renameProject(principal, params.org, params.project, body.name)),
  );

  app.delete(
    "/api/orgs/:org/projects/:project",
    {
      schema: {
        tags,
        operationId: "deleteProject",
        summary: "Delete a project with its memberships and overridden settings",
        description: "409 `project_in_use` while a plugin applies to this project and no other.",
        params: OrgProject,
        response: answers({ 204: NoContent }),
      },
    },
    async ({ principal, params }, reply) => {
      await organizations.deleteProject(principal, params.org, params.project);
      return await reply.code(204).send(null);
    },
  );

  app.get(
    "/api/orgs/:org/projects/:project/members",
    {
      schema: {
        tags,
        operationId: "listProjectMembers",
        summary: "List a project's members",
        params: OrgProject,
        response: answers({ 200: listOf(ProjectMemberDto) }),
      },
    },
    async (request) => ({
      items: await organizations.listProjectMembers(
        request.principal,
        request.params.org,
        request.params.project,
      ),
    }),
  );

  app.post(
    "/api/orgs/:org/projects/:project/members",
    {
      schema: {
        tags,
        operationId: "addProjectMember",
        summary: "Add a member to a project, or change a role",
        params: OrgProject,
        body: ProjectMemberBody,
        response: answers({ 201: ProjectMemberDto }),
      },
    },
    async (request, reply) => {
      const { email, role } = request.body;
      const { org, project } = request.params;
      const member = await organizations.setProjectMember(
        request.principal,
        org,
        project,
        email,
        requireOneOf(PROJECT_ROLES, role),
      );
      return await created(reply, "api", "orgs", org, "projects", project, "members", member.userId).send(
        member,
      );
    },
  );

  app.delete(
    "/api/orgs/:org/projects/:project/members/:user",
    {
      schema: {
        tags,
        operationId: "removeProjectMember",
        summary: "Remove a member from a project",
        params: OrgProjectUser,
        response: answers({ 204: NoContent }),
      },
    },
    async (request, reply) => {
      const { org, project, user } = request.params;
      await organizations.removeProjectMember(request.principal, org, project, user);
      return await reply.code(204).send(null);
    },
  );
};
