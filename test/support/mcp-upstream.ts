import {
  createServer,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { toNodeHandler } from "@modelcontextprotocol/node";
import {
  type CallToolResult,
  createMcpHandler,
  type InputRequiredResult,
  Server,
  type ServerContext,
  type Tool,
} from "@modelcontextprotocol/server";

type Answer = CallToolResult | InputRequiredResult;

export interface UpstreamTool {
  readonly tool: Tool;
  /** `signal` aborts once the caller has left; `inputResponses` are answers to what it has asked. */
  run(
    input: Readonly<Record<string, unknown>>,
    asked: Pick<ServerContext["mcpReq"], "signal" | "inputResponses">,
  ): Answer | Promise<Answer>;
}

/** A real server of the Model Context Protocol on this machine, of both eras, whose tools and moods a test changes. */
export class McpUpstream {
  tools: UpstreamTool[];
  /** What it wants to see in `authorization`; nothing unless given. */
  key: string | undefined;
  /** Answers in the place of the protocol. */
  instead: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  /** What it was asked with. */
  readonly keys: (string | undefined)[] = [];
  #http: HttpServer | undefined;
  #port = 0;

  constructor(tools: readonly UpstreamTool[] = []) {
    this.tools = [...tools];
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/mcp`;
  }

  /** At the same port each time. */
  async start(): Promise<void> {
    const handle = toNodeHandler(createMcpHandler(() => this.#serve()));
    this.#http = createServer((request, response) => {
      this.keys.push(request.headers.authorization);
      if (this.instead !== undefined) this.instead(request, response);
      else if (this.key !== undefined && request.headers.authorization !== `Bearer ${this.key}`)
        response.writeHead(401, { "www-authenticate": "Bearer" }).end();
      else void handle(request, response);
    });
    await new Promise<void>((resolve) => this.#http?.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (this.#http.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const http = this.#http;
    this.#http = undefined;
    http?.closeAllConnections();
    await new Promise<void>((resolve) => (http === undefined ? resolve() : http.close(() => resolve())));
  }

  #serve(): Server {
    const server = new Server({ name: "upstream", version: "1.0.0" }, { capabilities: { tools: {} } });
    server.setRequestHandler("tools/list", async () => ({ tools: this.tools.map(({ tool }) => tool) }));
    server.setRequestHandler("tools/call", async ({ params }, { mcpReq }) => {
      const found = this.tools.find(({ tool }) => tool.name === params.name);
      if (found === undefined)
        return { content: [{ type: "text", text: `No tool ${params.name}.` }], isError: true };
      return await found.run((params.arguments ?? {}) as Readonly<Record<string, unknown>>, mcpReq);
    });
    return server;
  }
}

const object = (properties: object, required: readonly string[] = Object.keys(properties)) =>
  ({ type: "object", properties, required }) as Tool["inputSchema"];

export const textTool = (name: string, description: string, more: Partial<Tool> = {}): UpstreamTool => ({
  tool: { name, description, inputSchema: object({ text: { type: "string" } }), ...more },
  run: ({ text }) => ({ content: [{ type: "text", text: `${name}: ${text}` }] }),
});

export const addTool: UpstreamTool = {
  tool: {
    name: "math.add",
    title: "Add",
    description: "Adds two numbers.",
    inputSchema: object({ a: { type: "number" }, b: { type: "number" } }),
    outputSchema: object({ sum: { type: "number" } }),
    annotations: { readOnlyHint: true },
  },
  run: ({ a, b }) => {
    const structuredContent = { sum: Number(a) + Number(b) };
    return { structuredContent, content: [{ type: "text", text: JSON.stringify(structuredContent) }] };
  },
};
