import { STREAM_WINDOW_BYTES, STREAM_WINDOW_CHUNKS } from "@patchbay/protocol";

/** Credits are given back in groups of a quarter of what may be ahead, to spare messages. */
const CREDIT_GROUP = STREAM_WINDOW_CHUNKS / 4;
const CREDIT_BYTES = STREAM_WINDOW_BYTES / 4;

export interface ValueControls {
  /** So much was read: the host has credit for as much more. */
  readonly grant: (chunks: number, bytes: number) => void;
  /** Nobody reads on. */
  readonly cancel: () => void;
}

type Step = IteratorResult<unknown, undefined>;
const DONE: Step = { done: true, value: undefined };

/** Values that come from the host, for one reader. No more of them come than there is room for. */
export class ValueStream implements AsyncIterableIterator<unknown, undefined> {
  readonly #controls: ValueControls;
  #waiting: { readonly value: unknown; readonly size: number }[] = [];
  #read = { chunks: 0, bytes: 0 };
  #end: { readonly error?: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(controls: ValueControls) {
    this.#controls = controls;
  }

  /** `size` is that of the value's frame, in bytes. */
  push(value: unknown, size: number): void {
    if (this.#end !== undefined) return;
    this.#waiting.push({ value, size });
    this.#wake?.();
  }

  end(): void {
    this.#end ??= {};
    this.#wake?.();
  }

  /** The reader gets what has come so far, then the error. */
  fail(error: unknown): void {
    this.#end ??= { error };
    this.#wake?.();
  }

  async next(): Promise<Step> {
    while (this.#waiting.length === 0 && this.#end === undefined)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    const next = this.#waiting.shift();
    if (next !== undefined) {
      this.#take(next.size);
      return { done: false, value: next.value };
    }
    const end = this.#end ?? {};
    this.#end = {};
    if ("error" in end) throw end.error;
    return DONE;
  }

  async return(): Promise<Step> {
    this.#waiting = [];
    if (this.#end === undefined) {
      this.end();
      this.#controls.cancel();
    }
    return DONE;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(size: number): void {
    const chunks = this.#read.chunks + 1;
    const bytes = this.#read.bytes + size;
    const isGroup = chunks >= CREDIT_GROUP || bytes >= CREDIT_BYTES;
    this.#read = isGroup ? { chunks: 0, bytes: 0 } : { chunks, bytes };
    if (isGroup) this.#controls.grant(chunks, bytes);
  }
}
