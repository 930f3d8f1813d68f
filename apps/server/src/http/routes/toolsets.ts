import type { Toolsets, ToolsetView } from "@patchbay/core";
import { ToolsetBody, ToolsetChangeBody, ToolsetDto } from "@patchbay/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import Type from "typebox";
import { created } from "../created.ts";
import { BY_REVISION, seenRevisions } from "../revisions.ts";
import { type App, answers, listOf, NoContent, Org } from "../route.ts";
import type { Site } from "../site.ts";

const tags = ["Tools"];
const OrgToolset = Type.Object({ ...Org.properties, toolset: Type.String({ maxLength: 63 }) });

/** Tools that administrators choose for clients of the Model Context Protocol. */
export const toolsetRoutes = (
  app: App,
  { toolsets, site }: { readonly toolsets: Toolsets; readonly site: Site },
): void => {
  const toDto = (request: FastifyRequest, { toolset, revision }: ToolsetView): ToolsetDto => {
    const { name, title, description, mode, tools } = toolset;
    return {
      name,
      ...(title !== null && { title }),
      ...(description !== null && { description }),
      mode,
      tools: [...tools],
      url: `${site.addressOf(request)}/mcp/${name}`,
      revision,
    };
  };
  const told = (request: FastifyRequest, reply: FastifyReply, view: ToolsetView): ToolsetDto => {
    reply.header("etag", `"${view.revision}"`);
    return toDto(request, view);
  };

  app.get(
    "/api/orgs/:org/toolsets",
    {
      schema: {
        tags,
        operationId: "listToolsets",
        summary: "Toolsets for clients of the Model Context Protocol",
        params: Org,
        response: answers({ 200: listOf(ToolsetDto) }),
      },
    },
    async (request) => {
      const { principal, params } = request;
      return { items: (await toolsets.list(principal, params.org)).map((one) => toDto(request, one)) };
    },
  );

  app.post(
    "/api/orgs/:org/toolsets",
    {
      schema: {
        tags,
        operationId: "createToolset",
        summary: "Choose tools for clients",
        description:
          "For owners and administrators. Clients find them at `/mcp/{name}`; each sees those that its key's holder may use.",
        params: Org,
        body: ToolsetBody,
        response: answers({ 201: ToolsetDto }),
      },
    },
    async (request, reply) => {
      const { principal, params, body } = request;
      const view = await toolsets.create(principal, params.org, body);
      return await created(reply, "api", "orgs", params.org, "toolsets", view.toolset.name).send(
        told(request, reply, view),
      );
    },
  );

  app.get(
    "/api/orgs/:org/toolsets/:toolset",
    {
      schema: {
        tags,
        operationId: "getToolset",
        summary: "One toolset",
        params: OrgToolset,
        response: answers({ 200: ToolsetDto }),
      },
    },
    async (request, reply) => {
      const { principal, params } = request;
      return told(request, reply, await toolsets.get(principal, params.org, params.toolset));
    },
  );

  app.patch(
    "/api/orgs/:org/toolsets/:toolset",
    {
      config: BY_REVISION,
      schema: {
        tags,
        operationId: "changeToolset",
        summary: "Change a toolset",
        description:
          "For owners and administrators. What is not given stays; a null takes away. In force at once, and told to clients that listen.",
        params: OrgToolset,
        body: ToolsetChangeBody,
        response: answers({ 200: ToolsetDto }),
      },
    },
    async (request, reply) => {
      const { principal, params, body } = request;
      const seen = seenRevisions(request);
      return told(request, reply, await toolsets.change(principal, params.org, params.toolset, body, seen));
    },
  );

  app.delete(
    "/api/orgs/:org/toolsets/:toolset",
    {
      schema: {
        tags,
        operationId: "deleteToolset",
        summary: "Delete a toolset",
        description:
          "For owners and administrators. Clients that use its address find nothing there from then on.",
        params: OrgToolset,
        response: answers({ 204: NoContent }),
      },
    },
    async ({ principal, params }, reply) => {
      await toolsets.remove(principal, params.org, params.toolset);
      return await reply.code(204).send(null);
    },
  );
};
