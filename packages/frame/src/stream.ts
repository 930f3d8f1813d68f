/** Values that come one by one, to be read by `for await`. */
export class Stream<T> implements AsyncIterable<T> {
  readonly #values: T[] = [];
  readonly #left: () => void;
  #wake: (() => void) | undefined;
  #end: { readonly error?: unknown } | undefined;

  /** `left` is called when the reader leaves before the end. */
  constructor(left: () => void) {
    this.#left = left;
  }

  push(value: T): void {
    this.#values.push(value);
    this.#wake?.();
  }

  end(): void {
    this.#end ??= {};
    this.#wake?.();
  }

  fail(error: unknown): void {
    this.#end ??= { error };
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    try {
      for (;;) {
        while (this.#values.length > 0) yield this.#values.shift() as T;
        if (this.#end !== undefined) break;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      if (this.#end !== undefined && "error" in this.#end) throw this.#end.error;
    } finally {
      if (this.#end === undefined) this.#left();
    }
  }
}
