import { randomUUID } from "node:crypto";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { CallToolRequestSchema, ListToolsRequestSchema, McpError } from "@modelcontextprotocol/sdk/types.js";
import type { McpUpstream } from "./mcp-upstream.ts";

/** A server of the older era, which keeps a session for each client until it is told to end it: its one tool `refuse` answers with an error. */
export class McpSessions {
  readonly begun: string[] = [];
  readonly ended: string[] = [];
  readonly #transports = new Map<string, StreamableHTTPServerTransport>();

  readonly answer: NonNullable<McpUpstream["instead"]> = async (request, response) => {
    const known = this.#transports.get(String(request.headers["mcp-session-id"]));
    await (known ?? (await this.#opened())).handleRequest(request, response);
  };

  async #opened(): Promise<StreamableHTTPServerTransport> {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => {
        this.begun.push(id);
        this.#transports.set(id, transport);
      },
      onsessionclosed: (id) => void this.ended.push(id),
    });
    const server = new Server({ name: "sessions", version: "1.0.0" }, { capabilities: { tools: {} } });
    server.setRequestHandler(ListToolsRequestSchema, () => ({
      tools: [{ name: "refuse", description: "Refuses.", inputSchema: { type: "object" } }],
    }));
    server.setRequestHandler(CallToolRequestSchema, () => {
      throw new McpError(-32_602, "Not today.");
    });
    await server.connect(transport as Parameters<Server["connect"]>[0]);
    return transport;
  }
}
