import type { ModelError } from "@patchbay/protocol";
import { ModelFailure } from "../model-failure.ts";

/** Ends a request to an upstream that is silent for too long. */
export class Watch {
  /** Aborts when nobody waits for the answer any more, or when the upstream has been silent for too long. */
  readonly signal: AbortSignal;
  readonly #ending = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #expired: ModelError | undefined;

  constructor(signal: AbortSignal) {
    this.signal = AbortSignal.any([signal, this.#ending.signal]);
  }

  /** Waits `ms` for what the upstream is to do, which ends a sentence that begins with it: "did not answer". */
  wait(ms: number, fault: string): void {
    this.rest();
    this.#timer = setTimeout(() => {
      const seconds = Math.ceil(ms / 1000);
      const time = `${seconds} ${seconds === 1 ? "second" : "seconds"}`;
      this.#expired = { code: "timeout", message: `The model's server ${fault} for ${time}.` };
      this.#ending.abort();
    }, ms);
  }

  /** Nothing is waited for. */
  rest(): void {
    clearTimeout(this.#timer);
  }

  /** The fault of the upstream's, where what was thrown comes from its silence. */
  explain(error: unknown): unknown {
    return this.#expired === undefined ? error : new ModelFailure(this.#expired);
  }
}
