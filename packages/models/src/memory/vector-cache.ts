import type { MemorySpace, MemoryStore } from "@patchbay/core";
import { MAX_HELD_VECTOR_BYTES, VECTORS_AGE_MS, VECTORS_READ_AT_ONCE } from "./limits.ts";
import { SpaceVectors } from "./space-vectors.ts";

interface Held {
  readonly model: string;
  readonly since: number;
  readonly vectors: SpaceVectors;
  revision: number;
  /** The last reading of what is new; one waits for the other. */
  reading: Promise<void>;
}

/**
 * The vectors of namespaces on this node. Each search first asks the database for what is new since the last one, so that what is held is
 * as it is there, on every node. The namespaces that were searched longest ago go when there are too many; one that alone is more than is
 * held goes itself, and is read anew by the next search.
 */
export class VectorCache {
  readonly #store: Pick<MemoryStore, "vectorsSince">;
  readonly #maxBytes: number;
  readonly #held = new Map<string, Held>();

  constructor(store: Pick<MemoryStore, "vectorsSince">, maxBytes = MAX_HELD_VECTOR_BYTES) {
    this.#store = store;
    this.#maxBytes = maxBytes;
  }

  /** All vectors that memories of the namespace have of the model by now. */
  async current({ id }: Pick<MemorySpace, "id">, model: string): Promise<SpaceVectors> {
    const held = this.#take(id, model);
    held.reading = held.reading.then(() => this.#read(id, held));
    try {
      await held.reading;
    } catch (error) {
      // What was read in part is read from the beginning the next time.
      if (this.#held.get(id) === held) this.#held.delete(id);
      throw error;
    }
    this.#makeRoom(id);
    return held.vectors;
  }

  #take(id: string, model: string): Held {
    const there = this.#held.get(id);
    this.#held.delete(id);
    const isGood =
      there !== undefined && there.model === model && performance.now() - there.since < VECTORS_AGE_MS;
    const held = isGood
      ? there
      : {
          model,
          since: performance.now(),
          vectors: new SpaceVectors(),
          revision: 0,
          reading: Promise.resolve(),
        };
    this.#held.set(id, held);
    return held;
  }

  async #read(id: string, held: Held): Promise<void> {
    let after = 0;
    let reached: number | undefined;
    for (;;) {
      const { model, revision, vectors } = held;
      const news = await this.#store.vectorsSince(id, model, revision, after, VECTORS_READ_AT_ONCE);
      for (const place of news.gone) vectors.set(place, null);
      for (const { place, vector } of news.changed) vectors.set(place, vector);
      // As far as the first reading goes: what has changed since then is read the next time.
      reached ??= news.revision;
      if (news.isLast) break;
      after = news.changed.at(-1)?.place ?? after;
    }
    held.revision = reached;
  }

  #makeRoom(id: string): void {
    const read = this.#held.get(id);
    if (read !== undefined && read.vectors.bytes > this.#maxBytes) this.#held.delete(id);
    let bytes = this.#held.values().reduce((sum, { vectors }) => sum + vectors.bytes, 0);
    for (const [other, { vectors }] of this.#held) {
      if (bytes <= this.#maxBytes) return;
      bytes -= vectors.bytes;
      this.#held.delete(other);
    }
  }
}
