import type { FileHandle } from "node:fs/promises";
import { readExactly } from "./archive-source.ts";
import type { DirectoryRecord } from "./central-directory.ts";
import { CHUNK_BYTES, isSmall, unpackStream, unpackWhole } from "./entry-data.ts";
import { LOCAL_HEADER_BYTES, LOCAL_HEADER_SIGNATURE } from "./format.ts";
import { refuseEntry } from "./refusal.ts";

/** One entry's content, at any time and in any order. Size and checksum are checked again. */
export async function readRecord(file: FileHandle, record: DirectoryRecord): Promise<Buffer> {
  if (isSmall(record)) {
    const start = await findData(file, record);
    return unpackWhole(record, await readExactly(file, start, record.packedBytes));
  }
  const pieces: Buffer[] = [];
  for await (const piece of openRecord(file, record)) pieces.push(piece);
  return Buffer.concat(pieces, record.unpackedBytes);
}

/** The same in pieces. */
export async function* openRecord(file: FileHandle, record: DirectoryRecord): AsyncGenerator<Buffer> {
  const start = await findData(file, record);
  yield* unpackStream(record, packedPieces(file, start, record.packedBytes));
}

async function* packedPieces(file: FileHandle, start: number, length: number): AsyncGenerator<Buffer> {
  for (let done = 0; done < length; done += CHUNK_BYTES) {
    yield await readExactly(file, start + done, Math.min(CHUNK_BYTES, length - done));
  }
}

/** Offset of the entry's data: the local header's variable part may differ in length from the directory's. */
async function findData(file: FileHandle, record: DirectoryRecord): Promise<number> {
  const header = await readExactly(file, record.headerOffset, LOCAL_HEADER_BYTES);
  if (header.readUInt32LE(0) !== LOCAL_HEADER_SIGNATURE) {
    throw refuseEntry(
      "archive_header_mismatch",
      record.name,
      "is not where the directory says. Upload it again.",
    );
  }
  return record.headerOffset + LOCAL_HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
}
