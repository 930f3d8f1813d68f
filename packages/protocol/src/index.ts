export { AUDIT_ACTIONS, type AuditAction } from "./audit-actions.ts";
export { FileHead } from "./call-files.ts";
export { CHECKED_FORMATS, formatFault } from "./checked-formats.ts";
export { type ContentAsk, ContentPart, PromptMessage, ResourceContent } from "./content.ts";
export {
  ENDPOINT_AUTHENTICATIONS,
  ENDPOINT_METHODS,
  type EndpointAuthentication,
  type EndpointMethod,
  pathOfEndpoint,
} from "./contributions/endpoints.ts";
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
export type { ManifestRules } from "./contributions/kind.ts";
export { NOT_BUILT_KINDS, type NotBuiltKind } from "./contributions/not-built.ts";
export * from "./dto/activity.ts";
export * from "./dto/backup.ts";
export * from "./dto/bundle.ts";
export * from "./dto/calls.ts";
export * from "./dto/conversations.ts";
export * from "./dto/endpoints.ts";
export * from "./dto/lock.ts";
export * from "./dto/marketplace.ts";
export * from "./dto/mcp-server.ts";
export * from "./dto/memory.ts";
export * from "./dto/model-accounts.ts";
export * from "./dto/models.ts";
export * from "./dto/notifications.ts";
export * from "./dto/people.ts";
export * from "./dto/plugins.ts";
export * from "./dto/policy.ts";
export * from "./dto/problem.ts";
export * from "./dto/publishers.ts";
export * from "./dto/registry.ts";
export * from "./dto/registry-publishing.ts";
export * from "./dto/requests.ts";
export * from "./dto/schedules.ts";
export * from "./dto/system.ts";
export * from "./dto/toolset.ts";
export * from "./dto/updates.ts";
export * from "./dto/user-interface.ts";
export { matchPath } from "./endpoint-path.ts";
export { ERROR_CODES, type ErrorCode, isErrorCode } from "./error-codes.ts";
export { type ErrorFacts, type FieldError, PatchbayError, type Result } from "./errors.ts";
export { canonicalJson } from "./exact-json.ts";
export { BYTES_TYPE, isFileSchema, mayHoldFiles, safeFileName, safeMediaType } from "./files.ts";
export { encodeFrame, FRAME_PREFIX_BYTES, type Frame, FrameDecoder } from "./frame.ts";
export { FrameError } from "./frame-error.ts";
export {
  type FrameHostMessage,
  type FrameMessage,
  type FrameTheme,
  readFrameMessage,
} from "./frame-messages.ts";
export type { AnswerEvent, ChatModel, ChatQuestion } from "./host/chat.ts";
export {
  CONVERSATION_SCOPES,
  type Conversation,
  type ConversationChange,
  type ConversationPage,
  type ConversationScope,
  EXPORT_FORMATS,
  type ExportFormat,
  type FoundConversation,
  type KeptMessage,
  type MessagePage,
  type NewConversation,
} from "./host/conversations.ts";
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
  type HostStreamValue,
  isHostMethodName,
} from "./host/index.ts";
export {
  type AddedMemory,
  type ConsolidationReport,
  ExtractedMessage,
  type ExtractionReport,
  type MemoryAnswer,
  type MemoryChange,
  MemoryCitation,
  type MemoryEntry,
  type MemoryExtraction,
  type MemoryHit,
  type MemoryList,
  type MemoryMeaning,
  type MemoryNamespace,
  type MemoryState,
  type UndoReport,
} from "./host/memory.ts";
export type { StorageEntry, StorageList } from "./host/storage.ts";
export type { InvocableTool } from "./host/tools.ts";
export type { NotificationParams } from "./host/ui.ts";
export {
  bindHost,
  bindHostName,
  boundHost,
  hostMatches,
  type Place,
  placeOfUrl,
  secretHostCovers,
  secretHostMatches,
  settingOfHost,
} from "./hosts.ts";
export { atPointer, escapePointer, isJsonObject, tokensOf } from "./json.ts";
export { requireMeasured } from "./json-meter.ts";
export { excessOf, isSmall, type JsonBounds } from "./json-shape.ts";
export * from "./levels.ts";
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
  type HostError,
  type HostMessage,
  WireError,
} from "./messages.ts";
export { AnswerGathering, ChatAnswer, gatherAnswer, gatherChat } from "./models/chat-answer.ts";
export {
  ChatEvent,
  FINISH_REASONS,
  type FinishReason,
  MODEL_ERROR_CODES,
  ModelError,
  type ModelErrorCode,
} from "./models/chat-event.ts";
export type {
  AssistantPart,
  AudioPart,
  FilePart,
  ImagePart,
  MediaSource,
  ReasoningPart,
  RefusalPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
  UserPart,
} from "./models/chat-parts.ts";
export {
  ChatMessage,
  type ChatOutput,
  type ChatReasoning,
  ChatRequest,
  ChatTool,
  REASONING_EFFORTS,
  REASONING_SUMMARIES,
  type ReasoningEffort,
  type ReasoningSummary,
  type ToolChoice,
} from "./models/chat-request.ts";
export { EmbeddingsAnswer, EmbeddingsRequest } from "./models/embeddings.ts";
export { LOCAL_SERVERS, LOCAL_SERVERS_PLUGIN, type LocalServerName } from "./models/local-servers.ts";
export {
  MODEL_CAPABILITIES,
  MODEL_KINDS,
  type ModelCapability,
  ModelInfo,
  type ModelKind,
} from "./models/model-info.ts";
export {
  MODEL_FORMATS,
  type ModelFormat,
  ModelUpstream,
  UPSTREAM_GRADES,
  type UpstreamGrade,
} from "./models/model-upstream.ts";
export type { ProviderCall } from "./models/provider-call.ts";
export { ModelUsage } from "./models/usage.ts";
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
export {
  type CallAsks,
  QUESTION_METHODS,
  type Question,
  type QuestionMethod,
  Questions,
} from "./questions.ts";
export { SANDBOX_MODULES, type SandboxModule } from "./sandbox-modules.ts";
export { nestsDeeper } from "./schema-keywords.ts";
export { type Mask, type Masks, masksOf, NO_MASKS } from "./schema-masks.ts";
export { valueFaults } from "./schema-values.ts";
export { checkSettingsSchema, type SettingsSchema, secretPaths } from "./settings-schema.ts";
export * from "./states.ts";
export { mixesAlphabets, plainText, textFault } from "./text.ts";
export {
  latestTicks,
  MISSED_TICKS,
  type MissedTicks,
  type Timing,
  tickAfter,
  ticksAfter,
  timingOf,
} from "./timing.ts";
export { checkToolSchema } from "./tool-schema.ts";
export { type Trace, traceOf, traceparentOf } from "./trace-context.ts";
export { matchUri, uriVariables } from "./uri-template.ts";
export {
  THEME_TOKENS,
  type ThemeToken,
  UI_FAULT_PHASES,
  UI_MODULES,
  type UiFaultPhase,
  type UiModule,
  VIEW_HEIGHTS,
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
