const MINUTE_MS = 60_000;
/** A clock that is corrected a little is not one that was set. */
const SET_BY_MS = 5 * MINUTE_MS;
/** How long after that nothing is removed for its age: time for an operator to read the log. */
const DISTRUST_MS = 60 * MINUTE_MS;

/** Notices that the system's clock was set, after which what is new may look old. A computer that slept looks the same. */
export class ClockWatch {
  readonly #elapsed: () => number;
  #offset: number | undefined;
  #setAt = Number.NEGATIVE_INFINITY;

  /** `elapsed`: milliseconds on a clock that nobody sets. */
  constructor(elapsed: () => number = () => performance.now()) {
    this.#elapsed = elapsed;
  }

  /** By how many milliseconds the clock was set since the last look; 0 when it was not. */
  look(now: Date): number {
    const elapsed = this.#elapsed();
    const offset = now.getTime() - elapsed;
    const setBy = offset - (this.#offset ?? offset);
    this.#offset = offset;
    if (Math.abs(setBy) < SET_BY_MS) return 0;
    this.#setAt = elapsed;
    return setBy;
  }

  /** Whether it was not set for an hour. */
  get isTrusted(): boolean {
    return this.#elapsed() - this.#setAt >= DISTRUST_MS;
  }
}
