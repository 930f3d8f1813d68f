import { type PatchbayError, STREAM_WINDOW_BYTES, STREAM_WINDOW_CHUNKS } from "@patchbay/protocol";
import { STREAM_CREDIT_BYTES, STREAM_CREDIT_GROUP } from "../limits.ts";

export interface IncomingStreamOptions {
  readonly grant: (chunks: number, bytes: number) => void;
  /** So many bytes more are held for the reader, or fewer when negative. */
  readonly onHeld: (bytes: number) => void;
  /** Somebody waits for the next value. */
  readonly onWait: () => void;
  /** Nobody waits any more. */
  readonly onReady: () => void;
  /** Whoever read it stopped before its end. */
  readonly onReturn: () => void;
}

interface Held {
  readonly value: unknown;
  /** Of its frame, in bytes. */
  readonly size: number;
}

type Step = IteratorResult<unknown, undefined>;
const DONE: Step = { done: true, value: undefined };

/** A stream that the plugin produces, read by the host's caller. Holds no more than the guest has credits for. */
export class IncomingStream implements AsyncIterableIterator<unknown, undefined> {
  readonly #options: IncomingStreamOptions;
  readonly #values: Held[] = [];
  #credits = STREAM_WINDOW_CHUNKS;
  #room = STREAM_WINDOW_BYTES;
  #consumed = { chunks: 0, bytes: 0 };
  #ended = false;
  #error: PatchbayError | undefined;
  #reader: PromiseWithResolvers<Step> | undefined;

  constructor(options: IncomingStreamOptions) {
    this.#options = options;
  }

  /** Whether somebody waits for the next value. */
  get isAwaited(): boolean {
    return this.#reader !== undefined;
  }

  /** Bytes of values that wait for the reader. */
  get heldBytes(): number {
    return this.#values.reduce((sum, { size }) => sum + size, 0);
  }

  /** False when the guest had no credit left for it. */
  push(value: unknown, size: number): boolean {
    if (this.#credits === 0 || this.#room <= 0) return false;
    this.#credits--;
    this.#room -= size;
    if (this.#ended) return true;
    const reader = this.#takeReader();
    if (reader === undefined) this.#hold({ value, size });
    else reader.resolve(this.#consume({ value, size }));
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

  /** The reader gets the error at once: what waits is held no longer. */
  drop(error: PatchbayError): void {
    this.#release();
    this.fail(error);
  }

  async next(): Promise<Step> {
    const held = this.#values.shift();
    if (held !== undefined) {
      this.#options.onHeld(-held.size);
      return this.#consume(held);
    }
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
    this.#release();
    if (!this.#ended) {
      this.end();
      this.#options.onReturn();
    }
    return DONE;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #release(): void {
    this.#options.onHeld(-this.heldBytes);
    this.#values.length = 0;
  }

  #hold(held: Held): void {
    this.#values.push(held);
    this.#options.onHeld(held.size);
  }

  #consume({ value, size }: Held): Step {
    const chunks = this.#consumed.chunks + 1;
    const bytes = this.#consumed.bytes + size;
    const isGroup = chunks >= STREAM_CREDIT_GROUP || bytes >= STREAM_CREDIT_BYTES;
    this.#consumed = isGroup ? { chunks: 0, bytes: 0 } : { chunks, bytes };
    if (isGroup) {
      this.#credits += chunks;
      this.#room += bytes;
      this.#options.grant(chunks, bytes);
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
