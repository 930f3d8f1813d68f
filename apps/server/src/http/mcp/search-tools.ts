import type { CallToolResult, Tool } from "@modelcontextprotocol/server";
import type { OfferedTool } from "@patchbay/core";
import { toMcpTool } from "./mcp-tools.ts";
import { fitting } from "./pages.ts";
import { DEFAULT_FOUND_TOOLS, MAX_FOUND_TOOLS, searchTools } from "./tool-search.ts";

/** What a search finds is for a model's context. */
const MAX_FOUND_BYTES = 512 * 1024;

/** What clients see of any number of tools in search mode. */
export const SEARCH_TOOLS: Tool[] = [
  {
    name: "search_tools",
    title: "Search tools",
    description:
      "Finds tools by words of their names, titles and descriptions. The answer has the schema of each one's arguments: call what you find with call_tool.",
    inputSchema: {
      type: "object",
      properties: {
        query: { type: "string", description: "A few words of what you want to do" },
        limit: { type: "integer", minimum: 1, maximum: MAX_FOUND_TOOLS, default: DEFAULT_FOUND_TOOLS },
      },
      required: ["query"],
    },
    annotations: { readOnlyHint: true, openWorldHint: false },
  },
  {
    name: "call_tool",
    title: "Call a tool",
    description: "Calls a tool that search_tools has found, with arguments that fit its schema.",
    inputSchema: {
      type: "object",
      properties: {
        name: { type: "string", description: "As search_tools has it" },
        arguments: { type: "object", description: "As the tool's schema has them" },
      },
      required: ["name"],
    },
  },
];

/** The tools that are found, with their schemas. What is no number of tools counts as none. */
export const searchAnswer = (
  tools: readonly OfferedTool[],
  { query, limit }: Readonly<Record<string, unknown>>,
): CallToolResult => {
  const most =
    typeof limit === "number" && limit >= 1
      ? Math.min(Math.floor(limit), MAX_FOUND_TOOLS)
      : DEFAULT_FOUND_TOOLS;
  const found = searchTools(tools, typeof query === "string" ? query : "", most).map(toMcpTool);
  const answer = { tools: [...fitting(found, MAX_FOUND_BYTES)], total: tools.length };
  return { content: [{ type: "text", text: JSON.stringify(answer) }], structuredContent: answer };
};
