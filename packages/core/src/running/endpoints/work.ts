import { PatchbayError } from "@patchbay/protocol";

/** The time that a request may take, and whoever waits for it. */
export class Work {
  readonly #ending = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #client: AbortSignal;
  readonly #onGone = () =>
    this.#ending.abort(
      new PatchbayError("cancelled", "Whoever sent the request went away before the answer."),
    );

  /** `seconds` from its beginning, of which some are gone. */
  constructor(client: AbortSignal, seconds: number, goneMs: number) {
    this.#client = client;
    this.#timer = setTimeout(() => this.#ending.abort(tooSlow(seconds)), seconds * 1_000 - goneMs);
    if (client.aborted) this.#onGone();
    else client.addEventListener("abort", this.#onGone, { once: true });
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Why it was ended; undefined while it was not. */
  get reason(): PatchbayError | undefined {
    return this.#ending.signal.aborted ? this.#ending.signal.reason : undefined;
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#client.removeEventListener("abort", this.#onGone);
  }

  /** `ended` is called once: with what the answer ends with, or when nobody reads it any more. */
  onEnd(ended: (error: PatchbayError | null) => void): (error: PatchbayError | null) => void {
    return onlyOnce((error) => {
      this.clear();
      ended(error);
    });
  }
}

/** The same, which does nothing when it is called once more. */
export const onlyOnce = <A extends readonly unknown[]>(
  work: (...given: A) => void,
): ((...given: A) => void) => {
  let isDone = false;
  return (...given) => {
    if (isDone) return;
    isDone = true;
    work(...given);
  };
};

const tooSlow = (seconds: number): PatchbayError =>
  new PatchbayError("deadline_exceeded", `The answer did not come to its end within ${seconds} seconds.`);
