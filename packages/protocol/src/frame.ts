import { FrameError } from "./frame-error.ts";
import { JsonMeter } from "./json-meter.ts";
import { MAX_FRAME_BYTES, MAX_JSON_DEPTH } from "./limits.ts";

/**
 * How messages travel through a pipe: `u32 length | u32 header length | header (JSON, UTF-8) | attachment`, big endian,
 * where `length` counts everything after itself. The attachment carries bytes that would be wasteful as JSON: bodies and files.
 */
export interface Frame {
  readonly header: unknown;
  /** Empty when the frame has no attachment. */
  readonly attachment: Uint8Array;
  /** Size of the header in bytes, and of the whole frame. */
  readonly headerSize: number;
  readonly size: number;
}

/** Of the two lengths that a frame begins with. */
export const FRAME_PREFIX_BYTES = 8;
const NO_BYTES = new Uint8Array(0);
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Headers of most messages are small: they are written one after the other into a buffer of this size. */
const POOL_BYTES = 64 * 1024;
const MAX_POOLED_CHARACTERS = 2 * 1024;
/** In UTF-8, of one unit of UTF-16. */
const MAX_CHARACTER_BYTES = 3;

let pool = new Uint8Array(POOL_BYTES);
let pooled = 0;

/**
 * The frame's bytes without those of its attachment, which must follow. Throws `FrameError` when the frame would be larger
 * than `MAX_FRAME_BYTES`, TypeError when JSON cannot express the header.
 */
export const encodeFrame = (header: unknown, attachment: Uint8Array = NO_BYTES): Uint8Array<ArrayBuffer> => {
  const json = JSON.stringify(header);
  const bytes = json.length > MAX_POOLED_CHARACTERS ? encodedAlone(json) : encodedInPool(json);
  const headerLength = bytes.length - FRAME_PREFIX_BYTES;
  const length = 4 + headerLength + attachment.length;
  if (length > MAX_FRAME_BYTES)
    throw new FrameError(`A frame of ${length} bytes is larger than ${MAX_FRAME_BYTES}.`);
  writeLength(bytes, 0, length);
  writeLength(bytes, 4, headerLength);
  return bytes;
};

/** The text after room for the prefix. An allocation and a copy for each message would cost more than the encoding. */
const encodedInPool = (json: string): Uint8Array<ArrayBuffer> => {
  const most = FRAME_PREFIX_BYTES + json.length * MAX_CHARACTER_BYTES;
  if (pooled + most > POOL_BYTES) {
    // What was handed out may not have been sent yet, and keeps its buffer.
    pool = new Uint8Array(POOL_BYTES);
    pooled = 0;
  }
  const start = pooled;
  const { written } = encoder.encodeInto(json, pool.subarray(start + FRAME_PREFIX_BYTES, start + most));
  pooled += FRAME_PREFIX_BYTES + written;
  return pool.subarray(start, pooled);
};

const encodedAlone = (json: string): Uint8Array<ArrayBuffer> => {
  const encoded = encoder.encode(json);
  const bytes = new Uint8Array(FRAME_PREFIX_BYTES + encoded.length);
  bytes.set(encoded, FRAME_PREFIX_BYTES);
  return bytes;
};

/** Big endian. */
const writeLength = (bytes: Uint8Array, at: number, length: number): void => {
  bytes[at] = length >>> 24;
  bytes[at + 1] = length >>> 16;
  bytes[at + 2] = length >>> 8;
  bytes[at + 3] = length;
};

/**
 * Cuts a byte stream into frames. Holds at most one unfinished frame, never more than `MAX_FRAME_BYTES`.
 * An attachment is a view into the received chunk where possible: copy it to keep it.
 */
export class FrameDecoder {
  readonly #isMeasured: boolean;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #needed = FRAME_PREFIX_BYTES;
  #header: HeaderInProgress | undefined;

  /** `isMeasured`: headers come from a side that is not trusted, and are measured as they arrive, before they are read. */
  constructor(options: { readonly isMeasured?: boolean } = {}) {
    this.#isMeasured = options.isMeasured ?? false;
  }

  /** The frames that are complete with this chunk, in order. Throws `FrameError` at the first that breaks the format. */
  *push(chunk: Uint8Array): Generator<Frame> {
    this.#waiting.push(chunk);
    this.#header?.feed(chunk);
    this.#waitingBytes += chunk.length;
    while (this.#waitingBytes >= this.#needed) {
      const bytes = this.#joined();
      const headerLength = this.#begin(bytes);
      if (bytes.length < this.#needed) return;
      const size = this.#needed;
      this.#keep(bytes.subarray(size));
      this.#needed = FRAME_PREFIX_BYTES;
      this.#header = undefined;
      yield {
        header: parseHeader(bytes.subarray(FRAME_PREFIX_BYTES, FRAME_PREFIX_BYTES + headerLength)),
        attachment: bytes.subarray(FRAME_PREFIX_BYTES + headerLength, size),
        headerSize: headerLength,
        size,
      };
    }
  }

  /** Reads a frame's lengths, and measures what there is of its header. Comes back with the header's length. */
  #begin(bytes: Uint8Array): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const length = view.getUint32(0);
    const headerLength = view.getUint32(4);
    if (length > MAX_FRAME_BYTES)
      throw new FrameError(`A frame announces ${length} bytes; ${MAX_FRAME_BYTES} are allowed.`);
    if (headerLength + 4 > length) throw new FrameError("A frame's header is longer than the frame.");
    this.#needed = 4 + length;
    // A header shorter than the limit cannot nest deeper, nor have too many of anything.
    if (this.#isMeasured && this.#header === undefined && headerLength > MAX_JSON_DEPTH) {
      this.#header = new HeaderInProgress(headerLength);
      this.#header.feed(bytes.subarray(FRAME_PREFIX_BYTES));
    }
    return headerLength;
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

/** A header whose bytes are measured as they come, so that no large one has to be gone through at once. */
class HeaderInProgress {
  readonly #meter: JsonMeter;
  #left: number;

  constructor(bytes: number) {
    this.#meter = new JsonMeter(bytes);
    this.#left = bytes;
  }

  /** Takes the next bytes of the frame, of which some or none are the header's. */
  feed(bytes: Uint8Array): void {
    const own = bytes.subarray(0, this.#left);
    this.#left -= own.length;
    this.#meter.feed(own);
  }
}

const parseHeader = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch (cause) {
    throw new FrameError("A frame's header is not JSON.", { cause });
  }
};
