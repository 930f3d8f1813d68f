import type { ChatAnswer, ChatEvent, ChatRequest, ModelError, ModelFormat } from "@patchbay/protocol";

export type JsonObject = Record<string, unknown>;

/** What an answer says of itself to the client. */
export interface AnswerHead {
  /** Unique, without the prefix that a format may add. */
  readonly id: string;
  /** The model that answers, by the name that the client is to read. */
  readonly model: string;
  readonly createdAt: Date;
  /** What was asked. Formats that repeat it, or let clients ask for usage in a stream, say less without it. */
  readonly request?: ChatRequest;
  /**
   * Whether the answer can be gone on from, and from which one this one goes on: told in the format that knows of it. Whether it can is
   * read once more at the end of a stream: it may be known only then.
   */
  readonly store?: boolean;
  readonly previousId?: string;
}

/** A failure as a client is told it. `status` is the HTTP status, or what it would have been where a stream has begun. */
export interface ClientError {
  readonly status: number;
  /** One of `MODEL_ERROR_CODES`, or a code of Patchbay's own. */
  readonly code: string;
  /** A sentence that holds nothing the client should not know. */
  readonly message: string;
  readonly retryAfterSeconds?: number;
}

/** Reads an upstream's stream as it arrives. */
export interface EventReader {
  /**
   * The events that these bytes (or this text) complete, in order. The last is `finish` only where the upstream ended properly, and
   * `error` where it failed, broke its format, or sent too much; nothing comes after either. Never throws.
   */
  push(chunk: Uint8Array | string): ChatEvent[];
  /** To be called when the stream is over: an `error` with the code `cut` where it had not ended properly, else nothing. */
  end(): ChatEvent[];
}

/** Writes a stream for a client: each method gives the text (server-sent events) to be sent next, which may be empty. Never throws. */
export interface EventWriter {
  /** An `error` ends the stream as `fail` does; what follows a failure is ignored. `finish` is written by `end`. */
  write(event: ChatEvent): string;
  /** Ends the stream: cleanly after a `finish`, else as one that was cut off. */
  end(): string;
  /** Ends the stream with the format's own event for errors. Nothing after once it has ended. */
  fail(error: ModelError | ClientError): string;
  /** What keeps the connection while the model is silent. */
  ping(): string;
  /** Nothing more is written: it was ended, or it failed. */
  readonly hasEnded: boolean;
}

/** One of the wire formats, both as a client of this server and as an upstream of it speaks it. */
export interface Format {
  readonly name: ModelFormat;
  /**
   * What a client's body asks for. Fields that nobody knows are ignored, and so is what only steers price and speed.
   * @throws PatchbayError `invalid_request` with a pointer for each field that is malformed, or that cannot be carried and changes what is asked.
   */
  readRequest(body: unknown): ChatRequest;
  /**
   * The body for an upstream.
   * @throws PatchbayError `invalid_request` when the request holds what this format has no words for.
   */
  writeRequest(request: ChatRequest): JsonObject;
  /**
   * An upstream's whole answer.
   * @throws ModelFailure when it is malformed, empty, or an error.
   */
  readAnswer(body: unknown): ChatAnswer;
  /** What an upstream's error says. `body` is whatever came with the status: parsed JSON, text or nothing. */
  readError(status: number, body: unknown): ModelError;
  readEvents(): EventReader;
  writeAnswer(answer: ChatAnswer, head: AnswerHead): JsonObject;
  writeEvents(head: AnswerHead): EventWriter;
  writeError(error: ClientError): JsonObject;
}
