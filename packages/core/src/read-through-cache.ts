/**
 * Holds what `load` returned until it is invalidated or pushed out as the least recently used. A value whose load was
 * under way when it was invalidated is handed to those who wait for it, but not kept. Absence (null) is never kept.
 */
export class ReadThroughCache<Value> {
  readonly #entries = new Map<string, Value>();
  readonly #loads = new Map<string, Promise<Value>>();
  readonly #load: (key: string) => Promise<Value>;
  readonly #capacity: number;

  constructor(load: (key: string) => Promise<Value>, capacity = 10_000) {
    this.#load = load;
    this.#capacity = capacity;
  }

  /** The value if it is held; does not load. Cheap enough for every call. */
  peek(key: string): Value | undefined {
    return this.#entries.get(key);
  }

  async get(key: string): Promise<Value> {
    const held = this.#entries.get(key);
    if (held !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, held);
      return held;
    }
    return await (this.#loads.get(key) ?? this.#startLoad(key));
  }

  invalidate(key: string): void {
    this.#entries.delete(key);
    this.#loads.delete(key);
  }

  /** Keeps nothing of the loads under way: for a change of which it is not known whom it concerns. */
  dropLoads(): void {
    this.#loads.clear();
  }

  clear(): void {
    this.#entries.clear();
    this.#loads.clear();
  }

  async #startLoad(key: string): Promise<Value> {
    const loading = this.#load(key);
    this.#loads.set(key, loading);
    try {
      const value = await loading;
      if (this.#loads.get(key) === loading) this.#keep(key, value);
      return value;
    } finally {
      if (this.#loads.get(key) === loading) this.#loads.delete(key);
    }
  }

  #keep(key: string, value: Value): void {
    if (value === null) return;
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#capacity) return;
    const oldest = this.#entries.keys().next().value;
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}
