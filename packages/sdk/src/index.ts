export type * from "./api/plugin-api.ts";
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
