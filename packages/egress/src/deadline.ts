/** Until when a request may last: as long as somebody waits for it, and no longer than its time. Cheaper than a composite of signals, which each request would make. */
export class Deadline {
  readonly #ending = new AbortController();
  readonly #waiting: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #leave = (): void => this.#ending.abort(this.#waiting.reason);

  /** `waiting` aborts when nobody waits any more. */
  constructor(waiting: AbortSignal, ms: number) {
    this.#waiting = waiting;
    this.#timer = setTimeout(
      () => this.#ending.abort(new DOMException("It took too long.", "TimeoutError")),
      ms,
    );
    this.#timer.unref();
    if (waiting.aborted) this.#leave();
    else waiting.addEventListener("abort", this.#leave, { once: true });
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** It is over: the signal does not abort any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#waiting.removeEventListener("abort", this.#leave);
  }
}
