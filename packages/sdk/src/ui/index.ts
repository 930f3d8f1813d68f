export type { AnswerEvent, ChatModel, ChatOptions, ChatQuestion, ChatStream } from "../api/chat.ts";
export type {
  Conversation,
  ConversationPage,
  FoundConversation,
  KeptMessage,
} from "../api/conversations.ts";
export type { PluginMetrics, PluginMinute } from "../api/metrics.ts";
export type { SettingsValues } from "../api/settings.ts";
export type { Notification, Theme } from "../api/ui.ts";
export {
  InvalidInputError,
  ModelFailedError,
  NotAvailableError,
  PermissionDeniedError,
  PluginError,
  QuotaExceededError,
} from "../errors.ts";
export { useApi, useView, useViewContext, ViewProvider } from "./context.ts";
export type { OwnToolOptions, OwnToolsApi, UiPluginApi } from "./ui-plugin-api.ts";
export { useSettings } from "./use-settings.ts";
export { type Stream, type StreamState, useStream } from "./use-stream.ts";
export { useTheme } from "./use-theme.ts";
export type { ViewContext, ViewInfo, ViewManifest, ViewProps } from "./view.ts";
