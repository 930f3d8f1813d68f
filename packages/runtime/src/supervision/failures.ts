import { BACKOFF_FIRST_MS, BACKOFF_MOST_MS, FAILURE_WINDOW_MS, MAX_FAILURES } from "../limits.ts";

/** The crashes and failed starts of one version of an installation. */
export class Failures {
  #times: number[] = [];

  /** Remembers a failure; whether it was one too many. Times are in milliseconds on any clock. */
  record(now: number): boolean {
    this.#times = [...this.#recent(now), now];
    return this.#times.length >= MAX_FAILURES;
  }

  /** How long the next start has to wait, in milliseconds. */
  delay(now: number): number {
    const recent = this.#recent(now);
    const last = recent.at(-1);
    if (last === undefined) return 0;
    const backoff = Math.min(BACKOFF_FIRST_MS * 2 ** (recent.length - 1), BACKOFF_MOST_MS);
    return Math.max(last + backoff - now, 0);
  }

  /** Whether nothing failed lately that the next start should know of. */
  get isClean(): boolean {
    return this.#times.length === 0;
  }

  forget(): void {
    this.#times = [];
  }

  #recent(now: number): number[] {
    return this.#times.filter((time) => now - time < FAILURE_WINDOW_MS);
  }
}
