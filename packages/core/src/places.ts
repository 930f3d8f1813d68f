import { PatchbayError } from "@patchbay/protocol";

/** What one caller may have under way at the same time. */
export class Places {
  readonly #most: number;
  readonly #full: (taken: number) => string;
  readonly #taken = new Map<string, number>();

  /** `full` says in a sentence that all are taken. */
  constructor(most: number, full: (taken: number) => string) {
    this.#most = most;
    this.#full = full;
  }

  /** Takes a place, which the answer gives back. Throws `rate_limited` when there is none. */
  take(caller: string): () => void {
    const taken = this.#taken.get(caller) ?? 0;
    if (taken >= this.#most) throw new PatchbayError("rate_limited", this.#full(taken));
    this.#taken.set(caller, taken + 1);
    return () => {
      const left = (this.#taken.get(caller) ?? 1) - 1;
      if (left > 0) this.#taken.set(caller, left);
      else this.#taken.delete(caller);
    };
  }
}
