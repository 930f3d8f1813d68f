import type { Insertable, Selectable } from "kysely";
import type { ConversationTables } from "./tables/conversations.ts";
import type { DurableTables } from "./tables/durable.ts";
import type { EndpointTables } from "./tables/endpoints.ts";
import type { InstallationTables } from "./tables/installations.ts";
import type { McpServerTables } from "./tables/mcp-servers.ts";
import type { MemoryTables } from "./tables/memory.ts";
import type { ModelTables } from "./tables/models.ts";
import type { PackageTables } from "./tables/packages.ts";
import type { PeopleTables } from "./tables/people.ts";
import type { RecordTables } from "./tables/records.ts";
import type { RegistryTables } from "./tables/registry.ts";
import type { ToolsetTables } from "./tables/toolsets.ts";
import type { UpdateTables } from "./tables/updates.ts";

/** The tables as Kysely sees them: names in camel case stand for those in snake case. */
export interface Tables
  extends PeopleTables,
    PackageTables,
    InstallationTables,
    ConversationTables,
    RecordTables,
    RegistryTables,
    UpdateTables,
    DurableTables,
    EndpointTables,
    ModelTables,
    MemoryTables,
    ToolsetTables,
    McpServerTables {}

export type Row<Table extends keyof Tables> = Selectable<Tables[Table]>;
export type NewRow<Table extends keyof Tables> = Insertable<Tables[Table]>;

export const jsonOrNull = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
