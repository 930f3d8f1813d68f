import type { PluginLog } from "./api/log.ts";
import type { PluginApi } from "./api/plugin-api.ts";
import type { Infer, ToolSchema } from "./schema.ts";

/** What a tool gets beside its input. Everything here belongs to the one call. */
export interface ToolContext {
  /** The platform, on behalf of this call. */
  readonly api: PluginApi;
  /** The effective settings of the call's project. Secrets are placeholders: see `fetch` in the author guide. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Slug of the project on whose behalf the call is made; undefined without one. */
  readonly project: string | undefined;
  /** Aborted when the caller goes away and when the deadline has passed; hand it to `fetch` and to loops. */
  readonly signal: AbortSignal;
  readonly log: PluginLog;
}

export interface ToolDefinition<Input = unknown, Output = unknown> {
  /** A short title for people. */
  readonly title?: string;
  /** One or two sentences that tell a person or a model when to use the tool. */
  readonly description: string;
  /** The form of the input. Inputs that do not match never reach `run`. */
  readonly input?: ToolSchema;
  /** The form of the answer. An answer that does not match is a `plugin_error`. */
  readonly output?: ToolSchema;
  /**
   * Answers with a value that JSON can express, or with an async iterable of such values, which makes the answer a
   * stream. What it throws reaches the caller as `plugin_error` with its message, and as its own code when it is a `PluginError`.
   */
  run(
    input: Input,
    context: ToolContext,
  ): Output | Promise<Output> | AsyncIterable<Output> | Promise<AsyncIterable<Output>>;
}

/** A tool whose `run` gets the type that its `input` schema describes. */
export const tool = <const S extends ToolSchema = ToolSchema, Output = unknown>(
  definition: Omit<ToolDefinition<Infer<S>, Output>, "input"> & { readonly input?: S },
): ToolDefinition => definition as unknown as ToolDefinition;

/** What is not built yet is accepted as it is, so that a plugin can be written for the next version. */
type NotYet = Readonly<Record<string, unknown>>;

export interface PluginDefinition {
  readonly tools?: Readonly<Record<string, ToolDefinition>>;
  readonly models?: NotYet;
  readonly endpoints?: NotYet;
  readonly integrations?: NotYet;
  readonly schedules?: NotYet;
  readonly events?: NotYet;
  readonly workflowSteps?: NotYet;
  /** Runs once, before the first call. What it throws keeps the plugin from being enabled, with its message. */
  onActivate?(api: PluginApi): void | Promise<void>;
  /** Runs before the plugin's process ends in an orderly way; it has two seconds, and crashes skip it. */
  onDeactivate?(): void | Promise<void>;
}

/** A plugin: the default export of the server bundle. */
export const definePlugin = (definition: PluginDefinition): PluginDefinition => definition;
