import type { CallContent, Mask, Masks } from "@patchbay/protocol";
import { MAX_CONTENT_DEPTH, MAX_CONTENT_LENGTH, MIN_FILE_LENGTH } from "./limits.ts";

const BASE64 = /^(?:data:[^,]{0,200};base64,)?[A-Za-z0-9+/_-]*={0,2}$/;

/** The beginning of a value as JSON, without what its masks keep out and without files. Takes no longer than what is kept is long. */
export class KeptJson {
  readonly #masks: Masks;
  #json = "";
  #isCut = false;
  #values = 0;

  constructor(masks: Masks) {
    this.#masks = masks;
  }

  /** The whole of one value. */
  static of(value: unknown, masks: Masks): CallContent {
    const kept = new KeptJson(masks);
    kept.#add(value, 0);
    return kept.#content();
  }

  /** The next value of a stream, which is kept as a list. */
  push(value: unknown): void {
    this.#put(this.#values === 0 ? "[" : ",");
    this.#values += 1;
    this.#add(value, 1);
  }

  /** The list, as far as it came. */
  end(): CallContent {
    this.#put(this.#values === 0 ? "[]" : "]");
    return this.#content();
  }

  #content(): CallContent {
    return { json: this.#json.toWellFormed(), isCut: this.#isCut };
  }

  #put(text: string): void {
    if (this.#isCut) return;
    const left = MAX_CONTENT_LENGTH - this.#json.length;
    this.#json += text.slice(0, left);
    this.#isCut = text.length > left;
  }

  #add(value: unknown, depth: number, mask: Mask | null = this.#masks.whole): void {
    if (this.#isCut) return;
    if (mask !== null && value !== null && value !== undefined) this.#put(`"${mask}"`);
    else if (typeof value === "string") this.#put(textOf(value));
    else if (typeof value !== "object" || value === null) this.#put(JSON.stringify(value) ?? "null");
    else if (depth > MAX_CONTENT_DEPTH) this.#isCut = true;
    else if (Array.isArray(value)) this.#addList(value, depth);
    else this.#addObject(value, depth);
  }

  #addList(list: readonly unknown[], depth: number): void {
    this.#put("[");
    for (const [index, value] of list.entries()) {
      if (this.#isCut) return;
      if (index > 0) this.#put(",");
      this.#add(value, depth + 1);
    }
    this.#put("]");
  }

  #addObject(value: object, depth: number): void {
    this.#put("{");
    let isFirst = true;
    for (const name in value) {
      if (this.#isCut) return;
      this.#put(`${isFirst ? "" : ","}${textOf(name)}:`);
      isFirst = false;
      const mask = this.#masks.named.get(name) ?? null;
      this.#add((value as Record<string, unknown>)[name], depth + 1, mask);
    }
    this.#put("}");
  }
}

/** No more of it is looked at than may be kept. */
const textOf = (text: string): string =>
  text.length >= MIN_FILE_LENGTH && BASE64.test(text.slice(0, MIN_FILE_LENGTH))
    ? '"[file]"'
    : JSON.stringify(text.slice(0, MAX_CONTENT_LENGTH + 1));
