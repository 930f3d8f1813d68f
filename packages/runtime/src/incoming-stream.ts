import { type PatchbayError, STREAM_WINDOW_CHUNKS } from "@patchbay/protocol";
import { STREAM_CREDIT_GROUP } from "./limits.ts";

export interface IncomingStreamOptions {
  readonly grant: (chunks: number) => void;
  /** Somebody waits for the next value. */
  readonly onWait: () => void;
  /** Nobody waits any more. */
  readonly onReady: () => void;
  /** Whoever read it stopped before its end. */
  readonly onReturn: () => void;
}

type Step = IteratorResult<unknown, undefined>;
const DONE: Step = { done: true, value: undefined };

/** A stream that the plugin produces, read by the host's caller. Holds no more values than the guest has credits for. */
export class IncomingStream implements AsyncIterableIterator<unknown, undefined> {
  readonly #options: IncomingStreamOptions;
  #values: unknown[] = [];
  #credits = STREAM_WINDOW_CHUNKS;
  #consumed = 0;
  #ended = false;
  #error: PatchbayError | undefined;
  #reader: PromiseWithResolvers<Step> | undefined;

  constructor(options: IncomingStreamOptions) {
    this.#options = options;
  }

  /** False when the guest had no credit left for it. */
  push(value: unknown): boolean {
    if (this.#credits === 0) return false;
    this.#credits--;
    if (this.#ended) return true;
    const reader = this.#takeReader();
    if (reader === undefined) this.#values.push(value);
    else reader.resolve(this.#consume(value));
    return true;
  }

  end(): void {
    this.#ended = true;
    this.#takeReader()?.resolve(DONE);
  }

  /** The reader gets what has come so far, then the error. */
  fail(error: PatchbayError): void {
    if (this.#ended) return;
    this.#ended = true;
    const reader = this.#takeReader();
    if (reader === undefined) this.#error = error;
    else reader.reject(error);
  }

  async next(): Promise<Step> {
    if (this.#values.length > 0) return this.#consume(this.#values.shift());
    if (this.#error !== undefined) {
      const error = this.#error;
      this.#error = undefined;
      throw error;
    }
    if (this.#ended) return DONE;
    if (this.#reader !== undefined) throw new Error("A stream is read by one reader, value after value.");
    this.#reader = Promise.withResolvers();
    this.#options.onWait();
    return this.#reader.promise;
  }

  async return(): Promise<Step> {
    this.#values = [];
    if (!this.#ended) {
      this.end();
      this.#options.onReturn();
    }
    return DONE;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #consume(value: unknown): Step {
    this.#consumed++;
    if (this.#consumed % STREAM_CREDIT_GROUP === 0) {
      this.#credits += STREAM_CREDIT_GROUP;
      this.#options.grant(STREAM_CREDIT_GROUP);
    }
    return { done: false, value };
  }

  #takeReader(): PromiseWithResolvers<Step> | undefined {
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader !== undefined) this.#options.onReady();
    return reader;
  }
}
