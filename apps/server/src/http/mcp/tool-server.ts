import {
  type CallToolResult,
  type InputRequiredResult,
  Server,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type { InvocationGateway, OfferedContent, OfferedTools } from "@patchbay/core";
import { entriesOf, isJsonObject, PatchbayError, traceOf } from "@patchbay/protocol";
import type { Asking } from "./asking.ts";
import { CONTENT_CAPABILITIES, serveContent } from "./content-handlers.ts";
import type { McpRequest } from "./mcp-request.ts";
import { toMcpTool } from "./mcp-tools.ts";
import { CACHING, pageOfNamed } from "./pages.ts";
import { progressFor } from "./progress.ts";
import { invalidParams, orProtocolError, toFailedResult } from "./rpc-errors.ts";
import { SEARCH_TOOLS, searchAnswer } from "./search-tools.ts";
import { toToolResult } from "./tool-results.ts";

export interface ToolServices {
  readonly gateway: Pick<InvocationGateway, "admit" | "call" | "requireReach">;
  readonly offered: OfferedTools;
  readonly content: OfferedContent;
  readonly asking: Asking;
}

/** The server of one request: nothing of it is held between two, so that any node answers any of them. */
export const createToolServer = (request: McpRequest, services: ToolServices): Server => {
  const { name, title, version, instructions } = request.about;
  const server = new Server(
    { name, title, version },
    {
      capabilities: { tools: { listChanged: true }, ...CONTENT_CAPABILITIES },
      ...(instructions !== undefined && { instructions }),
    },
  );
  server.setRequestHandler("tools/list", async ({ params }) => {
    if (request.mode === "search") return { tools: SEARCH_TOOLS, ...CACHING };
    const offered = await orProtocolError(request, () => services.offered.list(request));
    const { items, nextCursor } = pageOfNamed(offered.map(toMcpTool), params?.cursor);
    return { tools: [...items], ...(nextCursor && { nextCursor }), ...CACHING };
  });
  server.setRequestHandler("tools/call", async ({ params }, context) => {
    const { name: called, arguments: input = {} } = params;
    const call = (tool: string, given: unknown) => callTool(request, services, { tool, given, context });
    try {
      if (request.mode === "tools") return await call(called, input);
      if (called === "search_tools") return searchAnswer(await services.offered.list(request), input);
      if (called !== "call_tool") throw invalidParams(`There is no tool "${called.slice(0, 128)}" here.`);
      if (typeof input.name !== "string")
        throw new PatchbayError("invalid_input", "Say in `name` which tool to call, as search_tools has it.");
      const { arguments: given = {} } = input;
      return await call(input.name, isJsonObject(given) ? given : {});
    } catch (error) {
      return toFailedResult(request, error);
    }
  });
  serveContent(server, request, services);
  return server;
};

const callTool = async (
  request: McpRequest,
  { gateway, offered, asking }: ToolServices,
  {
    tool,
    given,
    context,
  }: { readonly tool: string; readonly given: unknown; readonly context: ServerContext },
): Promise<CallToolResult | InputRequiredResult> => {
  const { by, project, caller } = request;
  const address = await offered.find(request, tool);
  request.standing.push((principal) => gateway.requireReach({ ...by, principal }, address.plugin, project));
  const { manifest } = (await gateway.admit(by, address.plugin, project)).package;
  const entry = entriesOf(manifest, "tools").find((one) => one.name === address.tool);
  const progress = progressFor(context);
  const trace = traceOf(context.mcpReq._meta?.traceparent);
  const call = { caller, kind: "tools", plugin: address.plugin, name: address.tool, input: given } as const;
  return await asking.answer(call, context, async (asks) => {
    const answer = await gateway.call(by, {
      kind: "tools",
      plugin: address.plugin,
      name: address.tool,
      input: given,
      signal: context.mcpReq.signal,
      surface: "mcp",
      ...(trace && { trace }),
      ...(progress && { onProgress: (told) => progress.tell(told) }),
      ...(asks && { asks }),
      ...(project !== undefined && { project }),
    });
    return await toToolResult(answer, {
      isContent: entry?.answers === "content",
      onValue: (count) => progress?.count(count),
    });
  });
};
