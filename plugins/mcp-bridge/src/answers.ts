import type { CallToolResult } from "@modelcontextprotocol/client";
import { type Content, PluginError } from "@patchbay/sdk";
import type { BridgedTool } from "./bridged.ts";

type Block = CallToolResult["content"][number];

/** What a tool of a server answers, in Patchbay's words. Throws what the tool says that went wrong. */
export const answerOf = ({ name, output }: BridgedTool, result: CallToolResult): unknown => {
  const { content = [], structuredContent, isError } = result;
  if (isError === true)
    throw new PluginError("plugin_error", textOf(content) || `The tool "${name}" failed.`);
  if (output !== undefined) {
    if (structuredContent !== undefined) return structuredContent;
    throw new PluginError(
      "plugin_error",
      `The tool "${name}" did not answer with the value that it has promised.`,
    );
  }
  return content.length > 0 ? content.map(contentOf) : JSON.stringify(structuredContent ?? null);
};

const contentOf = (block: Block): string | Content => {
  switch (block.type) {
    case "text":
      return block.text;
    case "image":
    case "audio":
      return { type: block.type, mediaType: block.mimeType, bytes: bytesOf(block.data) };
    case "resource": {
      const { uri, mimeType, ...held } = block.resource;
      const mediaType = mimeType === undefined ? {} : { mediaType: mimeType };
      return "blob" in held && typeof held.blob === "string"
        ? { type: "resource", resource: { uri, ...mediaType, bytes: bytesOf(held.blob) } }
        : {
            type: "resource",
            resource: { uri, ...mediaType, text: String((held as { text?: unknown }).text ?? "") },
          };
    }
    case "resource_link":
      return `${block.title ?? block.name}: ${block.uri}`;
    default:
      return JSON.stringify(block);
  }
};

const textOf = (content: readonly Block[]): string =>
  content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("\n");

const bytesOf = (data: string): Uint8Array => Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
