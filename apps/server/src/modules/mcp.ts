import { OfferedTools, Toolsets } from "@patchbay/core";
import { mcpRoutes } from "../http/routes/mcp.ts";
import { toolsetRoutes } from "../http/routes/toolsets.ts";
import type { Module } from "./module.ts";
import type { Plugins } from "./plugins.ts";
import type { Storage } from "./storage.ts";

/** Plugins for clients of the Model Context Protocol. */
export const openMcp = (
  { database, world }: Pick<Storage, "database" | "world">,
  { gateway, inForce }: Pick<Plugins, "gateway" | "inForce">,
): Module => {
  const toolsets = new Toolsets(database);
  const offered = new OfferedTools(inForce);
  return {
    routes: async (app, { streams, site }) => {
      toolsetRoutes(app, { toolsets, site });
      await mcpRoutes(app, {
        gateway,
        offered,
        toolsets: database.toolsets,
        streams,
        site,
        version: world.patchbayVersion,
      });
    },
  };
};
