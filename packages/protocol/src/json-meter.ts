import { FrameError } from "./frame-error.ts";
import { ESCAPES_A_TOKEN, MAX_JSON_DEPTH, MAX_JSON_NAMES, MAX_JSON_TOKENS } from "./limits.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
/** `[` and `{`, `]` and `}` differ in this bit alone. */
const BRACE_BIT = 0x20;
const OPENING = 0x7b;
const CLOSING = 0x7d;

/** Names are told apart by so many bits of a hash, which nobody outside can foresee. */
const NAME_BITS = 16;
const HASH_PRIME = 0x01_00_01_93;
const SHORTEST_NAME_BYTES = 4;
/** A longer name is not compared with others, and so counts as a new one each time. */
const LONG_NAME_BYTES = 64;

/**
 * Measures JSON text, piece by piece as it arrives, for what it will cost to read: nesting, values, different names. Says
 * nothing about whether it is JSON. It takes a nanosecond a byte; reading JSON that is made for it takes a hundred.
 */
export class JsonMeter {
  readonly #names: Uint8Array | undefined;
  readonly #seed = Math.floor(Math.random() * 2 ** 32);
  #nameCount = 0;
  #depth = 0;
  #tokens = 0;
  #escapes = 0;
  #isInString = false;
  #isEscaped = false;
  #hash = 0;
  #length = 0;

  /** `bytes`: of the whole text. A short one cannot have too many names. */
  constructor(bytes: number) {
    if (bytes > MAX_JSON_NAMES * SHORTEST_NAME_BYTES) this.#names = new Uint8Array(2 ** NAME_BITS);
  }

  /** Takes the next piece. Throws `FrameError` at the first limit that is passed. */
  feed(piece: Uint8Array): void {
    for (let index = 0; index < piece.length; ) {
      if (this.#isInString) {
        index = this.#takeText(piece, index);
        continue;
      }
      const byte = piece[index++] as number;
      if (byte === QUOTE) {
        this.#isInString = true;
        this.#hash = this.#seed;
        this.#length = 0;
      } else if (byte === COMMA) this.#count();
      else if (byte === COLON) this.#takeName();
      else if ((byte | BRACE_BIT) === OPENING) this.#descend();
      else if ((byte | BRACE_BIT) === CLOSING) this.#depth--;
    }
  }

  /** Reads on in a string; comes back with the place after its end. Most of what is large is text, so this is kept tight. */
  #takeText(piece: Uint8Array, start: number): number {
    const end = piece.length;
    let index = start;
    while (index < end) {
      const byte = piece[index++] as number;
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === BACKSLASH) this.#escape();
      else if (byte === QUOTE) {
        this.#isInString = false;
        return index;
      }
      if (++this.#length > LONG_NAME_BYTES) break;
      this.#hash = Math.imul(this.#hash ^ byte, HASH_PRIME);
    }
    return index < end ? this.#skipText(piece, index) : index;
  }

  /** The same for the rest of a long string: only its end is looked for. */
  #skipText(piece: Uint8Array, start: number): number {
    let index = start;
    let quote = -1;
    while (index < piece.length) {
      if (this.#isEscaped) {
        this.#isEscaped = false;
        index++;
      }
      if (quote < index) quote = placeOf(QUOTE, piece, index);
      const backslash = placeOf(BACKSLASH, piece.subarray(0, quote), index);
      if (backslash === quote) {
        if (quote === piece.length) return quote;
        this.#isInString = false;
        return quote + 1;
      }
      this.#escape();
      index = backslash + 1;
    }
    return index;
  }

  #escape(): void {
    this.#isEscaped = true;
    if (++this.#escapes % ESCAPES_A_TOKEN === 0) this.#count();
  }

  #takeName(): void {
    this.#count();
    if (this.#names === undefined) return;
    const place = this.#hash >>> (32 - NAME_BITS);
    if (this.#names[place] === 1 && this.#length <= LONG_NAME_BYTES) return;
    this.#names[place] = 1;
    if (++this.#nameCount > MAX_JSON_NAMES)
      throw new FrameError(
        `It has more than ${MAX_JSON_NAMES} different names. Send it in parts, or as text.`,
      );
  }

  #descend(): void {
    this.#count();
    if (++this.#depth > MAX_JSON_DEPTH)
      throw new FrameError(`It nests deeper than ${MAX_JSON_DEPTH} levels. Send a flatter form, or text.`);
  }

  #count(): void {
    if (++this.#tokens > MAX_JSON_TOKENS)
      throw new FrameError(
        `It has more than ${MAX_JSON_TOKENS} values. Send it in parts, as a stream or as text.`,
      );
  }
}

/** Where a byte is at the earliest; the length when it is nowhere. */
const placeOf = (byte: number, piece: Uint8Array, from: number): number => {
  const place = piece.indexOf(byte, from);
  return place === -1 ? piece.length : place;
};

/** Throws `FrameError` for JSON text that a host would not read. */
export const requireMeasured = (json: Uint8Array): void => {
  // Shorter text cannot nest too deep, nor have too many of anything.
  if (json.length > MAX_JSON_DEPTH) new JsonMeter(json.length).feed(json);
};
