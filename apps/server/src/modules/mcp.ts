import { ActivityFeed, OfferedContent, OfferedTools, Toolsets } from "@patchbay/core";
import { Asking } from "../http/mcp/asking.ts";
import { RunningCalls } from "../http/mcp/running-calls.ts";
import { mcpRoutes } from "../http/routes/mcp.ts";
import { toolsetRoutes } from "../http/routes/toolsets.ts";
import type { Module } from "./module.ts";
import type { Plugins } from "./plugins.ts";
import type { Storage } from "./storage.ts";
import type { Trust } from "./trust.ts";

/** Plugins for clients of the Model Context Protocol. */
export const openMcp = (
  { database, world }: Pick<Storage, "database" | "world">,
  { secrets }: Pick<Trust, "secrets">,
  {
    gateway,
    inForce,
    directory,
    prompts,
    resources,
  }: Pick<Plugins, "gateway" | "inForce" | "directory" | "prompts" | "resources">,
): Module => {
  const toolsets = new Toolsets(database);
  const offered = new OfferedTools(inForce);
  const content = new OfferedContent(prompts, resources);
  const feed = new ActivityFeed(database.changes, directory);
  const asking = new Asking(secrets, () => world.now());
  const calls = new RunningCalls(database.clientCalls);
  return {
    onChange: (change) => {
      if (change.kind === "client_call") calls.end(change.id);
    },
    routes: async (app, { authentication, streams, site }) => {
      toolsetRoutes(app, { toolsets, site });
      await mcpRoutes(app, {
        gateway,
        offered,
        content,
        asking,
        toolsets: database.toolsets,
        feed,
        calls,
        authentication,
        streams,
        site,
        version: world.patchbayVersion,
      });
    },
  };
};
