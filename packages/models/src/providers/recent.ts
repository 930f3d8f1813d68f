/** What was made lately, by key: at most so many, none older than that. */
export class Recent<T> {
  readonly #ageMs: number;
  readonly #most: number;
  readonly #held = new Map<string, { readonly at: number; readonly value: T }>();

  constructor(bounds: { readonly ageMs: number; readonly most: number }) {
    this.#ageMs = bounds.ageMs;
    this.#most = bounds.most;
  }

  get(key: string): T | undefined {
    const held = this.#held.get(key);
    return held !== undefined && performance.now() - held.at < this.#ageMs ? held.value : undefined;
  }

  set(key: string, value: T): T {
    this.#held.delete(key);
    this.#held.set(key, { at: performance.now(), value });
    for (const [one, { at }] of this.#held) {
      if (this.#held.size <= this.#most && performance.now() - at < this.#ageMs) break;
      this.#held.delete(one);
    }
    return value;
  }

  /** Forgets those whose key begins so; all of them with `""`. */
  forget(prefix: string): void {
    for (const key of this.#held.keys()) if (key.startsWith(prefix)) this.#held.delete(key);
  }
}
