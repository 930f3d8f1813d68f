import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export interface NodeAnswer {
  readonly value: unknown;
  /** Milliseconds that Node took to evaluate the script. */
  readonly evaluatedMs: number;
}

/** Starts a Node process with the script and calls a tool in it; its first answer. The process is ended. */
export const nodeFirstAnswer = async (
  scriptFile: string,
  name: string,
  input: unknown,
): Promise<NodeAnswer> => {
  const child = spawn(process.execPath, [file("node-plugin.mjs"), scriptFile], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.write(`${JSON.stringify({ name, input })}\n`);
  let text = "";
  for await (const chunk of child.stdout) {
    text += chunk;
    if (text.includes("\n")) break;
  }
  await ended(child);
  return JSON.parse(text) as NodeAnswer;
};

export interface McpPeer {
  readonly pid: number;
  call(input: Record<string, unknown>): Promise<unknown>;
  close(): Promise<void>;
}

/** Starts a tool server of the MCP SDK over stdio, and connects the SDK's client to it. */
export const openMcpPeer = async (): Promise<McpPeer> => {
  const transport = new StdioClientTransport({ command: process.execPath, args: [file("mcp-server.mjs")] });
  const client = new Client({ name: "bench", version: "1.0.0" });
  await client.connect(transport);
  return {
    pid: transport.pid ?? 0,
    call: (input) => client.callTool({ name: "echo", arguments: input }),
    close: () => client.close(),
  };
};

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });
