import type { AnswerEvent, ChatAnswer, ChatModel, ChatQuestion } from "@patchbay/protocol";

export type { AnswerEvent, ChatModel, ChatQuestion } from "@patchbay/protocol";

export interface ChatOptions {
  /** Gives the question up, and ends the model's work: the call rejects, or the stream throws, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What happens while a model answers, for one reader. Leaving the loop ends the model's work. */
export interface ChatStream extends AsyncIterable<AnswerEvent> {
  /** By which `cancelStream` ends it, from anywhere in the plugin. */
  readonly id: string;
}

/**
 * The organization's chat models. Server code asks in its plugin's name, for the project of the call at hand; a view asks for the person
 * who looks at it, with the models that they may use. What is asked on behalf of a call ends with that call. 64 questions of a plugin, or
 * of one person's views of it, are answered at once, and further ones wait.
 *
 * Sending and streaming need `chat.inference`, the other two `chat.models`: they throw `PermissionDeniedError` without. A question has at
 * most 2 MiB as JSON (6 MiB from a view).
 */
export interface ChatApi {
  /**
   * The whole answer of the model that the question names, or else of the active one. Throws `ModelFailedError` with the reason and the
   * time to wait, and `PluginError` with `model_not_found` for a model that there is not, or with `call_loop` where model providers would
   * ask each other in a circle.
   */
  sendMessage(question: ChatQuestion, options?: ChatOptions): Promise<ChatAnswer>;
  /**
   * The same while it is written. It is asked at once, and written no faster than it is read. The last event is `finish`; the loop throws
   * what `sendMessage` throws, and `PluginError` with `cancelled` after `cancelStream`.
   */
  streamMessage(question: ChatQuestion, options?: ChatOptions): ChatStream;
  /** Ends a stream. Whether there was one with this id that had not ended. */
  cancelStream(id: string): Promise<boolean>;
  /** The model that answers where none is named; null when there is none. */
  getActiveModel(): Promise<ChatModel | null>;
  /** The models that can be asked here. */
  listModels(): Promise<readonly ChatModel[]>;
}
