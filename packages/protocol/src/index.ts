export { AUDIT_ACTIONS, type AuditAction } from "./audit-actions.ts";
export { CHECKED_FORMATS, formatFault } from "./checked-formats.ts";
export {
  contributedFiles,
  type DeclaredNames,
  type Disagreement,
  declaredNames,
  disagreements,
  entriesOf,
} from "./contributions/entries.ts";
export {
  CONTRIBUTION_KINDS,
  type Contribution,
  type Found,
  type FoundContributions,
  KIND_NAMES,
  type KindName,
  kindOf,
  SERVER_KIND_NAMES,
  type ServerKindName,
  serverKindOf,
} from "./contributions/index.ts";
export { NOT_BUILT_KINDS, type NotBuiltKind } from "./contributions/not-built.ts";
export * from "./dto/activity.ts";
export * from "./dto/backup.ts";
export * from "./dto/bundle.ts";
export * from "./dto/lock.ts";
export * from "./dto/marketplace.ts";
export * from "./dto/notifications.ts";
export * from "./dto/people.ts";
export * from "./dto/plugins.ts";
export * from "./dto/policy.ts";
export * from "./dto/problem.ts";
export * from "./dto/publishers.ts";
export * from "./dto/registry.ts";
export * from "./dto/registry-publishing.ts";
export * from "./dto/requests.ts";
export * from "./dto/system.ts";
export * from "./dto/updates.ts";
export * from "./dto/user-interface.ts";
export { ERROR_CODES, type ErrorCode, isErrorCode } from "./error-codes.ts";
export { type ErrorFacts, type FieldError, PatchbayError, type Result } from "./errors.ts";
export { canonicalJson } from "./exact-json.ts";
export { encodeFrame, FRAME_PREFIX_BYTES, type Frame, FrameDecoder } from "./frame.ts";
export { FrameError } from "./frame-error.ts";
export {
  type FrameHostMessage,
  type FrameMessage,
  type FrameTheme,
  readFrameMessage,
} from "./frame-messages.ts";
export type { HostMethod } from "./host/domain.ts";
export type { FetchHead, FetchParams } from "./host/fetch.ts";
export {
  HOST_DOMAINS,
  HOST_METHODS,
  type HostAnswerValue,
  type HostDomainName,
  type HostMethodName,
  type HostMethodOf,
  type HostParams,
  isHostMethodName,
} from "./host/index.ts";
export type { StorageEntry, StorageList } from "./host/storage.ts";
export type { NotificationParams } from "./host/ui.ts";
export {
  hostMatches,
  type Place,
  placeOfUrl,
  secretHostCovers,
  secretHostMatches,
} from "./hosts.ts";
export { atPointer, escapePointer, isJsonObject } from "./json.ts";
export { requireMeasured } from "./json-meter.ts";
export * from "./limits.ts";
export {
  GrantSchema,
  type Manifest,
  PermissionNameSchema,
  PluginId,
  publicManifestSchema,
  Semver,
} from "./manifest.ts";
export {
  GUEST_MESSAGES,
  type GuestMessage,
  type GuestMessageType,
  type HostMessage,
  LOG_LEVELS,
  type LogLevel,
  WireError,
} from "./messages.ts";
export {
  BADGES,
  type Badge,
  PACKAGE_SOURCES,
  type PackageSource,
  REGISTRY_BADGES,
} from "./package-sources.ts";
export { parseJson } from "./parse-json.ts";
export { requestsOf, ungrantable } from "./permission-requests.ts";
export {
  COMING_PERMISSIONS,
  defaultViewUse,
  GRANTABLE_PERMISSIONS,
  type Grant,
  type GrantablePermission,
  isGrantable,
  isPermissionName,
  normalizePermission,
  PERMISSIONS,
  type PermissionKind,
  type PermissionName,
  type PermissionRequest,
  type PermissionRisk,
  type ScopeField,
  SECRET_HOSTS,
  type SecretHosts,
  VIEW_USES,
  type ViewUse,
} from "./permissions.ts";
export { PLUGIN_CATEGORIES, type PluginCategory } from "./plugin-categories.ts";
export { SANDBOX_MODULES, type SandboxModule } from "./sandbox-modules.ts";
export { nestsDeeper } from "./schema-keywords.ts";
export { valueFaults } from "./schema-values.ts";
export { checkSettingsSchema, type SettingsSchema, secretPaths } from "./settings-schema.ts";
export { mixesAlphabets, textFault } from "./text.ts";
export {
  THEME_TOKENS,
  type ThemeToken,
  UI_FAULT_PHASES,
  UI_MODULES,
  type UiFaultPhase,
  type UiModule,
  VIEW_PLACES,
  type ViewPlace,
} from "./user-interface.ts";
export { schemaErrors, validateManifest } from "./validate-manifest.ts";
export {
  compareVersions,
  isComparable,
  isNewerVersion,
  isPrerelease,
  isSameMinor,
  isVersion,
  isVersionRange,
  isWithin,
  releaseOf,
  versionOfTag,
} from "./versions.ts";
