interface Waiting<In, Out> {
  readonly item: In;
  readonly resolve: (out: Out) => void;
  readonly reject: (error: unknown) => void;
}

/** Does things together that come while others are being done: one batch at a time, so that they never wait for each other at the database. */
export class Batches<In, Out> {
  readonly #run: (items: readonly In[]) => Promise<readonly Out[]>;
  readonly #most: number;
  readonly #waiting = new Set<Waiting<In, Out>>();
  #running = false;

  /** `run` answers for each item, in their order; `most` come at a time. */
  constructor(run: (items: readonly In[]) => Promise<readonly Out[]>, most: number) {
    this.#run = run;
    this.#most = most;
  }

  /** `done` is what `run` answers for the item, or throws. `withdraw` takes the item back as long as it waits, so that nothing is done for it. */
  add(item: In): { readonly done: Promise<Out>; readonly withdraw: () => void } {
    const { promise, resolve, reject } = Promise.withResolvers<Out>();
    const one = { item, resolve, reject };
    this.#waiting.add(one);
    if (!this.#running) void this.#runAll();
    return { done: promise, withdraw: () => void this.#waiting.delete(one) };
  }

  async #runAll(): Promise<void> {
    this.#running = true;
    while (this.#waiting.size > 0) {
      const batch = [...this.#waiting.values().take(this.#most)];
      for (const one of batch) this.#waiting.delete(one);
      try {
        const outs = await this.#run(batch.map(({ item }) => item));
        for (const [place, { resolve }] of batch.entries()) resolve(outs[place] as Out);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#running = false;
  }
}
