import type { McpServer, McpServerOutage } from "@patchbay/core";
import type { Json, JsonOrNull } from "./columns.ts";

interface McpServers {
  installationId: string;
  url: string;
  header: Json<McpServer["header"]>;
  digest: string | null;
  checkedAt: Date | null;
  outage: JsonOrNull<McpServerOutage>;
}

/** Servers of the Model Context Protocol that are plugins. */
export interface McpServerTables {
  mcpServers: McpServers;
}
