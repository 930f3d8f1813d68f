import type { FoundByWords, HostCaller, Memory, MemorySpace, MemoryStore, Unembedded } from "@patchbay/core";
import { type MemoryMeaning, PatchbayError } from "@patchbay/protocol";
import type { ModelCaller } from "../providers/ask-provider.ts";
import { askerOf, type Embedder } from "./embedder.ts";
import { DROPPED_AT_ONCE, EMBEDDED_BY_SEARCH, FUSED_OF_EACH, MODEL_RESTS_MS, RANK_OFFSET } from "./limits.ts";
import { unpackVector } from "./packed-vectors.ts";
import type { Near, Ranking } from "./ranking.ts";
import { memoryMetadata, requireExact } from "./texts.ts";
import type { VectorCache } from "./vector-cache.ts";

export interface MemoryQuestion extends Pick<ModelCaller, "path" | "startedBy" | "from"> {
  readonly query: string;
  readonly limit: number;
  readonly now: Date;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}

export interface FoundMemory {
  readonly memory: Memory;
  readonly score: number;
  readonly words: { readonly rank: number; readonly share: number } | null;
  readonly meaning: { readonly rank: number; readonly similarity: number } | null;
}

interface EmbeddedQuestion {
  readonly question: Uint8Array;
  /** Whether all memories have a vector by now. */
  readonly isComplete: boolean;
}

interface ByMeaning {
  readonly meaning: MemoryMeaning;
  readonly near: readonly (Near & { readonly memory: Memory })[];
}

type SearchedStore = Pick<MemoryStore, "findByWords" | "listByPlace" | "listUnembedded" | "dropVectors">;

/** Finds memories by the question's words and by its meaning, and fuses both lists by their ranks. */
export class MemorySearch {
  readonly #store: SearchedStore;
  readonly #embedder: Embedder;
  readonly #vectors: VectorCache;
  /** Until when models are not asked that could not embed, by installation. */
  readonly #rests = new Map<string, number>();

  constructor(store: SearchedStore, embedder: Embedder, vectors: VectorCache) {
    this.#store = store;
    this.#embedder = embedder;
    this.#vectors = vectors;
  }

