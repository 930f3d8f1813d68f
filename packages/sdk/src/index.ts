export type * from "./api/plugin-api.ts";
export type { Complete, Content, ResourcePart } from "./content/content.ts";
export type { PromptArgument, PromptContent, PromptDefinition } from "./content/prompts.ts";
export type {
  ResourceAnswer,
  ResourceContext,
  ResourceDefinition,
} from "./content/resources.ts";
export {
  definePlugin,
  type PluginDefinition,
  type ScheduleContext,
  type ScheduleDefinition,
  type ToolAnnotations,
  type ToolDefinition,
  tool,
} from "./definitions.ts";
export type {
  Answers,
  ClientQuestion,
  Elicit,
  Elicitation,
  ElicitationAnswer,
} from "./elicit.ts";
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
export type { CallProgress, ToolContext } from "./tool-context.ts";
