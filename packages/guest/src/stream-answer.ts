import { STREAM_WINDOW_BYTES, STREAM_WINDOW_CHUNKS } from "@patchbay/protocol";

/** A stream that the plugin produces: pulls one value for each credit that the host has given. */
export class StreamAnswer {
  readonly #iterator: AsyncIterator<unknown>;
  readonly #send: (value: unknown) => number;
  #credits = STREAM_WINDOW_CHUNKS;
  #room = STREAM_WINDOW_BYTES;
  #cancelled = false;
  #wake: (() => void) | undefined;

  /** `send` comes back with the bytes that it sent. */
  constructor(values: AsyncIterable<unknown>, send: (value: unknown) => number) {
    this.#iterator = values[Symbol.asyncIterator]();
    this.#send = send;
  }

  /** Comes back when the values have ended or the stream was cancelled. Throws what the plugin throws. */
  async run(): Promise<void> {
    for (;;) {
      while ((this.#credits === 0 || this.#room <= 0) && !this.#cancelled) await this.#waitForCredit();
      if (this.#cancelled) return;
      const { done, value } = await this.#iterator.next();
      if (done || this.#cancelled) return;
      this.#credits--;
      try {
        this.#room -= this.#send(value);
      } catch (error) {
        this.cancel();
        throw error;
      }
    }
  }

  grant(chunks: number, bytes: number): void {
    this.#credits += chunks;
    this.#room += bytes;
    this.#wake?.();
  }

  /** Stops pulling, and lets the plugin's `finally` blocks run. */
  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    this.#wake?.();
    // A generator that waits for something ends after it; nobody waits for that, and its error was asked for.
    void Promise.resolve(this.#iterator.return?.()).catch(() => undefined);
  }

  async #waitForCredit(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }
}
