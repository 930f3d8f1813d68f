import type { FileHandle } from "node:fs/promises";
import { ForwardReader } from "./archive-source.ts";
import type { DirectoryRecord } from "./central-directory.ts";
import { CHUNK_BYTES, isSmall, unpackStream, verifyWhole } from "./entry-data.ts";
import { readDescriptor, readLocalHeader } from "./local-header.ts";
import { refuseArchive, refuseEntry } from "./refusal.ts";

/**
 * Walks the archive once from its first byte to its directory and unpacks every entry on the way. Since each entry
 * must begin exactly where the one before ended, nothing can overlap and nothing can hide between them. Returns the
 * archive's sha256 in hexadecimal; `directory` is what was parsed as the directory, so that the digest covers the very
 * bytes that were judged.
 */
export async function verifyContents(
  file: FileHandle,
  records: readonly DirectoryRecord[],
  directory: { readonly offset: number; readonly bytes: Buffer },
  signal?: AbortSignal,
): Promise<string> {
  const reader = new ForwardReader(file, directory.offset);
  const inOrder = records.toSorted((a, b) => a.headerOffset - b.headerOffset);
  for (const [index, record] of inOrder.entries()) {
    signal?.throwIfAborted();
    checkStart(reader.position, record);
    await readLocalHeader(reader, record);
    const next = inOrder[index + 1]?.headerOffset ?? directory.offset;
    await verifyEntry(reader, record, next);
    await readDescriptor(reader, record, next);
  }
  if (reader.position !== directory.offset) {
    throw refuseArchive("archive_hidden_data", "The archive holds data but no entries. Pack it again.");
  }
  return reader.digestWith(directory.bytes);
}

function checkStart(position: number, record: DirectoryRecord): void {
  if (record.headerOffset < position) {
    throw refuseEntry("archive_overlap", record.name, "overlaps with another entry. Pack the archive again.");
  }
  if (record.headerOffset > position) {
    const hidden = record.headerOffset - position;
    throw refuseEntry(
      "archive_hidden_data",
      record.name,
      `comes after ${hidden} bytes that no entry lists. Pack it again.`,
    );
  }
}

async function verifyEntry(reader: ForwardReader, record: DirectoryRecord, next: number): Promise<void> {
  if (reader.position + record.packedBytes > next) {
    throw refuseEntry(
      "archive_overlap",
      record.name,
      "overlaps with what follows it. Pack the archive again.",
    );
  }
  if (isSmall(record)) {
    const packed = await reader.take(record.packedBytes);
    if (packed !== undefined) verifyWhole(record, packed);
    return;
  }
  const chunks = reader.chunks(record.packedBytes, CHUNK_BYTES);
  for await (const _piece of unpackStream(record, chunks)) {
    // Reading to the end is the check.
  }
}
