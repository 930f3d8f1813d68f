import { MAX_FRAME_BYTES } from "./limits.ts";

/**
 * How messages travel through a pipe: `u32 length | u32 header length | header (JSON, UTF-8) | attachment`, big endian,
 * where `length` counts everything after itself. The attachment carries bytes that would be wasteful as JSON: bodies and files.
 */
export interface Frame {
  readonly header: unknown;
  /** Empty when the frame has no attachment. */
  readonly attachment: Uint8Array;
  /** Size of the whole frame in bytes. */
  readonly size: number;
}

/** What a reader throws at a frame that breaks the format. The connection is of no more use after it. */
export class FrameError extends Error {
  override readonly name = "FrameError";
}

const PREFIX_BYTES = 8;
const NO_BYTES = new Uint8Array(0);
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * The frame's bytes without those of its attachment, which must follow. Throws `FrameError` when the frame would be larger
 * than `MAX_FRAME_BYTES`, TypeError when JSON cannot express the header.
 */
export const encodeFrame = (header: unknown, attachment: Uint8Array = NO_BYTES): Uint8Array<ArrayBuffer> => {
  const json = encoder.encode(JSON.stringify(header));
  const length = 4 + json.length + attachment.length;
  if (length > MAX_FRAME_BYTES)
    throw new FrameError(`A frame of ${length} bytes is larger than ${MAX_FRAME_BYTES}.`);
  const bytes = new Uint8Array(PREFIX_BYTES + json.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, length);
  view.setUint32(4, json.length);
  bytes.set(json, PREFIX_BYTES);
  return bytes;
};

/**
 * Cuts a byte stream into frames. Holds at most one unfinished frame, never more than `MAX_FRAME_BYTES`.
 * An attachment is a view into the received chunk where possible: copy it to keep it.
 */
export class FrameDecoder {
  readonly #maxDepth: number;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #needed = PREFIX_BYTES;

  /** `maxDepth`: levels of nesting in a header, for headers from a side that is not trusted. */
  constructor(options: { readonly maxDepth?: number } = {}) {
    this.#maxDepth = options.maxDepth ?? Number.POSITIVE_INFINITY;
  }

  /** The frames that are complete with this chunk, in order. Throws `FrameError` at the first that breaks the format. */
  *push(chunk: Uint8Array): Generator<Frame> {
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    while (this.#waitingBytes >= this.#needed) {
      const bytes = this.#joined();
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const length = view.getUint32(0);
      const headerLength = view.getUint32(4);
      if (length > MAX_FRAME_BYTES)
        throw new FrameError(`A frame announces ${length} bytes; ${MAX_FRAME_BYTES} are allowed.`);
      if (headerLength + 4 > length) throw new FrameError("A frame's header is longer than the frame.");
      this.#needed = 4 + length;
      if (bytes.length < this.#needed) return;
      const size = this.#needed;
      this.#keep(bytes.subarray(size));
      this.#needed = PREFIX_BYTES;
      yield {
        header: this.#parse(bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + headerLength)),
        attachment: bytes.subarray(PREFIX_BYTES + headerLength, size),
        size,
      };
    }
  }

  #parse(header: Uint8Array): unknown {
    // A header shorter than the limit cannot nest deeper.
    if (header.length > this.#maxDepth && depthOf(header) > this.#maxDepth)
      throw new FrameError(`A frame's header nests deeper than ${this.#maxDepth} levels.`);
    return parseHeader(header);
  }

  #joined(): Uint8Array {
    const [only] = this.#waiting;
    if (this.#waiting.length === 1 && only !== undefined) return only;
    const bytes = new Uint8Array(this.#waitingBytes);
    let offset = 0;
    for (const part of this.#waiting) {
      bytes.set(part, offset);
      offset += part.length;
    }
    this.#waiting = [bytes];
    return bytes;
  }

  #keep(rest: Uint8Array): void {
    this.#waiting = rest.length === 0 ? [] : [rest];
    this.#waitingBytes = rest.length;
  }
}

const parseHeader = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch (cause) {
    throw new FrameError("A frame's header is not JSON.", { cause });
  }
};

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** `[` and `{`, `]` and `}` differ in this bit alone. */
const BRACE_BIT = 0x20;
const OPENING = 0x7b;
const CLOSING = 0x7d;

/** The deepest nesting in JSON text, by its brackets outside strings. Says nothing about whether it is JSON. */
const depthOf = (json: Uint8Array): number => {
  let depth = 0;
  let deepest = 0;
  let isInString = false;
  for (let index = 0; index < json.length; index++) {
    const byte = json[index] as number;
    if (isInString) {
      if (byte === BACKSLASH) index++;
      else if (byte === QUOTE) isInString = false;
    } else if (byte === QUOTE) isInString = true;
    else if ((byte | BRACE_BIT) === OPENING) deepest = Math.max(deepest, ++depth);
    else if ((byte | BRACE_BIT) === CLOSING) depth--;
  }
  return deepest;
};
