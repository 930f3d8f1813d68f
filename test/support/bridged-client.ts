import { PatchbayClient } from "@patchbay/api-client";
import type { ToolDto } from "@patchbay/protocol";
import { connected } from "./mcp-plugin.ts";

/**
 * What the conformance suite takes for a client: it makes the server at the address, which is the last argument, a plugin, approves what it has,
 * calls each of its tools as a client of the protocol whose user accepts whatever is asked, and removes it. The suite says in `MCP_CONFORMANCE_CONTEXT` with what some are to be called.
 */
const {
  PATCHBAY_URL: url = "",
  PATCHBAY_API_KEY: apiKey = "",
  MCP_CONFORMANCE_CONTEXT: said = "{}",
} = process.env;
const client = new PatchbayClient({ url, apiKey });
const { toolCalls = [] } = JSON.parse(said) as { toolCalls?: { name: string; arguments: object }[] };
const address = (process.argv.at(-1) ?? "").replace("localhost", "127.0.0.1");

const { plugin, waiting } = await client.mcpServers.add({ name: `suite-${process.pid}`, url: address });
if (waiting !== undefined) {
  await client.plugins.update(plugin, { version: waiting });
  const mcp = await connected(`${url}/mcp`, {
    key: apiKey,
    elicit: (asked) => ({
      action: "accept",
      content: valuesOf("requestedSchema" in asked ? asked.requestedSchema : {}),
    }),
  });
  const tools = (await client.tools.list()).filter((one) => one.plugin === plugin);
  for (const one of tools)
    for (const input of inputsOf(one, tools))
      await mcp.callTool({ name: `${plugin}_${one.tool}`, arguments: { ...input } });
  await mcp.close();
}
await client.plugins.uninstall(plugin, { disable: true });

/** What the suite wants it to be called with; else the schema of the other tool for a tool that takes one, and something that fits for others. */
function inputsOf({ tool, input }: ToolDto, tools: readonly ToolDto[]): readonly object[] {
  const wanted = toolCalls.filter(({ name }) => name === tool);
  if (wanted.length > 0) return wanted.map((one) => one.arguments);
  const other = tools.find((one) => one.tool !== tool);
  return [hasSchema(input) ? { schema: other?.input } : valuesOf(input)];
}

function hasSchema(input: unknown): boolean {
  return Object.hasOwn((input as { properties?: object }).properties ?? {}, "schema");
}

/** For each property of a schema something that fits. */
function valuesOf(schema: unknown): Record<string, string> {
  const { properties = {} } = schema as { properties?: Record<string, { type?: string }> };
  const fitting: Record<string, unknown> = { number: 5, integer: 5, boolean: true, string: "x" };
  const values = Object.entries(properties).map(([name, { type = "" }]) => [name, fitting[type] ?? {}]);
  return Object.fromEntries(values);
}
