import type { ChatApi } from "./chat.ts";
import type { ConversationsApi } from "./conversations.ts";
import type { PluginLog } from "./log.ts";
import type { MemoryApi } from "./memory.ts";
import type { MetricsApi } from "./metrics.ts";
import type { SettingsApi } from "./settings.ts";
import type { StorageApi } from "./storage.ts";
import type { ToolsApi } from "./tools.ts";
import type { UiApi } from "./ui.ts";

export type * from "./chat.ts";
export type * from "./conversations.ts";
export type * from "./log.ts";
export type * from "./memory.ts";
export type * from "./metrics.ts";
export type * from "./settings.ts";
export type * from "./storage.ts";
export type * from "./tools.ts";
export type * from "./ui.ts";

/**
 * The platform as a plugin sees it. Every method returns a Promise and passes the permission gate: without the
 * permission that a domain names, it throws `PermissionDeniedError`.
 */
export interface PluginApi {
  readonly storage: StorageApi;
  readonly conversations: ConversationsApi;
  readonly chat: ChatApi;
  readonly memory: MemoryApi;
  readonly tools: ToolsApi;
  readonly settings: SettingsApi;
  readonly metrics: MetricsApi;
  readonly ui: UiApi;
  readonly log: PluginLog;
}
