import { PatchbayError } from "@patchbay/protocol";
import { MAX_HELD_BODY_BYTES, MAX_HELD_BODY_BYTES_OF_NETWORK } from "./limits.ts";

/** What one request holds of them. */
export interface HeldBody {
  /** Counts what has come. Throws `rate_limited` beyond what the network may hold, `unavailable` beyond that of all. */
  add(bytes: number): void;
  release(): void;
}

/** Bodies that are in memory as a whole before anybody knows who has sent them: by network, and all together. */
export class HeldBodies {
  readonly #byNetwork = new Map<string, number>();
  #total = 0;

  of(network: string): HeldBody {
    let held = 0;
    let isReleased = false;
    return {
      add: (bytes) => {
        // What still comes of a body that is not waited for any more is nobody's to release.
        if (isReleased) throw tooMuch("rate_limited", "The body came too late.");
        if (this.#heldBy(network) + bytes > MAX_HELD_BODY_BYTES_OF_NETWORK)
          throw tooMuch("rate_limited", "Too much that your network has sent waits to be read.");
        if (this.#total + bytes > MAX_HELD_BODY_BYTES)
          throw tooMuch("unavailable", "Too much waits to be read on this server.");
        held += bytes;
        this.#count(network, bytes);
      },
      release: () => {
        this.#count(network, -held);
        held = 0;
        isReleased = true;
      },
    };
  }

  #heldBy(network: string): number {
    return this.#byNetwork.get(network) ?? 0;
  }

  #count(network: string, bytes: number): void {
    const now = this.#heldBy(network) + bytes;
    if (now > 0) this.#byNetwork.set(network, now);
    else this.#byNetwork.delete(network);
    this.#total += bytes;
  }
}

const tooMuch = (code: "rate_limited" | "unavailable", message: string): PatchbayError =>
  new PatchbayError(code, `${message} Come again in a moment.`, { facts: { retryAfterSeconds: 5 } });
