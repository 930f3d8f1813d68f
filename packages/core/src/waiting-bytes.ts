import { PatchbayError } from "@patchbay/protocol";

interface Bounds {
  readonly perCaller: number;
  readonly total: number;
}

/** Bytes that are held for what is under way, like bodies that have come and are not read yet: by caller, and all together. */
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
        "Too much of yours is under way at once. Wait until some of it is done.",
        {
          facts: { retryAfterSeconds: 5 },
        },
      );
    if (this.#total + bytes > this.#bounds.total)
      throw new PatchbayError(
        "unavailable",
        "Too much is under way on this server at once. Try again in a moment.",
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

/** What one request holds of them. */
export class HeldBytes {
  #all: WaitingBytes;
  #caller: string;
  #bytes = 0;
  #isReleased = false;

  constructor(all: WaitingBytes, caller: string) {
    this.#all = all;
    this.#caller = caller;
  }

  /** Throws as `WaitingBytes.add` does, and `rate_limited` after the release: what still comes then is nobody's to release. */
  add(bytes: number): void {
    if (this.#isReleased)
      throw new PatchbayError("rate_limited", "This came too late. Try again.", {
        facts: { retryAfterSeconds: 5 },
      });
    this.#all.add(this.#caller, bytes);
    this.#bytes += bytes;
  }

  /** Holds it on another account from now on. Throws as `WaitingBytes.add` does; it stays on its own then. */
  moveTo(all: WaitingBytes, caller: string): void {
    if (all === this.#all && caller === this.#caller) return;
    all.add(caller, this.#bytes);
    this.#all.remove(this.#caller, this.#bytes);
    this.#all = all;
    this.#caller = caller;
  }

  release(): void {
    this.#all.remove(this.#caller, this.#bytes);
    this.#bytes = 0;
    this.#isReleased = true;
  }
}
