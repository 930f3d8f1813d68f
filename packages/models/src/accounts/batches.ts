interface Waiting<In, Out> {
  readonly item: In;
  readonly resolve: (out: Out) => void;
  readonly reject: (error: unknown) => void;
}

/** Does things together that come while others are being done: one batch at a time, so that they never wait for each other at the database. */
export class Batches<In, Out> {
  readonly #run: (items: readonly In[]) => Promise<readonly Out[]>;
  readonly #most: number;
  #waiting: Waiting<In, Out>[] = [];
  #running = false;

  /** `run` answers for each item, in their order; `most` come at a time. */
  constructor(run: (items: readonly In[]) => Promise<readonly Out[]>, most: number) {
    this.#run = run;
    this.#most = most;
  }

  /** What `run` answers for the item. Throws what it throws. */
  add(item: In): Promise<Out> {
    const { promise, resolve, reject } = Promise.withResolvers<Out>();
    this.#waiting.push({ item, resolve, reject });
    if (!this.#running) void this.#runAll();
    return promise;
  }

  async #runAll(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#most);
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
