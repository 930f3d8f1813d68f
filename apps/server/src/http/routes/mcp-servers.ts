import type { McpServers, McpServerView } from "@patchbay/core";
import { McpServerBody, McpServerDto } from "@patchbay/protocol";
import { created } from "../created.ts";
import { type App, answers, listOf, Org, OrgPlugin } from "../route.ts";

const tags = ["Tools"];
const base = "/api/orgs/:org/mcp-servers";

/** Servers of the Model Context Protocol that are plugins of the organization. */
export const mcpServerRoutes = (app: App, { servers }: { readonly servers: McpServers }): void => {
  app.get(
    base,
    {
      schema: {
        tags,
        operationId: "listMcpServers",
        summary: "MCP servers that are plugins here",
        params: Org,
        response: answers({ 200: listOf(McpServerDto) }),
      },
    },
    async ({ principal, params }) => ({ items: (await servers.list(principal, params.org)).map(toDto) }),
  );

  app.post(
    base,
    {
      schema: {
        tags,
        operationId: "addMcpServer",
        summary: "Make an MCP server a plugin",
        description:
          "For those who may install plugins. The plugin `mcp.{name}` is enabled at once, without tools; what the server has waits in `waiting`, the version to update it to once somebody has looked at it. " +
          "Removing the server is uninstalling the plugin.",
        params: Org,
        body: McpServerBody,
        response: answers({ 201: McpServerDto }),
      },
    },
    async ({ principal, params, body }, reply) => {
      const view = await servers.add(principal, params.org, body);
      const { pluginId } = view.installation;
      return await created(reply, "api", "orgs", params.org, "mcp-servers", pluginId).send(toDto(view));
    },
  );

  app.get(
    `${base}/:plugin`,
    {
      schema: {
        tags,
        operationId: "getMcpServer",
        summary: "One MCP server",
        params: OrgPlugin,
        response: answers({ 200: McpServerDto }),
      },
    },
    async ({ principal, params }) => toDto(await servers.get(principal, params.org, params.plugin)),
  );

  app.post(
    `${base}/:plugin/look`,
    {
      schema: {
        tags,
        operationId: "lookAtMcpServer",
        summary: "Look now whether the server answers, and with which tools",
        params: OrgPlugin,
        response: answers({ 200: McpServerDto }),
      },
    },
    async ({ principal, params }) => toDto(await servers.look(principal, params.org, params.plugin)),
  );
};

const toDto = ({ server, installation, title, tools, waiting }: McpServerView): McpServerDto => ({
  plugin: installation.pluginId,
  title,
  url: server.url,
  version: installation.version,
  state: installation.state,
  tools,
  ...(waiting !== null && { waiting }),
  ...(server.outage !== null && { outage: server.outage }),
  ...(server.checkedAt !== null && { checkedAt: server.checkedAt.toISOString() }),
});
