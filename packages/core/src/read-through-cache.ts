/** Says what a value counts. */
interface Scales<Value> {
  weigh(value: Value): number;
}

/**
 * Holds what `load` returned until it is invalidated or pushed out as the least recently used. A value whose load was
 * under way when it was invalidated is handed to those who wait for it, but not kept. Absence (null) is never kept, nor is
 * what weighs more than all may: `capacity` counts values, unless `scales` say what each of them counts.
 */
export class ReadThroughCache<Value> {
  readonly #entries = new Map<string, Value>();
  readonly #loads = new Map<string, Promise<Value>>();
  readonly #load: (key: string) => Promise<Value>;
  readonly #capacity: number;
  readonly #scales: Scales<Value>;
  #weight = 0;

  constructor(
    load: (key: string) => Promise<Value>,
    capacity = 10_000,
    scales: Scales<Value> = { weigh: () => 1 },
  ) {
    this.#load = load;
    this.#capacity = capacity;
    this.#scales = scales;
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
    this.#drop(key);
    this.#loads.delete(key);
  }

  /** Keeps nothing of the loads under way: for a change of which it is not known whom it concerns. */
  dropLoads(): void {
    this.#loads.clear();
  }

  clear(): void {
    this.#entries.clear();
    this.#loads.clear();
    this.#weight = 0;
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
    if (value === null || this.#scales.weigh(value) > this.#capacity) return;
    this.#drop(key);
    this.#entries.set(key, value);
    this.#weight += this.#scales.weigh(value);
    for (const oldest of this.#entries.keys()) {
      if (this.#weight <= this.#capacity) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const held = this.#entries.get(key);
    if (held === undefined || !this.#entries.delete(key)) return;
    this.#weight -= this.#scales.weigh(held);
  }
}
