import { setImmediate as turn } from "node:timers/promises";
import type { PackedVector } from "./packed-vectors.ts";
import { GONE, type RankedRows, Ranking } from "./ranking.ts";

/** Products that are summed before others have their turn: some three milliseconds. */
const PRODUCTS_A_TURN = 3_000_000;
/** Rows of the first block; each further one is as large as all before it, up to a bound. */
const FIRST_ROWS = 16;
const MAX_BLOCK_BYTES = 4 * 1024 * 1024;
/** Of the rows that are there, the part that may be gone before the others are moved together. */
const GONE_SHARE = 0.25;
/** Of the table that says where a row is, for each: about. */
const TABLE_BYTES = 48;

interface Block {
  /** Number of its first row among all. */
  readonly start: number;
  readonly numbers: Int8Array;
  readonly scales: Float32Array;
  readonly places: Float64Array;
  used: number;
}

/**
 * Vectors of one length, in blocks of memory which are gone through from their beginning to their end. Rows are added and marked as gone, and
 * never changed, so that a search that others interrupt sees each as it was. What is held is never more than what the rows take, a quarter of
 * that, and one block.
 */
export class VectorRows {
  readonly dimensions: number;
  #blocks: Block[] = [];
  readonly #rows = new Map<number, number>();
  #gone = 0;

  constructor(dimensions: number) {
    this.dimensions = dimensions;
  }

  get size(): number {
    return this.#rows.size;
  }

  /** Bytes in memory, about. */
  get bytes(): number {
    const blocks = this.#blocks.reduce(
      (sum, { numbers, scales, places }) => sum + numbers.byteLength + scales.byteLength + places.byteLength,
      0,
    );
    return blocks + this.#rows.size * TABLE_BYTES;
  }

  /** Whether it was there. */
  remove(place: number): boolean {
    const row = this.#rows.get(place);
    if (row === undefined) return false;
    this.#rows.delete(place);
    const block = this.#blocks.findLast(({ start }) => start <= row);
    if (block !== undefined) block.places[row - block.start] = GONE;
    this.#gone += 1;
    if (this.#gone > Math.max(FIRST_ROWS, this.#rows.size * GONE_SHARE)) this.#moveTogether();
    return true;
  }

  /** Adds one that is not there. */
  add(place: number, { steps, scale }: PackedVector): void {
    const block = this.#roomy();
    const row = block.used;
    block.numbers.set(steps, row * this.dimensions);
    block.scales[row] = scale;
    block.places[row] = place;
    block.used += 1;
    this.#rows.set(place, block.start + row);
  }

  /** How near each is to a vector of the same length, for whoever wants the nearest. Whatever is added meanwhile is not in it. */
  async rank(query: PackedVector): Promise<Ranking> {
    const rowsATurn = Math.max(Math.floor(PRODUCTS_A_TURN / this.dimensions), 1);
    const parts: RankedRows[] = [];
    let left = rowsATurn;
    for (const { block, count } of this.#blocks.map((one) => ({ block: one, count: one.used }))) {
      const similarities = new Float32Array(count);
      for (let from = 0; from < count; ) {
        const to = Math.min(from + left, count);
        score(block, query, similarities, from, to);
        left -= to - from;
        from = to;
        if (left > 0) continue;
        await turn();
        left = rowsATurn;
      }
      parts.push({ places: block.places, similarities });
    }
    return new Ranking(parts);
  }

  /** The last block, or a new one where it is full. */
  #roomy(): Block {
    const last = this.#blocks.at(-1);
    if (last !== undefined && last.used < last.scales.length) return last;
    const start = last === undefined ? 0 : last.start + last.scales.length;
    const most = Math.max(Math.floor(MAX_BLOCK_BYTES / this.dimensions), 1);
    const rows = Math.min(Math.max(start, FIRST_ROWS), most);
    const block = {
      start,
      numbers: new Int8Array(rows * this.dimensions),
      scales: new Float32Array(rows),
      places: new Float64Array(rows),
      used: 0,
    };
    this.#blocks.push(block);
    return block;
  }

  /** Into new blocks: searches go on with the ones that they began with. */
  #moveTogether(): void {
    const before = this.#blocks;
    this.#blocks = [];
    this.#rows.clear();
    this.#gone = 0;
    for (let block = before.shift(); block !== undefined; block = before.shift())
      for (let row = 0; row < block.used; row += 1) {
        const place = block.places[row] ?? GONE;
        if (place === GONE) continue;
        const steps = block.numbers.subarray(row * this.dimensions, (row + 1) * this.dimensions);
        this.add(place, { steps, scale: block.scales[row] ?? 0 });
      }
  }
}

/** Four sums beside each other: the processor need not wait for one to add to the next. */
const score = (
  { numbers, scales }: Block,
  { steps, scale }: PackedVector,
  similarities: Float32Array,
  from: number,
  to: number,
): void => {
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
