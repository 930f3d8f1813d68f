import { callOwnerOf, type OwnSlots, type PermittedCall } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import { RECHECK_EVERY_MS } from "../limits.ts";

/** One question of a plugin's, from its beginning until its answer has left. */
export class Question {
  /** The installation; of its views, one person's. */
  readonly owner: string;
  /** Aborts with what ends the question: that nobody waits any more, or may. */
  readonly signal: AbortSignal;
  readonly #call: PermittedCall;
  readonly #ending = new AbortController();
  readonly #whenOver: (() => void)[] = [];
  #isOver = false;

  constructor(call: PermittedCall) {
    this.#call = call;
    this.owner = callOwnerOf(call);
    const { signal, callEnded } = call;
    this.signal = AbortSignal.any([this.#ending.signal, signal, ...(callEnded ? [callEnded] : [])]);
    this.signal.addEventListener("abort", this.close, { once: true });
    if (this.signal.aborted) this.close();
  }

  /** Waits for a place among the owner's, which it has until it is over. Throws what ends it before. */
  async take(slots: OwnSlots): Promise<void> {
    this.onOver(await slots.take(this.owner, this.signal));
    this.signal.throwIfAborted();
  }

  /** Looks again and again whether it may be answered: by its permission, and by `requireReach`. */
  watch(requireReach: () => Promise<void>): void {
    const look = async () => {
      await this.#call.requirePermitted();
      await requireReach();
    };
    const watching = setInterval(() => {
      look().catch((error: unknown) => this.end(error));
    }, RECHECK_EVERY_MS).unref();
    this.onOver(() => clearInterval(watching));
  }

  /** `listener` hears once that it is over: its answer has left, or nobody waits for it. */
  onOver(listener: () => void): void {
    if (this.#isOver) listener();
    else this.#whenOver.push(listener);
  }

  /** Ends it, with what its reader is told. */
  end(error: unknown): void {
    this.#ending.abort(error);
  }

  /** Its answer has left, or nobody waits for it. */
  readonly close = (): void => {
    this.#isOver = true;
    this.signal.removeEventListener("abort", this.close);
    for (const listener of this.#whenOver.splice(0)) listener();
  };

  /** What was thrown, or the reason for it where the question was ended. */
  explain(error: unknown): unknown {
    const { aborted, reason } = this.signal;
    if (!aborted) return error;
    return reason instanceof PatchbayError ? reason : cancelled("Nobody waits for the answer any more.");
  }
}

export const cancelled = (message: string): PatchbayError => new PatchbayError("cancelled", message);
