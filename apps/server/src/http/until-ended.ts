/**
 * Waits for one promise after the other, as long as nothing ends all the waiting. `Promise.race` with one that lasts would not do: that one
 * keeps each of the others, with what it came to, until it is settled itself.
 */
export class UntilEnded {
  #isEnded = false;
  #wake = (): void => undefined;

  /** Ends what is waited for, and what will be. */
  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  /** What the promise comes to, also with an error; undefined when the waiting ends, or has ended, before. */
  wait<T>(promise: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      this.#wake = () => resolve(undefined);
      if (this.#isEnded) this.#wake();
      // Once it is woken, what comes of the promise comes to nothing.
      promise.then(resolve, reject);
    });
  }
}
