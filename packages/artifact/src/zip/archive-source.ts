import { createHash, type Hash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { refuseArchive } from "./refusal.ts";

/** Bytes that are read at once: large enough that system calls cost nothing, small enough to forget. */
export const WINDOW_BYTES = 2 * 1024 * 1024;

/** Reads exactly `length` bytes at `position`; a file that ends before is refused as `archive_unreadable`. */
export async function readExactly(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  await fill(file, buffer, position);
  return buffer;
}

async function fill(file: FileHandle, buffer: Buffer, position: number): Promise<void> {
  let done = 0;
  while (done < buffer.length) {
    const { bytesRead } = await file.read(buffer, done, buffer.length - done, position + done);
    if (bytesRead === 0)
      throw refuseArchive("archive_unreadable", "The archive is cut off. Upload it again.");
    done += bytesRead;
  }
}

/**
 * Walks a file once from its first byte to `end`, in large reads into one buffer. Every byte passes the digest
 * exactly once, in the same read that hands it to the caller.
 */
export class ForwardReader {
  readonly #file: FileHandle;
  readonly #end: number;
  readonly #window: Buffer;
  readonly #hash: Hash = createHash("sha256");
  /** Where in the file the unread part of the window begins, and where the window ends. */
  #position = 0;
  #loadedEnd = 0;
  /** Offset of `#position` inside the window. */
  #offset = 0;

  constructor(file: FileHandle, end: number) {
    this.#file = file;
    this.#end = end;
    this.#window = Buffer.allocUnsafe(Math.min(WINDOW_BYTES, end));
  }

  /** Offset in the file of the byte that comes next. */
  get position(): number {
    return this.#position;
  }

  /**
   * The next `length` bytes (at most WINDOW_BYTES), valid until the next call. Undefined when fewer are left before
   * the end.
   */
  async take(length: number): Promise<Buffer | undefined> {
    if (this.#position + length > this.#end) return undefined;
    if (this.#position + length > this.#loadedEnd) await this.#load();
    const taken = this.#window.subarray(this.#offset, this.#offset + length);
    this.#offset += length;
    this.#position += length;
    return taken;
  }

  /** The next `length` bytes in pieces, each valid until the next one is asked for. */
  async *chunks(length: number, chunkBytes: number): AsyncGenerator<Buffer> {
    let left = length;
    while (left > 0) {
      const piece = await this.take(Math.min(left, chunkBytes));
      if (piece === undefined)
        throw refuseArchive("archive_unreadable", "The archive is cut off. Upload it again.");
      left -= piece.length;
      yield piece;
    }
  }

  /** The sha256 of everything that was walked over, followed by `rest`, in hexadecimal. Ends the walk. */
  digestWith(rest: Buffer): string {
    return this.#hash.update(rest).digest("hex");
  }

  /** Moves the unread rest of the window to its front and fills the remainder from the file. */
  async #load(): Promise<void> {
    const kept = this.#loadedEnd - this.#position;
    this.#window.copyWithin(0, this.#offset, this.#offset + kept);
    const length = Math.min(this.#window.length - kept, this.#end - this.#loadedEnd);
    const fresh = this.#window.subarray(kept, kept + length);
    await fill(this.#file, fresh, this.#loadedEnd);
    this.#hash.update(fresh);
    this.#offset = 0;
    this.#loadedEnd += length;
  }
}
