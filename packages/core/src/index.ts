export {
  type Audience,
  DEFAULT_POLICY,
  ORGANIZATION_ROLES,
  type OrganizationRole,
  PROJECT_ROLES,
  type ProjectRole,
  type Reach,
  RIGHTS,
  type Right,
  type RightsPolicy,
  reachOf,
} from "./access/rights.ts";
export type { AccountStore, ApiKey, User } from "./ports/account-store.ts";
export type { ArtifactStore } from "./ports/artifact-store.ts";
export type { Actor, AuditEvent, AuditStore } from "./ports/audit-store.ts";
export type {
  Badge,
  CatalogQuery,
  CatalogStore,
  PackageSource,
  PackageVersion,
  Page,
} from "./ports/catalog-store.ts";
export type { Change, ChangeFeed } from "./ports/change-feed.ts";
export type { Database, Stores } from "./ports/database.ts";
export type { IdempotencyOutcome, IdempotencyStore, RecordedResponse } from "./ports/idempotency-store.ts";
export type {
  Installation,
  InstallationChange,
  InstallationState,
  InstallationStore,
  LastError,
  ProjectScope,
  Transition,
} from "./ports/installation-store.ts";
export type { LogQuery, LogStore, StoredLogLine } from "./ports/log-store.ts";
export type {
  Member,
  Membership,
  Organization,
  OrganizationStore,
  Project,
} from "./ports/organization-store.ts";
export type { ListOptions, PluginDataStore, StoredFile } from "./ports/plugin-data-store.ts";
export type {
  HostAnswer,
  HostCall,
  InstanceReport,
  PluginAnswer,
  PluginCall,
  PluginLogLine,
  PluginRuntime,
  PluginSpec,
  RuntimeHost,
} from "./ports/plugin-runtime.ts";
export type { SettingsStore, StoredSettings } from "./ports/settings-store.ts";
