import { type PackedVector, unpackVector } from "./packed-vectors.ts";
import { Ranking } from "./ranking.ts";
import { VectorRows } from "./vector-rows.ts";

/** All vectors of a namespace, by their length: a model that has changed may give others under the same name. */
export class SpaceVectors {
  /** Of the length that the first had: of nearly all namespaces the only ones. */
  #main = new VectorRows(1);
  readonly #others = new Map<number, VectorRows>();
  /** Where those are that are not among the main ones. */
  readonly #elsewhere = new Map<number, VectorRows>();

  /** Bytes in memory, about. */
  get bytes(): number {
    return this.#others.values().reduce((sum, rows) => sum + rows.bytes, this.#main.bytes);
  }

  /** The vector of a memory; null: it has none, or is gone. */
  set(place: number, packed: Uint8Array | null): void {
    this.#remove(place);
    const vector = packed && unpackVector(packed);
    if (vector === null) return;
    const { length } = vector.steps;
    if (this.#main.size === 0 && this.#others.size === 0) this.#main = new VectorRows(length);
    const rows = this.#rowsOf(length) ?? new VectorRows(length);
    rows.add(place, vector);
    if (rows === this.#main) return;
    this.#others.set(length, rows);
    this.#elsewhere.set(place, rows);
  }

  /** Whether some cannot be compared with the vector, since they have another length. */
  hasOthersThan({ steps }: PackedVector): boolean {
    if (this.#main.size > 0 && this.#main.dimensions !== steps.length) return true;
    return this.#others.size > (this.#others.has(steps.length) ? 1 : 0);
  }

  /** How near each of the same length is, for whoever wants the nearest. */
  async rank(query: PackedVector): Promise<Ranking> {
    return (await this.#rowsOf(query.steps.length)?.rank(query)) ?? new Ranking([]);
  }

  #rowsOf(length: number): VectorRows | undefined {
    return this.#main.dimensions === length ? this.#main : this.#others.get(length);
  }

  #remove(place: number): void {
    if (this.#main.remove(place)) return;
    const rows = this.#elsewhere.get(place);
    if (rows === undefined) return;
    rows.remove(place);
    this.#elsewhere.delete(place);
    if (rows.size === 0) this.#others.delete(rows.dimensions);
  }
}
