import type { ModelError } from "@patchbay/protocol";
import { ModelFailure } from "../model-failure.ts";

/** Ends a request to an upstream that is silent for too long. */
export class Watch {
  readonly #ending = new AbortController();
  readonly #waiting: AbortSignal;
  readonly #leave = (): void => this.#ending.abort(this.#waiting.reason);
  #timer: NodeJS.Timeout | undefined;
  #expired: ModelError | undefined;

  /** `waiting` aborts when nobody waits for the answer any more. */
  constructor(waiting: AbortSignal) {
    this.#waiting = waiting;
    if (waiting.aborted) this.#leave();
    else waiting.addEventListener("abort", this.#leave, { once: true });
  }

  /** Aborts when nobody waits for the answer any more, or when the upstream has been silent for too long. */
  get signal(): AbortSignal {
    return this.#ending.signal;
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

  /** It is over: nothing aborts any more. */
  end(): void {
    this.rest();
    this.#waiting.removeEventListener("abort", this.#leave);
  }

  /** The fault of the upstream's, where what was thrown comes from its silence. */
  explain(error: unknown): unknown {
    return this.#expired === undefined ? error : new ModelFailure(this.#expired);
  }
}
