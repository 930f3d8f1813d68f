import type { PluginApi } from "./api/plugin-api.ts";
import type { PromptDefinition } from "./content/prompts.ts";
import type { ResourceDefinition } from "./content/resources.ts";
import type { EndpointDefinition } from "./endpoints.ts";
import type { MessageHook } from "./message-hooks.ts";
import type { ModelProvider } from "./models.ts";
import type { Infer, ToolSchema } from "./schema.ts";
import type { ToolContext } from "./tool-context.ts";

export interface ToolAnnotations {
  /** It changes nothing. */
  readonly readOnlyHint?: boolean;
  /** What it changes may be lost. */
  readonly destructiveHint?: boolean;
  /** Calling it twice with the same input does no more than calling it once. */
  readonly idempotentHint?: boolean;
  /** It reaches what is outside of Patchbay. */
  readonly openWorldHint?: boolean;
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
   * `"content"`: answers with what models and people are to look at and not with a value: a text, an image, sound or a resource (`Content`), or a
   * list of them. The HTTP API has it as a list, with bytes in base64; clients of the Model Context Protocol show it.
   */
  readonly answers?: "content";
  /** What clients of the Model Context Protocol may know before they call it. They take it as a hint. */
  readonly annotations?: ToolAnnotations;
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

/** What a run of a schedule gets. */
export interface ScheduleContext extends Omit<ToolContext, "project" | "progress" | "asks" | "elicit"> {
  /** The time that the run is for (RFC 3339), which may be earlier than now; of a run by hand when it was asked for. */
  readonly scheduledAt: string;
  /**
   * Names this run. A run that was cut short, because its server went down, is repeated with the same key: hand it on to what
   * must not happen twice.
   */
  readonly idempotencyKey: string;
  /** Slugs of the projects that the plugin applies to. It runs once for all of them. */
  readonly projects: "all" | readonly string[];
}

/** Something that Patchbay runs by itself. When it does stands here or in the manifest, which `patchbay plugin pack` writes it into. */
export interface ScheduleDefinition {
  readonly title?: string;
  readonly description?: string;
  /** Five fields: minute, hour, day of the month, month, day of the week. Either this or `every`. */
  readonly cron?: string;
  /** A span such as `15m`, `6h` or `1d`; at least a minute. */
  readonly every?: string;
  /** Of `cron`: such as `Europe/Berlin`; UTC unless given. */
  readonly timezone?: string;
  /** What becomes of times at which nothing could run: nothing (`skip`, unless given), one run for all, or one for each. */
  readonly missed?: "skip" | "once" | "all";
  /** What it throws is the run's failure; the next time comes all the same. */
  run(context: ScheduleContext): unknown;
}

/** What is not built yet is accepted as it is, so that a plugin can be written for the next version. */
type NotYet = Readonly<Record<string, unknown>>;

export interface PluginDefinition {
  readonly tools?: Readonly<Record<string, ToolDefinition>>;
  /** Beginnings of conversations that people choose in their client of MCP. */
  readonly prompts?: Readonly<Record<string, PromptDefinition>>;
  /** What people and models can read at an address, by clients of MCP. */
  readonly resources?: Readonly<Record<string, ResourceDefinition>>;
  /** Providers of models, by a name that begins the names of their models: `provider/model`. */
  readonly models?: Readonly<Record<string, ModelProvider>>;
  /** What messages pass on their way to chat models. Needs `chat.messages`. */
  readonly messageHooks?: Readonly<Record<string, MessageHook>>;
  readonly schedules?: Readonly<Record<string, ScheduleDefinition>>;
  /** What answers requests from outside. Needs `endpoints.serve`. */
  readonly endpoints?: Readonly<Record<string, EndpointDefinition>>;
  readonly integrations?: NotYet;
  readonly events?: NotYet;
  readonly workflowSteps?: NotYet;
  /** Runs once, before the first call. What it throws keeps the plugin from being enabled, with its message. */
  onActivate?(api: PluginApi): void | Promise<void>;
  /** Runs before the plugin's process ends in an orderly way; it has two seconds, and crashes skip it. */
  onDeactivate?(): void | Promise<void>;
}

/** A plugin: the default export of the server bundle. */
export const definePlugin = (definition: PluginDefinition): PluginDefinition => definition;
