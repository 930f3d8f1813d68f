import { randomUUID } from "node:crypto";
import { type FileHandle, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { FilePiece } from "@patchbay/core";
import { UntilEnded } from "../until-ended.ts";

/** What is held in memory before a file on the disk takes it: a small answer needs none. */
const MAX_HELD_IN_MEMORY_BYTES = 1024 * 1024;
/** What a piece takes in memory besides its bytes, roughly: a plugin may send any number of small ones. */
const PIECE_BYTES = 256;
/** How much of the disk is read at once. */
const READ_BYTES = 256 * 1024;

/**
 * The same pieces, none of them before `until`. Meanwhile they are taken and kept in `folder`: many clients read nothing of an answer
 * before they have sent all of a request, and a plugin that answers while it reads would wait for them for ever.
 */
export const heldBack = async function* (
  pieces: AsyncIterable<FilePiece>,
  until: Promise<void>,
  folder: string,
): AsyncGenerator<FilePiece> {
  const live = pieces[Symbol.asyncIterator]();
  const held = new HeldPieces(join(folder, `answer-${randomUUID()}`));
  const holding = new UntilEnded();
  const release = () => holding.end();
  until.then(release, release);
  try {
    let next = live.next();
    for (;;) {
      const got = await holding.wait(next);
      if (got === undefined || got.done === true) break;
      await held.take(got.value);
      next = live.next();
    }
    await until;
    yield* held.pieces();
    for (let got = await next; got.done !== true; got = await live.next()) yield got.value;
  } finally {
    await held.close();
    await live.return?.();
  }
};

/** Pieces that wait, in memory as long as they are few. */
class HeldPieces {
  readonly #path: string;
  #waiting: FilePiece[] = [];
  #waitingBytes = 0;
  #file: FileHandle | undefined;
  /** Of each file of the answer, how many bytes are on the disk, and whether that is all of it. */
  readonly #stored: { bytes: number; ends: boolean }[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  async take(piece: FilePiece): Promise<void> {
    this.#waiting.push(piece);
    this.#waitingBytes += piece.bytes.length + PIECE_BYTES;
    if (this.#waitingBytes > MAX_HELD_IN_MEMORY_BYTES) await this.#store();
  }

  async *pieces(): AsyncGenerator<FilePiece> {
    let position = 0;
    for (const { bytes, ends } of this.#stored) {
      for (const end = position + bytes; position < end; ) {
        const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, end - position));
        const read = await this.#file?.read(buffer, 0, buffer.length, position);
        if (!read?.bytesRead) throw new Error("What was held back of an answer is gone.");
        position += read.bytesRead;
        yield { bytes: buffer.subarray(0, read.bytesRead), ends: false };
      }
      if (ends) yield { bytes: new Uint8Array(0), ends };
    }
    yield* this.#waiting;
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }

  async #store(): Promise<void> {
    this.#file ??= await openNameless(this.#path);
    for (const { bytes, ends } of this.#waiting.splice(0)) {
      await this.#file.appendFile(bytes);
      const last = this.#stored.at(-1);
      if (last === undefined || last.ends) this.#stored.push({ bytes: bytes.length, ends });
      else Object.assign(last, { bytes: last.bytes + bytes.length, ends });
    }
    this.#waitingBytes = 0;
  }
}

/** A file that nobody else finds, and that is gone with the process. */
const openNameless = async (path: string): Promise<FileHandle> => {
  const file = await open(path, "wx+", 0o600);
  await rm(path);
  return file;
};
