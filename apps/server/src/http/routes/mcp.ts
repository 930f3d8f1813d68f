import { randomUUID } from "node:crypto";
import { createMcpHandler, type McpHttpHandler, type McpServerFactory } from "@modelcontextprotocol/server";
import {
  type ActivityFeed,
  authorize,
  type Principal,
  type Toolset,
  type ToolsetStore,
} from "@patchbay/core";
import { isJsonObject, PatchbayError, TOOLSET_MODES } from "@patchbay/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import Type, { type Static } from "typebox";
import type { Authentication } from "../authentication.ts";
import { callerOf } from "../caller.ts";
import { clientGone, wantsEvents } from "../event-stream.ts";
import type { EventStreams } from "../event-streams.ts";
import { MAX_CALL_BODY_BYTES } from "../limits.ts";
import { sendAnswer, toWebRequest } from "../mcp/exchange.ts";
import { asMessages, busOf, listChanges } from "../mcp/list-changes.ts";
import type { McpRequest } from "../mcp/mcp-request.ts";
import { requireOwnSite } from "../mcp/own-site.ts";
import { sendRpcError } from "../mcp/rpc-errors.ts";
import { type RunningCalls, SESSION_HEADER } from "../mcp/running-calls.ts";
import { createToolServer, type ToolServices } from "../mcp/tool-server.ts";
import { asPatchbayError, logFault } from "../problems.ts";
import type { App } from "../route.ts";
import type { Site } from "../site.ts";
import { callerIn } from "./models/caller.ts";

export interface McpParts extends ToolServices {
  readonly toolsets: Pick<ToolsetStore, "find">;
  readonly feed: ActivityFeed;
  readonly calls: RunningCalls;
  readonly authentication: Authentication;
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
const hidden = { hide: true, params: Place, querystring: Query } as const;

/** The Model Context Protocol in all revisions that are spoken, without anything held between requests. */
export const mcpRoutes = async (app: App, parts: McpParts): Promise<void> => {
  const endpoint = new McpEndpoint(parts);
  await app.register(async (scope: App) => {
    scope.addHook("onRoute", (route) => {
      route.config = { ...route.config, takesKeyHeader: true };
    });
    scope.setErrorHandler(sendRpcError);
    for (const path of ["/mcp", "/mcp/:toolset"]) {
      scope.post(
        path,
        { bodyLimit: MAX_CALL_BODY_BYTES, schema: hidden },
        async (request, reply) => await endpoint.answer(request, reply),
      );
      scope.get(path, { schema: hidden }, async (request, reply) => await endpoint.listen(request, reply));
    }
  });
};

class McpEndpoint {
  readonly #parts: McpParts;
  readonly #asked = new WeakMap<Request, McpRequest>();
  readonly #factory: McpServerFactory = ({ requestInfo }) =>
    createToolServer(this.#askedBy(requestInfo), this.#parts);
  /** One for all requests but those that listen. Whoever streams says by themselves that they are still there. */
  readonly #handler = createMcpHandler(this.#factory, { keepAliveMs: 0 });

  constructor(parts: McpParts) {
    this.#parts = parts;
  }

  async answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
    const { streams, calls } = this.#parts;
    const mcp = await this.#read(request, reply);
    const method = isJsonObject(request.body) ? request.body.method : undefined;
    const listens = method === "subscriptions/listen";
    await calls.giveUp(request);
    if (method === "initialize") reply.header(SESSION_HEADER, randomUUID());
    const options = {
      kind: listens ? "listening" : "call",
      requireAllowed: requireAllOf(mcp),
    } as const;
    // Whatever is followed for this request ends with it, also where nobody has read of it.
    const over = new AbortController();
    try {
      return await streams.hold(request, reply, options, async (signal) => {
        const until = AbortSignal.any([signal, over.signal]);
        const handler = listens ? await this.#listening(request, mcp, until) : this.#handler;
        return await calls.run(request, signal, async (ended) =>
          this.#send(handler, mcp, { request, reply, signal: ended }),
        );
      });
    } finally {
      over.abort();
    }
  }

  /** The stream on which clients of the old era hear of changes. */
  async listen(request: FastifyRequest, reply: FastifyReply): Promise<undefined> {
    if (!wantsEvents(request))
      throw new PatchbayError("method_not_allowed", "Here is an event stream. Send messages with POST.");
    const mcp = await this.#read(request, reply);
    const { streams, feed } = this.#parts;
    await streams.send(
      request,
      reply,
      { kind: "listening", requireAllowed: requireAllOf(mcp) },
      async (signal) => asMessages(await listChanges(feed, mcp, this.#principal(request), signal)),
    );
    return undefined;
  }

  async #send(
    handler: Pick<McpHttpHandler, "fetch">,
    mcp: McpRequest,
    { request, reply, signal }: { request: FastifyRequest; reply: FastifyReply; signal: AbortSignal },
  ): Promise<FastifyReply | undefined> {
    const { site } = this.#parts;
    const web = toWebRequest(request, site, signal);
    this.#asked.set(web, mcp);
    return await sendAnswer(handler, web, { request, reply, site });
  }

  /** Follows what changes from before the client is told that it listens, so that it misses nothing. */
  async #listening(request: FastifyRequest, mcp: McpRequest, signal: AbortSignal): Promise<McpHttpHandler> {
    const events = await listChanges(this.#parts.feed, mcp, this.#principal(request), signal);
    return createMcpHandler(this.#factory, { bus: busOf(events), keepAliveMs: 0 });
  }

  #principal(request: FastifyRequest): () => Promise<Principal> {
    return async () => await this.#parts.authentication.principalOf(request);
  }

  #askedBy(web: Request | undefined): McpRequest {
    const found = web && this.#asked.get(web);
    if (found === undefined) throw new Error("A request of the protocol was not read by its route.");
    return found;
  }

  /** Throws `cross_origin`, `invalid_request`, `forbidden`, `organization_not_found`, `toolset_not_found`. */
  async #read(request: FastifyRequest, reply: FastifyReply): Promise<McpRequest> {
    const { site, toolsets, version } = this.#parts;
    requireOwnSite(request, site);
    const { toolset: name } = request.params as Static<typeof Place>;
    const { project: asked, mode } = request.query as Static<typeof Query>;
    const { by, project = asked } = callerIn(request, clientGone(reply));
    const requireAllowed = (principal: Principal) => authorize(principal, by.organization, "org.plugins.use");
    const { organization } = requireAllowed(by.principal);
    const toolset = name === undefined ? null : await toolsets.find(organization.id, name);
    if (name !== undefined && toolset === null)
      throw new PatchbayError("toolset_not_found", `There is no toolset "${name.slice(0, 63)}" here.`);
    return {
      by,
      caller: callerOf(request) ?? "",
      project,
      toolset,
      mode: mode ?? toolset?.mode ?? "tools",
      about: { ...wordsOf(toolset), version },
      standing: [requireAllowed],
      known: (error) => {
        const known = asPatchbayError(error);
        logFault(request, known);
        return known;
      },
    };
  }
}

const requireAllOf =
  ({ standing }: McpRequest) =>
  async (principal: Principal): Promise<void> => {
    for (const require of standing) await require(principal);
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
