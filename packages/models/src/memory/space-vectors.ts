import { setImmediate as turn } from "node:timers/promises";
import { type PackedVector, unpackVector } from "./packed-vectors.ts";

/** Products that are summed before others have their turn: some three milliseconds. */
const PRODUCTS_A_TURN = 3_000_000;
const FIRST_ROWS = 256;
/** Steps of similarity, from 0 to 1, by which the nearest are told from others. */
const BINS = 4_096;
const GONE = -1;

export interface Near {
  readonly place: number;
  /** The cosine of the angle between the two, above 0. */
  readonly similarity: number;
}

/**
 * All vectors of a namespace in one block of memory, which is gone through from its beginning to its end. Rows are added and marked as
 * gone, and never changed, so that a search that others interrupt sees each as it was.
 */
export class SpaceVectors {
  #numbers = new Int8Array();
  #scales = new Float32Array();
  #places: number[] = [];
  #dimensions = 0;
  readonly #rows = new Map<number, number>();

  /** Bytes in memory, about. */
  get bytes(): number {
    return this.#numbers.length + this.#scales.length * 4 + this.#places.length * 48;
  }

  /** The vector of a memory; null: it has none, or is gone. */
  set(place: number, packed: Uint8Array | null): void {
    const before = this.#rows.get(place);
    if (before !== undefined) {
      this.#places[before] = GONE;
      this.#rows.delete(place);
    }
    const vector = packed && unpackVector(packed);
    if (vector === null) return;
    if (this.#rows.size === 0) this.#restart(vector.steps.length);
    // One of another length is of another model under the same name: it is embedded anew when that is changed.
    if (vector.steps.length !== this.#dimensions) return;
    this.#makeRoom();
    const row = this.#places.length;
    this.#numbers.set(vector.steps, row * this.#dimensions);
    this.#scales[row] = vector.scale;
    this.#places.push(place);
    this.#rows.set(place, row);
  }

  /** How near each is, for whoever wants the nearest. */
  async rank(query: PackedVector): Promise<Ranking> {
    // Whatever is added meanwhile is not in it.
    const numbers = this.#numbers;
    const scales = this.#scales;
    const places = this.#places;
    const count = places.length;
    const dimensions = this.#dimensions;
    const similarities = new Float32Array(query.steps.length === dimensions ? count : 0);
    const rowsATurn = Math.max(Math.floor(PRODUCTS_A_TURN / Math.max(dimensions, 1)), 1);
    for (let from = 0; from < similarities.length; from += rowsATurn) {
      if (from > 0) await turn();
      score({ numbers, scales, query, similarities }, from, Math.min(from + rowsATurn, count));
    }
    return new Ranking(places, similarities);
  }

  #restart(dimensions: number): void {
    this.#dimensions = dimensions;
    this.#numbers = new Int8Array(FIRST_ROWS * dimensions);
    this.#scales = new Float32Array(FIRST_ROWS);
    this.#places = [];
  }

  /** For one more row: twice as much as there are where there is none, without those that are gone. */
  #makeRoom(): void {
    if (this.#places.length < this.#scales.length) return;
    const kept = [...this.#rows].toSorted(([, one], [, other]) => one - other);
    const capacity = Math.max(kept.length * 2, FIRST_ROWS);
    const numbers = new Int8Array(capacity * this.#dimensions);
    const scales = new Float32Array(capacity);
    const places: number[] = [];
    for (const [place, row] of kept) {
      const from = row * this.#dimensions;
      numbers.set(this.#numbers.subarray(from, from + this.#dimensions), places.length * this.#dimensions);
      scales[places.length] = this.#scales[row] ?? 0;
      this.#rows.set(place, places.length);
      places.push(place);
    }
    this.#numbers = numbers;
    this.#scales = scales;
    this.#places = places;
  }
}

interface Scoring {
  readonly numbers: Int8Array;
  readonly scales: Float32Array;
  readonly query: PackedVector;
  readonly similarities: Float32Array;
}

/** Four sums beside each other: the processor need not wait for one to add to the next. */
const score = ({ numbers, scales, query, similarities }: Scoring, from: number, to: number): void => {
  const { steps, scale } = query;
  const dimensions = steps.length;
  const even = dimensions - (dimensions % 4);
  const wanted = Int32Array.from(steps);
  for (let row = from; row < to; row += 1) {
    const start = row * dimensions;
    let one = 0;
    let two = 0;
    let three = 0;
    let four = 0;
    for (let place = 0; place < even; place += 4) {
      one += (numbers[start + place] as number) * (wanted[place] as number);
      two += (numbers[start + place + 1] as number) * (wanted[place + 1] as number);
      three += (numbers[start + place + 2] as number) * (wanted[place + 2] as number);
      four += (numbers[start + place + 3] as number) * (wanted[place + 3] as number);
    }
    for (let place = even; place < dimensions; place += 1)
      one += (numbers[start + place] as number) * (wanted[place] as number);
    similarities[row] = (one + two + three + four) * scale * (scales[row] as number);
  }
};

/** How near the vectors of a namespace are to a question. */
export class Ranking {
  readonly #places: readonly number[];
  readonly #similarities: Float32Array;

  constructor(places: readonly number[], similarities: Float32Array) {
    this.#places = places;
    this.#similarities = similarities;
  }

  /** The nearest so many, the nearest first. */
  nearest(count: number): Near[] {
    const lowest = this.#lowestOf(count);
    const found: Near[] = [];
    // By number and not by iterator, which takes ten times as long.
    for (let row = 0; row < this.#similarities.length; row += 1) {
      const similarity = this.#similarities[row] ?? 0;
      if (similarity <= 0 || binOf(similarity) < lowest) continue;
      const place = this.#places[row] ?? GONE;
      if (place !== GONE) found.push({ place, similarity });
    }
    // The later one of two that are as near.
    return found
      .sort((one, other) => other.similarity - one.similarity || other.place - one.place)
      .slice(0, count);
  }

  /** The bin down to which there are so many. */
  #lowestOf(count: number): number {
    const bins = new Uint32Array(BINS + 1);
    for (let row = 0; row < this.#similarities.length; row += 1) {
      const similarity = this.#similarities[row] ?? 0;
      if (similarity <= 0 || this.#places[row] === GONE) continue;
      const bin = binOf(similarity);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    let found = 0;
    for (let bin = BINS; bin > 0; bin -= 1) {
      found += bins[bin] ?? 0;
      if (found >= count) return bin;
    }
    return 0;
  }
}

const binOf = (similarity: number): number => Math.min(Math.floor(similarity * BINS), BINS);
