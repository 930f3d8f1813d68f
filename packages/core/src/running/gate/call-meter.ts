import { PatchbayError } from "@patchbay/protocol";
import type { World } from "../../world.ts";

const MINUTE_MS = 60_000;

/** Counts calls by minute, for grants that are limited by `callsPerMinute`. Held by each node for itself. */
export class CallMeter {
  readonly #world: World;
  #minute = 0;
  #counts = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Counts one call. Throws `quota_exceeded` when the minute's calls are used up. */
  count(key: string, callsPerMinute: number, method: string): void {
    const now = this.#world.now().getTime();
    const minute = Math.floor(now / MINUTE_MS);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#counts = new Map();
    }
    const calls = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, calls);
    if (calls <= callsPerMinute) return;
    const retryAfterSeconds = Math.ceil(((minute + 1) * MINUTE_MS - now) / 1000);
    throw new PatchbayError(
      "quota_exceeded",
      `${method} may be called ${callsPerMinute} times a minute; wait ${retryAfterSeconds} s.`,
      {
        facts: { retryAfterSeconds },
      },
    );
  }
}
