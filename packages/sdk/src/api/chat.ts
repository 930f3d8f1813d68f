export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  /** A model's id; the project's active model unless given. */
  readonly model?: string;
  readonly temperature?: number;
  readonly maxTokens?: number;
}

export interface ChatAnswer {
  readonly content: string;
  readonly model: string;
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number };
}

export interface ModelInfo {
  readonly id: string;
  readonly name: string;
  readonly provider: string;
}

/**
 * The organization's models. Needs `chat.inference`; the last two need `chat.models`. Throws `PermissionDeniedError`
 * without, and `NotAvailableError` in this version.
 */
export interface ChatApi {
  /** The whole answer. */
  sendMessage(request: ChatRequest): Promise<ChatAnswer>;
  /** The answer in pieces as the model writes it; `streamId` is what `cancelStream` takes. */
  streamMessage(
    request: ChatRequest,
  ): Promise<{ readonly streamId: string; readonly text: AsyncIterable<string> }>;
  cancelStream(streamId: string): Promise<void>;
  /** The model that is used when a request names none, or undefined when there is none. */
  getActiveModel(): Promise<ModelInfo | undefined>;
  listModels(): Promise<readonly ModelInfo[]>;
}
