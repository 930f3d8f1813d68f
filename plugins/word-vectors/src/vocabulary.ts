import { VECTORS, WORDS } from "../dist/vectors.js";
import { DIMENSIONS, STEPS, STRONGEST, WORD_BYTES } from "./layout.ts";
import { weightOf } from "./weights.ts";

const MARKS = /\p{M}/gu;

/** The words that are known, with their vectors. */
export class Vocabulary {
  /** By frequency: the rank of each, the most frequent one having 0. */
  readonly #ranks: ReadonlyMap<string, number>;
  readonly #packed: Uint8Array;

  constructor() {
    this.#ranks = new Map(WORDS.split(" ").map((word, rank) => [word, rank]));
    const text = atob(VECTORS);
    this.#packed = new Uint8Array(text.length);
    for (let place = 0; place < text.length; place += 1) this.#packed[place] = text.charCodeAt(place);
  }

  /** Ranks of what is known of a word: its own, that without accents, or those of the parts that hyphens join; none for others. */
  find(word: string): readonly number[] {
    const own = this.#ranks.get(word) ?? this.#ranks.get(word.normalize("NFD").replaceAll(MARKS, ""));
    if (own !== undefined) return [own];
    return word.includes("-") ? word.split("-").flatMap((part) => this.find(part)) : [];
  }

  /** Adds the vector of the word of this rank to `sum`, by how much the word counts. */
  addTo(sum: Float64Array, rank: number): void {
    const start = rank * WORD_BYTES;
    const step = (this.#byte(start) / STRONGEST) * weightOf(rank, this.#ranks.size);
    for (let place = 0; place < DIMENSIONS; place += 1) {
      const pair = this.#byte(start + 1 + (place >> 1));
      const steps = ((place & 1) === 0 ? pair & 15 : pair >> 4) - STEPS;
      sum[place] = (sum[place] ?? 0) + step * steps;
    }
  }

  #byte(place: number): number {
    return this.#packed[place] ?? 0;
  }
}
