export type { ChatAnswer, ChatApi, ChatMessage, ChatRequest, ModelInfo } from "./api/chat.ts";
export type { DataApi, DataQuery, DataStream } from "./api/data.ts";
export type { PluginLog } from "./api/log.ts";
export type { MemoryApi, MemoryEntry, MemoryHit, MemoryNamespace } from "./api/memory.ts";
export type { MetricsApi, PluginMetrics, PluginMinute } from "./api/metrics.ts";
export type { PluginApi } from "./api/plugin-api.ts";
export type { SettingsApi, SettingsValues } from "./api/settings.ts";
export type {
  Conversation,
  ConversationsApi,
  StorageApi,
  StorageFilesApi,
  StorageItem,
  StorageListOptions,
  StoragePage,
  StoredFile,
} from "./api/storage.ts";
export type { ToolInfo, ToolsApi, WorkflowsApi } from "./api/tools.ts";
export type { Notification, Theme, UiApi } from "./api/ui.ts";
export {
  definePlugin,
  type PluginDefinition,
  type ToolContext,
  type ToolDefinition,
  tool,
} from "./definitions.ts";
export {
  FetchFailedError,
  FetchRefusedError,
  FetchTooLargeError,
  type InputFault,
  InvalidInputError,
  NotAvailableError,
  PermissionDeniedError,
  PluginError,
  type PluginErrorDetails,
  pluginError,
  QuotaExceededError,
  SecretRefusedError,
} from "./errors.ts";
export type {
  Infer,
  JsonSchema,
  StandardIssue,
  StandardResult,
  StandardSchema,
  ToolSchema,
} from "./schema.ts";
