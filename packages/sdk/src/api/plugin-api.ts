import type { ChatApi } from "./chat.ts";
import type { DataApi } from "./data.ts";
import type { PluginLog } from "./log.ts";
import type { MemoryApi } from "./memory.ts";
import type { MetricsApi } from "./metrics.ts";
import type { SettingsApi } from "./settings.ts";
import type { StorageApi } from "./storage.ts";
import type { ToolsApi, WorkflowsApi } from "./tools.ts";
import type { UiApi } from "./ui.ts";

/**
 * The platform as a plugin sees it. Every method returns a Promise and passes the permission gate: without the
 * permission that a domain names, it throws `PermissionDeniedError`.
 */
export interface PluginApi {
  readonly chat: ChatApi;
  readonly storage: StorageApi;
  readonly memory: MemoryApi;
  readonly settings: SettingsApi;
  readonly tools: ToolsApi;
  readonly workflows: WorkflowsApi;
  readonly data: DataApi;
  readonly metrics: MetricsApi;
  readonly ui: UiApi;
  readonly log: PluginLog;
}
