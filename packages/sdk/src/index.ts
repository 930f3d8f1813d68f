export type * from "./api/plugin-api.ts";
export {
  definePlugin,
  type PluginDefinition,
  type ScheduleContext,
  type ScheduleDefinition,
  type ToolDefinition,
  tool,
} from "./definitions.ts";
export {
  type EndpointAnswer,
  type EndpointDefinition,
  type EndpointRequest,
  endpoint,
} from "./endpoints.ts";
export {
  FetchFailedError,
  FetchRefusedError,
  FetchTooLargeError,
  type InputFault,
  InvalidInputError,
  ModelFailedError,
  NotAvailableError,
  PermissionDeniedError,
  PluginError,
  type PluginErrorDetails,
  PluginPermissionError,
  pluginError,
  QuotaExceededError,
  SecretRefusedError,
} from "./errors.ts";
export type { InputFile, OutputFile } from "./files/tool-file.ts";
export type { HookQuestion, MessageHook } from "./message-hooks.ts";
export type * from "./models.ts";
export type {
  Infer,
  JsonSchema,
  StandardIssue,
  StandardResult,
  StandardSchema,
  ToolSchema,
} from "./schema.ts";
export type { ToolContext } from "./tool-context.ts";
