import type {
  ChatEvent,
  ChatRequest,
  EmbeddingsRequest,
  ModelErrorCode,
  ModelUsage,
} from "@patchbay/protocol";
import { BYTES_A_TOKEN, estimateTokens } from "../estimate-tokens.ts";
import { DEFAULT_MAX_OUTPUT_TOKENS, MAX_TOKENS_OF_CALL } from "../limits.ts";

/** What is asked of a model. */
export type ModelRequest =
  | { readonly kind: "chat"; readonly request: ChatRequest }
  | { readonly kind: "embeddings"; readonly request: EmbeddingsRequest };

/** What a call took, in tokens. */
export interface UsedTokens {
  readonly input: number;
  /** Of the input. */
  readonly cachedInput: number;
  readonly output: number;
  /** Of the output. */
  readonly reasoning: number;
  /** Nobody told: these numbers are about right. */
  readonly isEstimate: boolean;
}

export const NOTHING: UsedTokens = { input: 0, cachedInput: 0, output: 0, reasoning: 0, isEstimate: false };

/** With these a model's server has refused the request before it did anything. */
const REFUSALS: ReadonlySet<string> = new Set<ModelErrorCode>([
  "invalid_request",
  "context_too_long",
  "content_filter",
  "key_refused",
  "access_refused",
  "model_not_found",
  "rate_limited",
  "overloaded",
  "upstream_failed",
]);

/** With these a model's server was at work, whatever became of its answer. */
const AT_WORK: ReadonlySet<string> = new Set<ModelErrorCode | "cancelled">([
  "cancelled",
  "timeout",
  "malformed",
  "empty",
  "too_large",
  "cut",
]);

/** About what a model writes in a second. Of an answer that nobody has seen it is only known how long it was waited for. */
const TOKENS_A_SECOND = 50;

/** What a call took that was to be answered whole, ended with `code` (null: with an answer) after `ms`, and told nothing of usage. */
export const untold = (asked: ModelRequest, code: string | null, ms: number): UsedTokens => {
  if (code !== null && !AT_WORK.has(code)) return NOTHING;
  const isUnseen = code !== null && asked.kind === "chat" && asked.request.stream !== true;
  const output = isUnseen ? Math.min(bounded((ms / 1_000) * TOKENS_A_SECOND), mostOf(asked).output) : 0;
  return { ...NOTHING, input: estimateInput(asked), output, isEstimate: true };
};

/** About how many tokens the input has. */
export const estimateInput = ({ kind, request }: ModelRequest): number =>
  bounded(
    kind === "chat"
      ? estimateTokens(request)
      : request.inputs.reduce<number>(
          (sum, input) =>
            sum +
            (typeof input === "string" ? Math.ceil(Buffer.byteLength(input) / BYTES_A_TOKEN) : input.length),
          0,
        ),
  );

/** The most that a call may take, as far as that can be known before it is made. */
export const mostOf = (asked: ModelRequest): UsedTokens => ({
  ...NOTHING,
  input: estimateInput(asked),
  output: asked.kind === "chat" ? bounded(asked.request.maxOutputTokens ?? DEFAULT_MAX_OUTPUT_TOKENS) : 0,
  isEstimate: true,
});

/** What a provider told, where it can be true; null for anything else. */
export const believed = (usage: unknown): UsedTokens | null => {
  const { inputTokens, outputTokens, ...parts } = (usage ?? {}) as Partial<ModelUsage>;
  if (!isCount(inputTokens) || !isCount(outputTokens)) return null;
  const { cachedInputTokens = 0, reasoningTokens = 0 } = parts;
  return {
    input: inputTokens,
    cachedInput: isCount(cachedInputTokens) ? Math.min(cachedInputTokens, inputTokens) : 0,
    output: outputTokens,
    reasoning: isCount(reasoningTokens) ? Math.min(reasoningTokens, outputTokens) : 0,
    isEstimate: false,
  };
};

/** Follows an answer, so that at any time it can be said what it took. */
export class AnswerTally {
  readonly #asked: ModelRequest;
  #told: UsedTokens | null = null;
  #bytes = 0;
  #reasoningBytes = 0;

  constructor(asked: ModelRequest) {
    this.#asked = asked;
  }

  add(event: ChatEvent): void {
    switch (event.type) {
      case "usage":
        this.#told = believed(event.usage);
        return;
      case "reasoning":
        this.#reasoningBytes += Buffer.byteLength(event.text);
        return;
      case "text":
      case "refusal":
      case "tool_call_arguments":
        this.#bytes += Buffer.byteLength(event.text);
        return;
      case "tool_call":
        this.#bytes += event.name.length;
        return;
      default:
    }
  }

  /** `code` is what it ended with before its end; null when it is whole. */
  used(code: string | null): UsedTokens {
    const told = this.#told;
    const reasoning = tokensIn(this.#reasoningBytes);
    const output = bounded(tokensIn(this.#bytes) + reasoning);
    // Servers that do not count say zero, which is true of nothing that was said.
    if (told !== null && code === null && saysAll(told, output)) return told;
    if (told === null && output === 0 && code !== null && REFUSALS.has(code)) return NOTHING;
    // What was told before the answer broke off counts its beginning alone.
    if (told !== null && code !== null && told.output >= output) return told;
    return {
      input: told?.input || estimateInput(this.#asked),
      cachedInput: told?.cachedInput ?? 0,
      output: Math.max(told?.output ?? 0, output),
      reasoning: Math.max(told?.reasoning ?? 0, reasoning),
      isEstimate: true,
    };
  }
}

const saysAll = (told: UsedTokens, written: number): boolean =>
  told.input > 0 && (told.output > 0 || written === 0);

const tokensIn = (bytes: number): number => Math.ceil(bytes / BYTES_A_TOKEN);

const bounded = (tokens: number): number => Math.min(Math.max(0, Math.ceil(tokens)) || 0, MAX_TOKENS_OF_CALL);

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= MAX_TOKENS_OF_CALL;
