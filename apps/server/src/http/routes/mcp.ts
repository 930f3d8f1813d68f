import { createMcpHandler, type McpHttpHandler } from "@modelcontextprotocol/server";
import { authorize, type Toolset, type ToolsetStore } from "@patchbay/core";
import { PatchbayError, TOOLSET_MODES } from "@patchbay/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import Type, { type Static } from "typebox";
import { clientGone } from "../event-stream.ts";
import type { EventStreams } from "../event-streams.ts";
import { MAX_CALL_BODY_BYTES } from "../limits.ts";
import { sendAnswer, toWebRequest } from "../mcp/exchange.ts";
import type { McpRequest } from "../mcp/mcp-request.ts";
import { requireOwnSite } from "../mcp/own-site.ts";
import { sendRpcError } from "../mcp/rpc-errors.ts";
import { createToolServer, type ToolServices } from "../mcp/tool-server.ts";
import type { App } from "../route.ts";
import type { Site } from "../site.ts";
import { callerIn } from "./models/caller.ts";

export interface McpParts extends ToolServices {
  readonly toolsets: Pick<ToolsetStore, "find">;
  readonly streams: EventStreams;
  readonly site: Site;
  /** Of Patchbay. */
  readonly version: string;
}

const Place = Type.Object({ toolset: Type.Optional(Type.String({ maxLength: 63 })) });
const Query = Type.Object({
  project: Type.Optional(
    Type.String({ maxLength: 63, description: "Unless the header `patchbay-project` says it" }),
  ),
  mode: Type.Optional(Type.Enum([...TOOLSET_MODES])),
});

/** The Model Context Protocol in all revisions that are spoken, without anything held between requests. */
export const mcpRoutes = async (app: App, parts: McpParts): Promise<void> => {
  const asked = new WeakMap<Request, McpRequest>();
  const handler = createMcpHandler(
    ({ requestInfo }) => createToolServer(askedBy(asked, requestInfo), parts),
    { keepAliveMs: 0 },
  );
  await app.register(async (scope: App) => {
    scope.addHook("onRoute", (route) => {
      route.config = { ...route.config, takesKeyHeader: true };
    });
    scope.setErrorHandler(sendRpcError);
    for (const path of ["/mcp", "/mcp/:toolset"])
      scope.post(
        path,
        {
          bodyLimit: MAX_CALL_BODY_BYTES,
          schema: { hide: true, params: Place, querystring: Query },
        },
        async (request, reply) => await answer(request, reply, { handler, asked, parts }),
      );
  });
};

const answer = async (
  request: FastifyRequest,
  reply: FastifyReply,
  {
    handler,
    asked,
    parts,
  }: { handler: McpHttpHandler; asked: WeakMap<Request, McpRequest>; parts: McpParts },
): Promise<FastifyReply | undefined> => {
  const { site, streams } = parts;
  requireOwnSite(request, site);
  const mcp = await readRequest(request, reply, parts);
  const options = {
    kind: "call",
    requireAllowed: (principal: FastifyRequest["principal"]) => mcp.requireAllowed(principal),
  } as const;
  return await streams.hold(request, reply, options, async (signal) => {
    const web = toWebRequest(request, site, signal);
    asked.set(web, mcp);
    return await sendAnswer(handler, web, { request, reply, site });
  });
};

const askedBy = (asked: WeakMap<Request, McpRequest>, web: Request | undefined): McpRequest => {
  const found = web && asked.get(web);
  if (found === undefined) throw new Error("A request of the protocol was not read by its route.");
  return found;
};

/** Throws `invalid_request`, `forbidden`, `organization_not_found`, `toolset_not_found`. */
const readRequest = async (
  request: FastifyRequest,
  reply: FastifyReply,
  { toolsets, version }: McpParts,
): Promise<McpRequest> => {
  const { toolset: name } = request.params as Static<typeof Place>;
  const { project: asked, mode } = request.query as Static<typeof Query>;
  const { by, project = asked } = callerIn(request, clientGone(reply));
  const allow = (principal: FastifyRequest["principal"]) =>
    authorize(principal, by.organization, "org.plugins.use");
  const { organization } = allow(by.principal);
  const toolset = name === undefined ? null : await toolsets.find(organization.id, name);
  if (name !== undefined && toolset === null)
    throw new PatchbayError("toolset_not_found", `There is no toolset "${name.slice(0, 63)}" here.`);
  return {
    by,
    project,
    toolset,
    mode: mode ?? toolset?.mode ?? "tools",
    about: { ...wordsOf(toolset), version },
    requireAllowed: allow,
  };
};

const wordsOf = (toolset: Toolset | null): Omit<McpRequest["about"], "version"> => {
  if (toolset === null) return { name: "patchbay", title: "Patchbay" };
  const { name, title, description } = toolset;
  return {
    name: `patchbay-${name}`,
    title: title ?? name,
    ...(description !== null && { instructions: description }),
  };
};
