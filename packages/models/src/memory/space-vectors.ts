import { type PackedVector, unpackVector } from "./packed-vectors.ts";
import { Ranking } from "./ranking.ts";
import { VectorRows } from "./vector-rows.ts";

/** All vectors of a namespace, by their length: a model that has changed may give others under the same name. */
export class SpaceVectors {
  readonly #byLength = new Map<number, VectorRows>();

  /** Bytes in memory, about. */
  get bytes(): number {
    return this.#byLength.values().reduce((sum, rows) => sum + rows.bytes, 0);
  }

  /** The vector of a memory; null: it has none, or is gone. */
  set(place: number, packed: Uint8Array | null): void {
    for (const [length, rows] of this.#byLength)
      if (rows.remove(place) && rows.size === 0) this.#byLength.delete(length);
    const vector = packed && unpackVector(packed);
    if (vector === null) return;
    const { length } = vector.steps;
    const rows = this.#byLength.get(length) ?? new VectorRows(length);
    this.#byLength.set(length, rows);
    rows.add(place, vector);
  }

  /** Whether some cannot be compared with the vector, since they have another length. */
  hasOthersThan({ steps }: PackedVector): boolean {
    return this.#byLength.size > (this.#byLength.has(steps.length) ? 1 : 0);
  }

  /** How near each of the same length is, for whoever wants the nearest. */
  async rank(query: PackedVector): Promise<Ranking> {
    return (await this.#byLength.get(query.steps.length)?.rank(query)) ?? new Ranking([]);
  }
}
