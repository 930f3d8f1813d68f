// A bare server of the official SDK over HTTP: what all servers that stand on it pay.
import { createServer } from "node:http";
import { toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler, Server } from "@modelcontextprotocol/server";

const TOOLS = Number(process.env.BENCH_TOOLS);

const tools = Array.from({ length: TOOLS }, (_, index) => ({
  name: `bench_echo_echo${index}`,
  description: "Answers with its input.",
  inputSchema: { type: "object" },
}));

const handler = createMcpHandler(() => {
  const server = new Server({ name: "peer", version: "1.0.0" }, { capabilities: { tools: {} } });
  server.setRequestHandler("tools/list", () => ({ tools }));
  server.setRequestHandler("tools/call", ({ params }) => ({
    content: [{ type: "text", text: JSON.stringify(params.arguments) }],
    structuredContent: params.arguments,
  }));
  return server;
});
const http = createServer(toNodeHandler(handler));
http.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${http.address().port}`));
