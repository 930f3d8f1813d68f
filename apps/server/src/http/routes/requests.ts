import type { Installations, PluginRequest, PluginRequests } from "@patchbay/core";
import {
  ApprovalBody,
  InstalledDto,
  PluginRequestBody,
  PluginRequestDto,
  PluginRequestsDto,
  RefusalBody,
  RequestStateDto,
} from "@patchbay/protocol";
import Type from "typebox";
import { created } from "../created.ts";
import { type App, answers, NoContent, Org, PageQuery, pageOf } from "../route.ts";
import { toInstalledDto } from "../views.ts";

const tags = ["Requests"];
const base = "/api/orgs/:org/requests";
const OrgRequest = Type.Object({ ...Org.properties, id: Type.String({ maxLength: 100 }) });
const Search = Type.Object(
  { state: Type.Optional(RequestStateDto), ...PageQuery },
  { additionalProperties: false },
);

/** Asking for plugins, and deciding on that. */
export const requestRoutes = (
  app: App,
  { requests, installations }: { readonly installations: Installations; readonly requests: PluginRequests },
): void => {
  app.get(
    base,
    {
      schema: {
        tags,
        operationId: "listRequests",
        summary: "Requests for plugins, newest first",
        description: "Owners and administrators see all, others their own.",
        params: Org,
        querystring: Search,
        response: answers({ 200: PluginRequestsDto }),
      },
    },
    async ({ principal, params, query }) => {
      const { state } = query;
      const { page, open } = await requests.list(principal, params.org, {
        ...(state !== undefined && { state }),
        ...pageOf(query),
      });
      return { ...page, items: page.items.map(toRequestDto), open };
    },
  );

  app.post(
    base,
    {
      schema: {
        tags,
        operationId: "createRequest",
        summary: "Ask for a plugin",
        params: Org,
        body: PluginRequestBody,
        response: answers({ 201: PluginRequestDto }),
      },
    },
    async ({ principal, params: { org }, body }, reply) => {
      const made = toRequestDto(await requests.create(principal, org, body));
      return await created(reply, "api", "orgs", org, "requests", made.id).send(made);
    },
  );

  app.get(
    `${base}/:id`,
    {
      schema: {
        tags,
        operationId: "getRequest",
        summary: "One request",
        params: OrgRequest,
        response: answers({ 200: PluginRequestDto }),
      },
    },
    async ({ principal, params }) => toRequestDto(await requests.get(principal, params.org, params.id)),
  );

  app.delete(
    `${base}/:id`,
    {
      schema: {
        tags,
        operationId: "withdrawRequest",
        summary: "Take back a request of one's own",
        params: OrgRequest,
        response: answers({ 204: NoContent }),
      },
    },
    async ({ principal, params }, reply) => {
      await requests.withdraw(principal, params.org, params.id);
      return await reply.code(204).send(null);
    },
  );

  app.post(
    `${base}/:id/approve`,
    {
      schema: {
        tags,
        operationId: "approveRequest",
        summary: "Install what was asked for, disabled",
        description:
          "For owners and administrators. With the grants and the scope of the request, unless told.",
        params: OrgRequest,
        body: Type.Union([ApprovalBody, Type.Null()]),
        response: answers({ 201: InstalledDto }),
      },
    },
    async ({ principal, params: { org, id }, body }, reply) => {
      const { installation, along } = await requests.approve(principal, org, id, body ?? {});
      const view = (plugin: string) => installations.get(principal, org, plugin);
      const others = await Promise.all(along.map(({ pluginId }) => view(pluginId)));
      const { pluginId } = installation;
      return await created(reply, "api", "orgs", org, "plugins", pluginId).send(
        toInstalledDto(await view(pluginId), others, org),
      );
    },
  );

  app.post(
    `${base}/:id/refuse`,
    {
      schema: {
        tags,
        operationId: "refuseRequest",
        summary: "Refuse a request, with a reason",
        description: "For owners and administrators.",
        params: OrgRequest,
        body: RefusalBody,
        response: answers({ 200: PluginRequestDto }),
      },
    },
    async ({ principal, params, body }) =>
      toRequestDto(await requests.refuse(principal, params.org, params.id, body.reason)),
  );
};

const toRequestDto = (request: PluginRequest): PluginRequestDto => ({
  id: request.id,
  plugin: request.pluginId,
  version: request.version,
  grants: request.grants as PluginRequestDto["grants"],
  scope: request.scope as PluginRequestDto["scope"],
  ...(request.message !== null && { message: request.message }),
  askedBy: { id: request.userId, name: request.userName },
  state: request.state,
  ...(request.decidedBy !== null && { decidedBy: request.decidedBy.name }),
  ...(request.reason !== null && { reason: request.reason }),
  createdAt: request.createdAt.toISOString(),
  ...(request.decidedAt !== null && { decidedAt: request.decidedAt.toISOString() }),
});