  /** The best first. A model that fails takes nothing away of what is found by words. Throws `invalid_input`. */
  async search(
    owner: HostCaller,
    spaces: readonly MemorySpace[],
    question: MemoryQuestion,
  ): Promise<{ readonly found: readonly FoundMemory[]; readonly meaning: MemoryMeaning }> {
    const ids = spaces.map(({ id }) => id);
    requireExact("question", question.query);
    if (question.metadata !== undefined) memoryMetadata(question.metadata);
    const byMeaning = this.#byMeaning(owner, spaces, question);
    // Whoever waits for the other first hears of it then.
    byMeaning.catch(() => undefined);
    const words = await this.#store.findByWords(ids, question.query, question, FUSED_OF_EACH);
    const { meaning, near } = await byMeaning;
    const known = new Map(near.map(({ memory }) => [memory.place, memory]));
    const unknown = words.map(({ place }) => place).filter((place) => !known.has(place));
    for (const memory of await this.#store.listByPlace(ids, unknown, question))
      known.set(memory.place, memory);
    const found = fused(near, words)
      .flatMap(([place, why]) => {
        const memory = known.get(place);
        return memory === undefined ? [] : [{ memory, ...why }];
      })
      .slice(0, question.limit);
    return { found, meaning };
  }

  async #byMeaning(
    owner: HostCaller,
    spaces: readonly MemorySpace[],
    question: MemoryQuestion,
  ): Promise<ByMeaning> {
    const model = await this.#embedder.modelOf(owner);
    // What keeps one plugin from asking may be its own: others go on.
    const resting = `${owner.installationId} ${model}`;
    if (performance.now() < (this.#rests.get(resting) ?? 0)) return { meaning: "unavailable", near: [] };
    const caller = askerOf(owner, question.signal, question);
    const embedded =
      (await this.#embed(caller, model, spaces, question)) ??
      (await this.#embedAlone(caller, model, question.query, resting));
    if (embedded === null || embedded === "refused") return { meaning: "unavailable", near: [] };
    const { question: asked } = embedded;
    const vector = unpackVector(asked);
    const rankings: Ranking[] = [];
    let isComplete = embedded.isComplete;
    if (vector !== null)
      for (const space of spaces) {
        const vectors = await this.#vectors.current(space, model);
        rankings.push(await vectors.rank(vector));
        if (!vectors.hasOthersThan(vector)) continue;
        // The model is another one under the same name: what it has embedded before is embedded anew.
        isComplete = false;
        await this.#store.dropVectors(space.id, model, asked.length, DROPPED_AT_ONCE);
      }
    const near = await this.#nearest(spaces, rankings, question);
    return { meaning: isComplete ? "complete" : "partial", near };
  }

  /** For a while nobody waits for it. */
  #rest(model: string): void {
    const now = performance.now();
    for (const [name, until] of this.#rests) if (until <= now) this.#rests.delete(name);
    this.#rests.set(model, now + MODEL_RESTS_MS);
  }

  /** null where the model fails; "refused" where a budget of whoever asks is used up, which says nothing about the model. */
  async #vectorsOf(
    caller: ModelCaller,
    model: string,
    texts: readonly string[],
  ): Promise<readonly Uint8Array[] | null | "refused"> {
    try {
      return await this.#embedder.embed(caller, model, texts);
    } catch (error) {
      caller.signal.throwIfAborted();
      return isOfBudget(error) ? "refused" : null;
    }
  }

  /**
   * The question's vector alone, where the model has failed: it may fail for one of the memories. Where it answers nothing else either, it
   * rests; what it fails for the question of one person is nobody else's affair.
   */
  async #embedAlone(
    caller: ModelCaller,
    model: string,
    query: string,
    resting: string,
  ): Promise<EmbeddedQuestion | null | "refused"> {
    if (!(await this.#embedder.answers(caller, model))) {
      this.#rest(resting);
      return null;
    }
    const vectors = await this.#vectorsOf(caller, model, [query]);
    if (vectors === "refused") return vectors;
    const [question] = vectors ?? [];
    return question === undefined ? null : { question, isComplete: false };
  }

  /** The question's vector, and those of memories that have none yet, which are kept; null where the model fails. */
  async #embed(
    caller: ModelCaller,
    model: string,
    spaces: readonly MemorySpace[],
    { query }: MemoryQuestion,
  ): Promise<EmbeddedQuestion | null | "refused"> {
    const waiting: { space: MemorySpace; memories: readonly Unembedded[] }[] = [];
    for (const space of spaces)
      waiting.push({
        space,
        memories: await this.#store.listUnembedded(space.id, model, EMBEDDED_BY_SEARCH + 1),
      });
    const isComplete = waiting.every(({ memories }) => memories.length <= EMBEDDED_BY_SEARCH);
    const embedded = waiting.map(({ space, memories }) => ({
      space,
      memories: memories.slice(0, EMBEDDED_BY_SEARCH),
    }));
    const texts = embedded.flatMap(({ memories }) => memories.map(({ text }) => text));
    const vectors = await this.#vectorsOf(caller, model, [query, ...texts]);
    if (vectors === null || vectors === "refused") return vectors;
    const [question = new Uint8Array(), ...others] = vectors;
    let from = 0;
    for (const { space, memories } of embedded) {
      await this.#embedder.keep(space, model, memories, others.slice(from, from + memories.length));
      from += memories.length;
    }
    return { question, isComplete };
  }

  /** Those that are there and have the metadata: more and more of the nearest are looked at until there are enough. */
  async #nearest(
    spaces: readonly MemorySpace[],
    rankings: readonly Ranking[],
    question: MemoryQuestion,
  ): Promise<ByMeaning["near"]> {
    const ids = spaces.map(({ id }) => id);
    const found: (Near & { memory: Memory })[] = [];
    let seen = 0;
    for (let count = FUSED_OF_EACH + 4; ; count *= 4) {
      question.signal.throwIfAborted();
      const nearest = rankings
        .flatMap((ranking) => ranking.nearest(count))
        .toSorted((one, other) => other.similarity - one.similarity || other.place - one.place)
        .slice(0, count);
      const further = nearest.slice(seen);
      const memories = await this.#store.listByPlace(
        ids,
        further.map(({ place }) => place),
        question,
      );
      const byPlace = new Map(memories.map((memory) => [memory.place, memory]));
      for (const near of further) {
        const memory = byPlace.get(near.place);
        if (memory !== undefined) found.push({ ...near, memory });
      }
      if (found.length >= FUSED_OF_EACH || nearest.length < count) return found.slice(0, FUSED_OF_EACH);
      seen = nearest.length;
    }
  }
}

const isOfBudget = (error: unknown): boolean =>
  error instanceof PatchbayError && (error.code === "budget_exceeded" || error.code === "rate_limited");

/** Both lists as one, the best first: each place with the ranks that it has. The later one of two that are as good. */
const fused = (
  near: readonly Near[],
  words: readonly FoundByWords[],
): readonly (readonly [number, Omit<FoundMemory, "memory">])[] => {
  const all = new Map<number, Omit<FoundMemory, "memory">>();
  for (const [rank, { place, similarity }] of near.entries())
    all.set(place, {
      score: 1 / (RANK_OFFSET + rank + 1),
      words: null,
      meaning: { rank: rank + 1, similarity },
    });
  for (const [rank, { place, share }] of words.entries()) {
    const before = all.get(place) ?? { score: 0, meaning: null };
    // Of a question of ten words, the one that a memory has says little about it.
    const score = before.score + share / (RANK_OFFSET + rank + 1);
    all.set(place, { ...before, score, words: { rank: rank + 1, share } });
  }
  return [...all].toSorted(([one, a], [other, b]) => b.score - a.score || other - one);
};
