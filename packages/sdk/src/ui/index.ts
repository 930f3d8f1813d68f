export type * from "../api/plugin-api.ts";
export {
  InvalidInputError,
  ModelFailedError,
  NotAvailableError,
  PermissionDeniedError,
  PluginError,
  PluginPermissionError,
  QuotaExceededError,
} from "../errors.ts";
export { useApi, useView, useViewContext, ViewProvider } from "./context.ts";
export type { OwnToolOptions, OwnToolsApi, UiPluginApi } from "./ui-plugin-api.ts";
export { useSettings } from "./use-settings.ts";
export { type Stream, type StreamState, useStream } from "./use-stream.ts";
export { useTheme } from "./use-theme.ts";
export type { ViewContext, ViewInfo, ViewManifest, ViewProps } from "./view.ts";
