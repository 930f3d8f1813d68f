import type {
  ChatAnswer,
  ChatEvent,
  ChatRequest,
  EmbeddingsAnswer,
  EmbeddingsRequest,
  ModelInfo,
  ModelUpstream,
} from "@patchbay/protocol";
import type { ToolContext } from "./tool-context.ts";

export type {
  ChatAnswer,
  ChatEvent,
  ChatMessage,
  ChatRequest,
  ChatTool,
  EmbeddingsAnswer,
  EmbeddingsRequest,
  FinishReason,
  ModelError,
  ModelErrorCode,
  ModelInfo,
  ModelKind,
  ModelUpstream,
  ModelUsage,
} from "@patchbay/protocol";

/** What a provider gets with each request. */
export type ModelContext = ToolContext;

/**
 * Models that others can ask through Patchbay's gateway. What a function throws reaches the caller as a failure of the provider, with its
 * message; an `error` event says more: whether to come again, and when.
 */
export interface ModelProvider {
  /** A short title for people. */
  readonly title?: string;
  readonly description?: string;
  /** The models that there are now. It is asked again from time to time. */
  list(context: ModelContext): readonly ModelInfo[] | Promise<readonly ModelInfo[]>;
  /**
   * Answers with events while the model writes, of which the last is `finish` or `error`, or with the whole answer.
   * `request.model` is the name that `list` gave. Nobody waits any more once `signal` aborts.
   */
  chat?(
    request: ChatRequest,
    context: ModelContext,
  ): AsyncIterable<ChatEvent> | ChatAnswer | Promise<AsyncIterable<ChatEvent> | ChatAnswer>;
  /** One list of numbers for each of `request.inputs`. */
  embed?(request: EmbeddingsRequest, context: ModelContext): EmbeddingsAnswer | Promise<EmbeddingsAnswer>;
  /**
   * The server that has the models, instead of `chat` and `embed`: Patchbay then speaks its format, and makes the requests under the
   * plugin's grants and with its secrets. null as long as the settings do not say all that is needed. It is asked again from time to time,
   * and when the settings change.
   */
  upstream?(context: ModelContext): ModelUpstream | null | Promise<ModelUpstream | null>;
  /** With `upstream`: what that server has; `["chat"]` without it. */
  readonly kinds?: readonly ("chat" | "embeddings")[];
  /** With `upstream`: changes what Patchbay is about to send to a chat model, in the upstream's format. */
  adapt?(
    body: Record<string, unknown>,
    request: ChatRequest,
    context: ModelContext,
  ): Record<string, unknown> | Promise<Record<string, unknown>>;
}
