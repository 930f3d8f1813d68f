import { type PackageFile, writePackage } from "@patchbay/artifact";
import type { Manifest } from "@patchbay/protocol";
import { SERVER_PUBLISHER } from "../../model/server-plugins.ts";
import type { McpServer } from "../../ports/mcp-server-store.ts";
import type { ServerTool } from "./server-tools.ts";

/** What has the code of all of them. */
export const BRIDGE = "patchbay.mcp-bridge";
/** The resource that tells what a server has. */
export const DEFINITIONS = { name: "definitions", uri: "mcp-bridge://definitions" } as const;

export interface ServerPackage extends Pick<McpServer, "url" | "header"> {
  /** Of the plugin's id, after the publisher. */
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly tools: readonly ServerTool[];
}

/** What a server's plugin needs: it asks its server, in the ways of the protocol. */
export const grantOf = (url: string) => ({
  name: "net.fetch" as const,
  hosts: [new URL(url).hostname.toLowerCase()],
  methods: ["GET" as const, "POST" as const, "DELETE" as const],
});

/** Writes a server's plugin: its manifest, and the bridge's code with what it has to know before it. */
export const writeServerPackage = async (
  server: ServerPackage,
  { code, output }: { readonly code: string; readonly output: string },
): Promise<void> => {
  const files: PackageFile[] = [
    { path: "plugin.json", content: JSON.stringify(manifestOf(server)) },
    { path: "plugin.js", content: `globalThis.patchbayBridged = ${literal(bridgedOf(server))};\n${code}` },
  ];
  await writePackage({ files, output });
};

const manifestOf = ({ name, title, version, url, tools }: ServerPackage): Manifest => {
  const { host, protocol } = new URL(url);
  return {
    id: `${SERVER_PUBLISHER}.${name}`,
    name: title,
    version,
    description: `The tools of the MCP server at ${host}.`,
    author: { name: host },
    category: "integration",
    keywords: ["mcp"],
    engines: { patchbay: "^1.0.0" },
    main: "plugin.js",
    permissions: {
      required: [{ ...grantOf(url), reason: "Asks the server." }],
    },
    settings: {
      type: "object",
      properties: {
        key: {
          type: "string",
          format: "secret",
          hosts: [protocol === "http:" ? `http://${host}` : host],
          title: "Key",
          description:
            "What the server wants to see of whoever asks it. Leave it empty for a server that is open to all.",
        },
      },
    },
    contributes: {
      tools: tools.map(({ entry }) => entry),
      resources: [
        {
          ...DEFINITIONS,
          title: "What the server has",
          description: "All tools that the server has now, whether or not they were approved.",
          mediaType: "application/json",
        },
      ],
    },
    dependencies: { [BRIDGE]: "^1.0.0" },
  } as Manifest;
};

/** As the bridge's code reads it: `plugins/mcp-bridge/src/bridged.ts`. */
const bridgedOf = ({ url, header, tools }: ServerPackage) => ({
  url,
  header,
  tools: tools.map(({ entry: { name, description, input, output }, remote }) => ({
    name,
    remote,
    description,
    input,
    ...(output !== undefined && { output }),
  })),
});

/** JSON as a literal of JavaScript: two signs end a line there. */
const literal = (value: unknown): string =>
  JSON.stringify(value).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
