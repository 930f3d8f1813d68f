import { MAX_KEPT_CHARACTERS, MAX_KEPT_VALUES } from "../../limits.ts";

interface Kept {
  readonly value: unknown;
  readonly characters: number;
}

/** The newest values of a stream, bounded by their number and their size. */
export class NewestValues {
  #kept: Kept[] = [];
  #characters = 0;
  #count = 0;

  /** How many have come in all. */
  get count(): number {
    return this.#count;
  }

  get values(): readonly unknown[] {
    return this.#kept.map(({ value }) => value);
  }

  add(value: unknown): void {
    const characters = (JSON.stringify(value) ?? "").length;
    this.#kept.push({ value, characters });
    this.#characters += characters;
    this.#count += 1;
    let dropped = 0;
    while (this.#isTooMuch(dropped)) {
      this.#characters -= this.#kept[dropped]?.characters ?? 0;
      dropped += 1;
    }
    if (dropped > 0) this.#kept = this.#kept.slice(dropped);
  }

  #isTooMuch(dropped: number): boolean {
    const left = this.#kept.length - dropped;
    return left > 1 && (left > MAX_KEPT_VALUES || this.#characters > MAX_KEPT_CHARACTERS);
  }
}
