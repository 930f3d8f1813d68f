import { STREAM_WINDOW_BYTES, STREAM_WINDOW_CHUNKS } from "@patchbay/protocol";
import { BODY_PAUSE_BYTES } from "../limits.ts";

export interface OutgoingValuesOptions {
  /** Sends a value, and comes back with the bytes that it took. */
  readonly send: (value: unknown) => number;
  /** Comes back when at most so many bytes wait for the guest. */
  readonly roomBelow: (bytes: number) => Promise<void>;
}

/** Values on their way to the guest: as many, and as many bytes, as it has given credit for. The last may be larger than what is left. */
export class OutgoingValues {
  readonly #options: OutgoingValuesOptions;
  #credits = STREAM_WINDOW_CHUNKS;
  #room = STREAM_WINDOW_BYTES;
  #wake: (() => void) | undefined;
  #isStopped = false;

  constructor(options: OutgoingValuesOptions) {
    this.#options = options;
  }

  /** The guest has read so much; it never has room for more than at the beginning. */
  grant(chunks: number, bytes: number): void {
    this.#credits = Math.min(this.#credits + chunks, STREAM_WINDOW_CHUNKS);
    this.#room = Math.min(this.#room + bytes, STREAM_WINDOW_BYTES);
    this.#wake?.();
  }

  stop(): void {
    this.#isStopped = true;
    this.#wake?.();
  }

  /** Sends a value once there is room for it, unless it was or is stopped. Throws `FrameError` for one that is too large. */
  async send(value: unknown): Promise<void> {
    while ((this.#credits === 0 || this.#room <= 0) && !this.#isStopped) await this.#credit();
    await this.#options.roomBelow(BODY_PAUSE_BYTES);
    if (this.#isStopped) return;
    this.#credits--;
    this.#room -= this.#options.send(value);
  }

  async #credit(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }
}
