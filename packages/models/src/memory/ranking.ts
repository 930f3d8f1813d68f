/** The place of a row whose memory is gone. */
export const GONE = -1;
/** Steps of similarity, from 0 to 1, by which the nearest are told from others. */
const BINS = 4_096;

export interface Near {
  readonly place: number;
  /** The cosine of the angle between the two, above 0. */
  readonly similarity: number;
}

/** Some rows with how near each is. Their places become `GONE` when they are. */
export interface RankedRows {
  readonly places: Float64Array;
  readonly similarities: Float32Array;
}

/** How near the vectors of a namespace are to a question. */
export class Ranking {
  readonly #parts: readonly RankedRows[];

  constructor(parts: readonly RankedRows[]) {
    this.#parts = parts;
  }

  /** The nearest so many, the nearest first. */
  nearest(count: number): Near[] {
    const lowest = this.#lowestOf(count);
    const found: Near[] = [];
    // By number and not by iterator, which takes ten times as long.
    for (const { places, similarities } of this.#parts)
      for (let row = 0; row < similarities.length; row += 1) {
        const similarity = similarities[row] ?? 0;
        if (similarity <= 0 || binOf(similarity) < lowest) continue;
        const place = places[row] ?? GONE;
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
    for (const { places, similarities } of this.#parts)
      for (let row = 0; row < similarities.length; row += 1) {
        const similarity = similarities[row] ?? 0;
        if (similarity <= 0 || places[row] === GONE) continue;
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
