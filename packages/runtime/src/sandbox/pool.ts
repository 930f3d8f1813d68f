import { MEMORY_TIERS_MB, REFILL_DELAY_MS } from "../limits.ts";
import type { Sandbox } from "./sandbox.ts";

export interface PoolOptions {
  /** Starts a sandbox of a tier. */
  readonly start: (memoryMb: number) => Promise<Sandbox>;
  /** How many wait, by tier in MiB. */
  readonly warm: Readonly<Record<number, number>>;
  /** Hears of refills that failed; the next `take` starts its own. */
  readonly onRefillFailed: (error: unknown) => void;
}

/** Blank sandboxes that wait to become plugins, by tier of memory. */
export class Pool {
  readonly #options: PoolOptions;
  readonly #waiting = new Map<number, Sandbox[]>();
  readonly #starting = new Map<number, number>();
  #refill: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Starts those that should be waiting. Comes back when they are. */
  async fill(): Promise<void> {
    const { warm, onRefillFailed } = this.#options;
    const starts = Object.entries(warm).flatMap(([tier, count]) => {
      const memoryMb = Number(tier);
      const present = (this.#waiting.get(memoryMb)?.length ?? 0) + (this.#starting.get(memoryMb) ?? 0);
      return Array.from({ length: Math.max(count - present, 0) }, () => this.#add(memoryMb));
    });
    for (const result of await Promise.allSettled(starts)) {
      if (result.status === "rejected" && !this.#closed) onRefillFailed(result.reason);
    }
  }

  /**
   * A sandbox of the smallest tier with this much memory: one that waits, else a new one. Whoever takes one calls
   * `refillSoon` when the work for which it was taken is done.
   */
  async take(memoryMb: number): Promise<Sandbox> {
    const tier = MEMORY_TIERS_MB.find((size) => size >= memoryMb) ?? memoryMb;
    const found = this.#waiting.get(tier)?.shift();
    return found ?? (await this.#options.start(tier));
  }

  /** Starts what is missing, a moment later: starting processes takes the CPU from whoever is at work. */
  refillSoon(): void {
    if (this.#closed) return;
    this.#refill ??= setTimeout(() => {
      this.#refill = undefined;
      void this.fill();
    }, REFILL_DELAY_MS);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#refill);
    const all = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    for (const sandbox of all) sandbox.kill();
    await Promise.all(all.map((sandbox) => sandbox.ended));
  }

  async #add(memoryMb: number): Promise<void> {
    this.#starting.set(memoryMb, (this.#starting.get(memoryMb) ?? 0) + 1);
    try {
      const sandbox = await this.#options.start(memoryMb);
      if (this.#closed) return sandbox.kill();
      const waiting = this.#waiting.get(memoryMb) ?? [];
      this.#waiting.set(memoryMb, waiting);
      waiting.push(sandbox);
      void sandbox.ended.then(() => {
        const place = waiting.indexOf(sandbox);
        if (place >= 0) waiting.splice(place, 1);
      });
    } finally {
      this.#starting.set(memoryMb, (this.#starting.get(memoryMb) ?? 1) - 1);
    }
  }
}
