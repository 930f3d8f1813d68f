import { PatchbayError } from "@patchbay/protocol";
import { MAX_COUNTED_CALLERS } from "./limits.ts";

const MINUTE_MS = 60_000;

/** Counts requests of callers within a minute each, from its first. Held by each node for itself. */
export class CallerMeter {
  readonly #now: () => number;
  readonly #counts = new Map<string, { count: number; readonly since: number }>();

  /** `now` in ms. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Throws `rate_limited`, with when to come again, once the caller has made so many in its minute. */
  require(caller: string, perMinute: number): void {
    const counted = this.#current(caller);
    if (counted === undefined || counted.count < perMinute) return;
    const retryAfterSeconds = Math.max(Math.ceil((counted.since + MINUTE_MS - this.#now()) / 1_000), 1);
    throw new PatchbayError(
      "rate_limited",
      `This address takes ${perMinute} requests a minute. Come again in ${retryAfterSeconds} s.`,
      { facts: { retryAfterSeconds } },
    );
  }

  add(caller: string): void {
    const counted = this.#current(caller);
    if (counted !== undefined) {
      counted.count += 1;
      return;
    }
    this.#counts.delete(caller);
    this.#counts.set(caller, { count: 1, since: this.#now() });
    // The one that was counted first makes room: its minute is over first.
    if (this.#counts.size <= MAX_COUNTED_CALLERS) return;
    const [oldest] = this.#counts.keys();
    if (oldest !== undefined) this.#counts.delete(oldest);
  }

  #current(caller: string) {
    const counted = this.#counts.get(caller);
    return counted !== undefined && this.#now() - counted.since < MINUTE_MS ? counted : undefined;
  }
}
