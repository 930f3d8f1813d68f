import { quoted } from "../../components/try-tool/tool-code.ts";

export const MCP_CLIENTS = ["claudeCode", "claude", "chatGpt", "cursor", "vsCode", "codex"] as const;
export type McpClient = (typeof MCP_CLIENTS)[number];

/** Stands where the API key goes, which is shown once and never again. */
export const KEY_PLACEHOLDER = "YOUR_API_KEY";

/** What is pasted where, so that a client finds the server. */
export interface ClientSetup {
  /** A file, or null for a terminal or a program. */
  readonly file: string | null;
  readonly code: string;
}

const json = (value: unknown): string => JSON.stringify(value, null, 2);
const bearer = (key: string): string => `Bearer ${key}`;

/** What somebody pastes into a client to have the tools at an address. `name`: what they are called there. */
export const setupOf = (
  client: McpClient,
  { url, name }: { readonly url: string; readonly name: string },
): ClientSetup => {
  switch (client) {
    case "claudeCode":
      return {
        file: null,
        code: `claude mcp add --transport http ${name} ${quoted(url)} --header ${quoted(`Authorization: ${bearer(KEY_PLACEHOLDER)}`)}`,
      };
    case "claude":
      return {
        file: "claude_desktop_config.json",
        code: json({
          mcpServers: {
            [name]: {
              command: "npx",
              args: ["-y", "mcp-remote", url, "--header", `Authorization:\${PATCHBAY_AUTHORIZATION}`],
              env: { PATCHBAY_AUTHORIZATION: bearer(KEY_PLACEHOLDER) },
            },
          },
        }),
      };
    case "chatGpt":
      return {
        file: null,
        code: [
          "const response = await openai.responses.create({",
          '  model: "YOUR_MODEL",',
          "  tools: [",
          `    { type: "mcp", server_label: ${JSON.stringify(name)}, server_url: ${JSON.stringify(url)}, authorization: ${JSON.stringify(KEY_PLACEHOLDER)} },`,
          "  ],",
          '  input: "What can you do here?",',
          "});",
        ].join("\n"),
      };
    case "cursor":
      return {
        file: "~/.cursor/mcp.json",
        code: json({
          mcpServers: { [name]: { url, headers: { Authorization: bearer(KEY_PLACEHOLDER) } } },
        }),
      };
    case "vsCode":
      return {
        file: ".vscode/mcp.json",
        code: json({
          inputs: [
            { type: "promptString", id: "patchbay-key", description: "Patchbay API key", password: true },
          ],
          servers: {
            [name]: { type: "http", url, headers: { Authorization: bearer(`\${input:patchbay-key}`) } },
          },
        }),
      };
    case "codex":
      return {
        file: "~/.codex/config.toml",
        code: [
          `[mcp_servers.${name}]`,
          `url = ${JSON.stringify(url)}`,
          'bearer_token_env_var = "PATCHBAY_API_KEY"',
        ].join("\n"),
      };
    default:
      return client satisfies never;
  }
};
