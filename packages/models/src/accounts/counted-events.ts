import { type ChatEvent, PatchbayError } from "@patchbay/protocol";
import type { EventBatches } from "../events-of.ts";

/** What hears how an answer goes. `ended` is called once: with null for a whole one, or what it ended with before its end. */
export interface AnswerListener {
  heard(event: ChatEvent): void;
  ended(code: string | null): void;
}

/** The events as they are. Unlike a generator's, their end is heard of by the listener even when nobody has begun to read them. */
export class CountedEvents implements EventBatches {
  readonly #events: EventBatches;
  readonly #listener: AnswerListener;

  constructor(events: EventBatches, listener: AnswerListener) {
    this.#events = events;
    this.#listener = listener;
  }

  async next(): Promise<IteratorResult<readonly ChatEvent[], void>> {
    try {
      const next = await this.#events.next();
      if (next.done === true) this.#listener.ended("cut");
      else for (const event of next.value) this.#hear(event);
      return next;
    } catch (error) {
      this.#listener.ended(error instanceof PatchbayError ? error.code : "internal");
      throw error;
    }
  }

  async return(): Promise<IteratorResult<readonly ChatEvent[], void>> {
    this.#listener.ended("cancelled");
    return await this.#events.return(undefined);
  }

  async throw(error: unknown): Promise<IteratorResult<readonly ChatEvent[], void>> {
    this.#listener.ended("cancelled");
    return await this.#events.throw(error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Before its reader has the end, it is in the accounts. */
  #hear(event: ChatEvent): void {
    this.#listener.heard(event);
    if (event.type === "finish") this.#listener.ended(null);
    if (event.type === "error") this.#listener.ended(event.error.code);
  }
}
