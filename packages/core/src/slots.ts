/** Slots of several owners, each with as many of its own. */
export class OwnSlots {
  readonly #count: number;
  readonly #held = new Map<string, { readonly slots: Slots; users: number }>();

  constructor(count: number) {
    this.#count = count;
  }

  /** As `Slots.take`, of the owner's. */
  async take(owner: string, signal: AbortSignal): Promise<() => void> {
    const held = this.#held.get(owner) ?? { slots: new Slots(this.#count), users: 0 };
    this.#held.set(owner, held);
    held.users += 1;
    const leave = () => {
      held.users -= 1;
      if (held.users === 0) this.#held.delete(owner);
    };
    try {
      const pass = await held.slots.take(signal);
      return () => {
        pass();
        leave();
      };
    } catch (error) {
      leave();
      throw error;
    }
  }
}

/** A number of places; who finds none waits for one, in the order of coming. */
export class Slots {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(count: number) {
    this.#free = count;
  }

  /** Comes back with what gives the place up again, to be called once. Throws the reason of `signal`. */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#free > 0) this.#free -= 1;
    else await this.#turn(signal);
    return () => this.#pass();
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const come = () => {
        signal.removeEventListener("abort", give);
        resolve();
      };
      const give = () => {
        this.#waiting.delete(come);
        reject(signal.reason);
      };
      this.#waiting.add(come);
      signal.addEventListener("abort", give, { once: true });
    });
  }

  #pass(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
