import { PatchbayError } from "@patchbay/protocol";

interface Bounds {
  readonly perCaller: number;
  readonly total: number;
}

/** The bytes of bodies that have come and are not read yet: by caller, and all together. */
export class WaitingBytes {
  readonly #bounds: Bounds;
  readonly #byCaller = new Map<string, number>();
  #total = 0;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  /** Counts what has come. Throws `rate_limited` beyond the caller's bound, `unavailable` beyond that of all; nothing is counted then. */
  add(caller: string, bytes: number): void {
    const own = (this.#byCaller.get(caller) ?? 0) + bytes;
    if (own > this.#bounds.perCaller)
      throw new PatchbayError(
        "rate_limited",
        "You send too much at once. Wait until what is under way is done.",
        {
          facts: { retryAfterSeconds: 5 },
        },
      );
    if (this.#total + bytes > this.#bounds.total)
      throw new PatchbayError(
        "unavailable",
        "Too much is being sent to this server at once. Try again in a moment.",
        {
          facts: { retryAfterSeconds: 5 },
        },
      );
    this.#byCaller.set(caller, own);
    this.#total += bytes;
  }

  /** Gives back what `add` counted. */
  remove(caller: string, bytes: number): void {
    const own = (this.#byCaller.get(caller) ?? 0) - bytes;
    if (own > 0) this.#byCaller.set(caller, own);
    else this.#byCaller.delete(caller);
    this.#total -= bytes;
  }
}
