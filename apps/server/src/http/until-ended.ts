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
  async wait<T>(promise: Promise<T>): Promise<T | undefined> {
    // Looked at below, or of no more use.
    promise.catch(() => undefined);
    if (this.#isEnded) return undefined;
    const { promise: ended, resolve } = Promise.withResolvers<undefined>();
    this.#wake = () => resolve(undefined);
    return await Promise.race([promise, ended]);
  }
}
