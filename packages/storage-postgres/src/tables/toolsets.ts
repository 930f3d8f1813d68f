import type { Toolset } from "@patchbay/core";
import type { Json } from "./columns.ts";

interface Toolsets {
  organizationId: string;
  name: string;
  title: string | null;
  description: string | null;
  mode: Toolset["mode"];
  tools: Json<Toolset["tools"]>;
}

/** What organizations show to clients of tools. */
export interface ToolsetTables {
  toolsets: Toolsets;
}
