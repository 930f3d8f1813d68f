import type { ChatEvent, ModelError } from "@patchbay/protocol";

/** Events of which the first that says something is looked at before an answer has a status. */
export class BegunEvents {
  readonly #events: AsyncGenerator<ChatEvent>;
  /** The last of those that only say that there is an answer. */
  #start: Extract<ChatEvent, { type: "start" }> | undefined;
  #first: Promise<ChatEvent | undefined> | undefined;
  #failure: ModelError | null = null;

  constructor(events: AsyncGenerator<ChatEvent>) {
    this.#events = events;
  }

  /** The model that says it answers. */
  get model(): string | undefined {
    return this.#start?.model;
  }

  /** What they begin with, if that is an error. */
  get failure(): ModelError | null {
    return this.#failure;
  }

  /** Waits for the first event, `ms` at the most (null: however long it takes). Whether it is there. */
  async begin(ms: number | null): Promise<boolean> {
    const first = this.#readFirst();
    this.#first = first;
    // Whoever reads on hears of it.
    first.catch(() => undefined);
    if (ms === null) {
      await first;
      return true;
    }
    const late = Promise.withResolvers<false>();
    const timer = setTimeout(() => late.resolve(false), ms);
    try {
      return await Promise.race([first.then(() => true), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  async *all(): AsyncGenerator<ChatEvent> {
    const first = await this.#first;
    if (this.#start !== undefined) yield this.#start;
    if (first === undefined) return;
    yield first;
    for (let next = await this.#events.next(); next.done !== true; next = await this.#events.next()) {
      if (next.value.type === "start") this.#start = next.value;
      yield next.value;
    }
  }

  /** Ends what is not read any more. They have been begun, so that their source hears of it. */
  async leave(): Promise<void> {
    await this.#events.return(undefined);
  }

  async #readFirst(): Promise<ChatEvent | undefined> {
    for (let next = await this.#events.next(); next.done !== true; next = await this.#events.next()) {
      const event = next.value;
      if (event.type === "error") this.#failure = event.error;
      if (event.type !== "start") return event;
      this.#start = event;
    }
    return undefined;
  }
}
