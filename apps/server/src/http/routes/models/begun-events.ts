import type { EventBatches } from "@patchbay/models";
import type { ChatEvent, ModelError } from "@patchbay/protocol";

/** Events of which the first that says something is looked at before an answer has a status. */
export class BegunEvents {
  readonly #events: EventBatches;
  /** The last of those that only say that there is an answer. */
  #start: Extract<ChatEvent, { type: "start" }> | undefined;
  #first: Promise<readonly ChatEvent[]> | undefined;
  #failure: ModelError | null = null;

  constructor(events: EventBatches) {
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

  async *all(): EventBatches {
    const first = (await this.#first) ?? [];
    if (this.#start !== undefined) yield [this.#start, ...first];
    else yield first;
    for (let next = await this.#events.next(); next.done !== true; next = await this.#events.next()) {
      this.#noteStart(next.value);
      yield next.value;
    }
  }

  /** Ends what is not read any more. They have been begun, so that their source hears of it. */
  async leave(): Promise<void> {
    await this.#events.return(undefined);
  }

  /** From the first on that says something; none where they end before. */
  async #readFirst(): Promise<readonly ChatEvent[]> {
    for (let next = await this.#events.next(); next.done !== true; next = await this.#events.next()) {
      const batch = next.value;
      this.#noteStart(batch);
      const at = batch.findIndex(({ type }) => type !== "start");
      if (at < 0) continue;
      const first = batch.slice(at);
      if (first[0]?.type === "error") this.#failure = first[0].error;
      return first;
    }
    return [];
  }

  #noteStart(batch: readonly ChatEvent[]): void {
    for (const event of batch) if (event.type === "start") this.#start = event;
  }
}
