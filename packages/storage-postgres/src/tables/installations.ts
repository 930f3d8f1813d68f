import type { Installation, LastError, ProjectScope, Transition } from "@patchbay/core";
import type {
  Badge,
  CallContent,
  CallSurface,
  ErrorCode,
  Grant,
  InstallationState,
  PackageSource,
  ServerKindName,
} from "@patchbay/protocol";
import type { ColumnType, Generated } from "kysely";
import type { Counter, CreatedAt, Json, JsonOrNull } from "./columns.ts";

interface Installations {
  id: string;
  organizationId: string;
  pluginId: string;
  version: string;
  previous: JsonOrNull<NonNullable<Installation["previous"]>>;
  state: InstallationState;
  source: PackageSource;
  badge: Badge;
  scope: Json<ProjectScope>;
  grants: Json<readonly Grant[]>;
  transition: JsonOrNull<Transition>;
  lastError: JsonOrNull<LastError>;
  revision: Generated<number>;
  createdAt: CreatedAt;
  updatedAt: ColumnType<Date, never, Date>;
}

interface InstallationSettings {
  installationId: string;
  project: string | null;
  values: Json<Readonly<Record<string, unknown>>>;
  secrets: Json<Readonly<Record<string, string>>>;
  local: Json<Readonly<Record<string, string>>>;
}

interface PluginUsage {
  installationId: string;
  valueCount: Generated<number>;
  fileCount: Generated<number>;
  conversationCount: Generated<number>;
  bytes: Generated<string>;
}

interface PluginValues {
  installationId: string;
  key: string;
  /** JSON as it was written. */
  value: string;
  bytes: number;
  updatedAt: ColumnType<Date, never, Date>;
}

interface PluginFiles {
  installationId: string;
  path: string;
  content: Buffer;
  contentType: string | null;
  bytes: number;
  updatedAt: ColumnType<Date, never, Date>;
}

interface PluginLogs {
  id: Counter;
  installationId: string;
  at: Date;
  /** Position in LOG_LEVELS. */
  level: number;
  message: string;
  fields: JsonOrNull<Readonly<Record<string, unknown>>>;
  version: string;
}

interface Calls {
  id: string;
  organizationId: string;
  installationId: string;
  pluginId: string;
  version: string;
  kind: ServerKindName;
  name: string;
  project: string | null;
  userId: string | null;
  apiKeyId: string | null;
  caller: string | null;
  surface: CallSurface | null;
  path: JsonOrNull<readonly string[]>;
  parentId: string | null;
  chainId: string;
  traceId: string | null;
  at: Date;
  durationMs: number;
  code: ErrorCode | null;
  /** `pg` reads a bigint as text. */
  inputBytes: ColumnType<string | null, number | null, never>;
  outputBytes: ColumnType<string | null, number | null, never>;
  input: JsonOrNull<CallContent>;
  output: JsonOrNull<CallContent>;
}

/** Installations with all that is kept of them. */
export interface InstallationTables {
  installations: Installations;
  installationSettings: InstallationSettings;
  pluginUsage: PluginUsage;
  pluginValues: PluginValues;
  pluginFiles: PluginFiles;
  pluginLogs: PluginLogs;
  calls: Calls;
}
