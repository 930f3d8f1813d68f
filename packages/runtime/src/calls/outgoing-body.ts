import { BODY_CHUNK_BYTES, STREAM_WINDOW_CHUNKS } from "@patchbay/protocol";
import { BODY_PAUSE_BYTES } from "../limits.ts";

export interface OutgoingBodyOptions {
  /** Sends a piece of at most `BODY_CHUNK_BYTES`. */
  readonly send: (piece: Uint8Array) => void;
  /** Comes back when at most so many bytes wait for the guest. */
  readonly roomBelow: (bytes: number) => Promise<void>;
}

/** Bytes on their way to the guest: as many pieces as it has given credit for, and no more than it reads. */
export class OutgoingBody {
  readonly #options: OutgoingBodyOptions;
  #credits = STREAM_WINDOW_CHUNKS;
  #wake: (() => void) | undefined;
  #isStopped = false;

  constructor(options: OutgoingBodyOptions) {
    this.#options = options;
  }

  /** Nobody reads them any more. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** The guest has room for so many more pieces; never for more than at the beginning. */
  grant(chunks: number): void {
    this.#credits = Math.min(this.#credits + chunks, STREAM_WINDOW_CHUNKS);
    this.#wake?.();
  }

  stop(): void {
    this.#isStopped = true;
    this.#wake?.();
  }

  /** Sends bytes of any number, unless it was or is stopped. */
  async send(bytes: Uint8Array): Promise<void> {
    for (let offset = 0; offset < bytes.length; offset += BODY_CHUNK_BYTES) {
      await this.#credit();
      await this.#options.roomBelow(BODY_PAUSE_BYTES);
      if (this.#isStopped) return;
      this.#credits--;
      this.#options.send(bytes.subarray(offset, offset + BODY_CHUNK_BYTES));
    }
  }

  async #credit(): Promise<void> {
    while (this.#credits === 0 && !this.#isStopped) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}
