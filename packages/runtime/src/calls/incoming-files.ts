import type { CallFiles, FilePiece } from "@patchbay/core";
import { BODY_CHUNK_BYTES, type FileHead, safeFileName, safeMediaType } from "@patchbay/protocol";
import type { IncomingStream } from "./incoming-stream.ts";

/** Files beside an answer, as the guest sends them: held against what it said of them. */
export class IncomingFiles {
  readonly files: CallFiles;
  readonly #heads: readonly FileHead[];
  readonly #stream: IncomingStream;
  #file = 0;
  #bytes = 0;

  /** `stream` takes the pieces, and bounds them. */
  constructor(heads: readonly FileHead[], stream: IncomingStream) {
    this.#heads = heads;
    this.#stream = stream;
    this.files = {
      heads: heads.map((head) => ({
        ...head,
        name: safeFileName(head.name),
        type: safeMediaType(head.type),
      })),
      pieces: stream as unknown as AsyncIterable<FilePiece>,
    };
  }

  /** All files have come to their end. */
  get isComplete(): boolean {
    return this.#file === this.#heads.length;
  }

  /**
   * Takes a piece, whose frame has `size` bytes. False when it is of no file, empty without ending one, too large, more or less than was
   * said, or there was no credit for it.
   */
  take(bytes: Uint8Array, ends: boolean, size: number): boolean {
    const head = this.#heads[this.#file];
    if (head === undefined || bytes.length > BODY_CHUNK_BYTES) return false;
    // Whoever counts bytes would not see it: any number of them would be held.
    if (bytes.length === 0 && !ends) return false;
    this.#bytes += bytes.length;
    if (head.size !== undefined && (ends ? this.#bytes !== head.size : this.#bytes > head.size)) return false;
    if (ends) {
      this.#file++;
      this.#bytes = 0;
    }
    return this.#stream.push({ bytes, ends } satisfies FilePiece, size);
  }
}
