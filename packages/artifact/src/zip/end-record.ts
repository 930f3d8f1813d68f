import type { FileHandle } from "node:fs/promises";
import { MAX_ARCHIVE_ENTRIES, MAX_CENTRAL_DIRECTORY_BYTES } from "@patchbay/protocol";
import { readExactly } from "./archive-source.ts";
import {
  END_BYTES,
  END_SIGNATURE,
  IN_ZIP64_16,
  IN_ZIP64_32,
  ZIP64_END_BYTES,
  ZIP64_END_SIGNATURE,
  ZIP64_LOCATOR_BYTES,
  ZIP64_LOCATOR_SIGNATURE,
} from "./format.ts";
import { refuseArchive } from "./refusal.ts";

const MAX_COMMENT_BYTES = 0xffff;
const TAIL_BYTES = END_BYTES + MAX_COMMENT_BYTES + ZIP64_END_BYTES + ZIP64_LOCATOR_BYTES;

/** Where the central directory lies, as far as the end of the archive says. */
export interface DirectoryLocation {
  readonly entryCount: number;
  /** Offset in the file of the first record, and how many bytes all records take. */
  readonly offset: number;
  readonly length: number;
}

interface EndRecord extends DirectoryLocation {
  readonly disk: number;
  readonly directoryDisk: number;
  readonly entriesOnDisk: number;
}

/**
 * Finds the end record and checks that it closes the file, that the directory ends where it begins, and that a zip64
 * record, if there is one, says the same. Refuses with `archive_unreadable`, `archive_hidden_data`,
 * `archive_unsupported`, `archive_header_mismatch` or `archive_too_many_entries`.
 */
export async function locateDirectory(file: FileHandle, fileBytes: number): Promise<DirectoryLocation> {
  const tailBytes = Math.min(TAIL_BYTES, fileBytes);
  const tail = await readExactly(file, fileBytes - tailBytes, tailBytes);
  const end = findEnd(tail);
  const plain = parseEnd(tail.subarray(end));
  const zip64 = parseZip64(tail, end, fileBytes - tailBytes);
  const record = zip64 === undefined ? plain : reconcile(plain, zip64);
  checkRecord(record);
  const directoryEnd = fileBytes - tailBytes + (zip64?.start ?? end);
  checkEnd(record, directoryEnd);
  return record;
}

function findEnd(tail: Buffer): number {
  const signature = Buffer.alloc(4);
  signature.writeUInt32LE(END_SIGNATURE);
  const start = tail.length < END_BYTES ? -1 : tail.lastIndexOf(signature, tail.length - 4);
  if (start === -1 || start + END_BYTES > tail.length) {
    throw refuseArchive(
      "archive_unreadable",
      "The file is not a zip archive, or its end is missing. Pack it again.",
    );
  }
  const close = start + END_BYTES + tail.readUInt16LE(start + 20);
  if (close > tail.length) {
    throw refuseArchive("archive_unreadable", "The archive's comment is cut off. Upload the archive again.");
  }
  if (close < tail.length) {
    throw refuseArchive(
      "archive_hidden_data",
      `The file goes on for ${tail.length - close} bytes after the archive's end. Pack it again.`,
    );
  }
  return start;
}

const parseEnd = (bytes: Buffer): EndRecord => ({
  disk: bytes.readUInt16LE(4),
  directoryDisk: bytes.readUInt16LE(6),
  entriesOnDisk: bytes.readUInt16LE(8),
  entryCount: bytes.readUInt16LE(10),
  length: bytes.readUInt32LE(12),
  offset: bytes.readUInt32LE(16),
});

/** The zip64 record that belongs to the end record at `end`; `start` is its offset inside the tail. */
function parseZip64(
  tail: Buffer,
  end: number,
  tailOffset: number,
): (EndRecord & { start: number }) | undefined {
  const locator = end - ZIP64_LOCATOR_BYTES;
  if (locator < 0 || tail.readUInt32LE(locator) !== ZIP64_LOCATOR_SIGNATURE) return undefined;
  const start = locator - ZIP64_END_BYTES;
  const placed = start >= 0 && tail.readBigUInt64LE(locator + 8) === BigInt(tailOffset + start);
  if (
    !placed ||
    tail.readUInt32LE(start) !== ZIP64_END_SIGNATURE ||
    tail.readBigUInt64LE(start + 4) !== BigInt(ZIP64_END_BYTES - 12)
  ) {
    throw refuseArchive(
      "archive_unsupported",
      "The archive's zip64 record is not where it should be. Pack it again.",
    );
  }
  if (tail.readUInt32LE(locator + 4) !== 0 || tail.readUInt32LE(locator + 16) > 1) throw multiDisk();
  const large = (at: number) => Number(tail.readBigUInt64LE(start + at));
  return {
    start,
    disk: tail.readUInt32LE(start + 16),
    directoryDisk: tail.readUInt32LE(start + 20),
    entriesOnDisk: large(24),
    entryCount: large(32),
    length: large(40),
    offset: large(48),
  };
}

/** The zip64 record's numbers, provided that the plain record says the same or leaves it to zip64. */
function reconcile(plain: EndRecord, zip64: EndRecord): EndRecord {
  const agrees = (short: number, long: number, marker: number) => short === long || short === marker;
  if (
    !agrees(plain.entryCount, zip64.entryCount, IN_ZIP64_16) ||
    !agrees(plain.entriesOnDisk, zip64.entriesOnDisk, IN_ZIP64_16) ||
    !agrees(plain.disk, zip64.disk, IN_ZIP64_16) ||
    !agrees(plain.directoryDisk, zip64.directoryDisk, IN_ZIP64_16) ||
    !agrees(plain.length, zip64.length, IN_ZIP64_32) ||
    !agrees(plain.offset, zip64.offset, IN_ZIP64_32)
  ) {
    throw refuseArchive(
      "archive_header_mismatch",
      "The archive's two end records contradict each other. Pack it again.",
    );
  }
  return zip64;
}

function checkRecord(record: EndRecord): void {
  if (record.disk !== 0 || record.directoryDisk !== 0 || record.entriesOnDisk !== record.entryCount)
    throw multiDisk();
  if (record.entryCount > MAX_ARCHIVE_ENTRIES) {
    throw refuseArchive(
      "archive_too_many_entries",
      `The archive has ${record.entryCount} entries; ${MAX_ARCHIVE_ENTRIES} are allowed. Leave out what is not used.`,
    );
  }
}

function checkEnd(record: EndRecord, directoryEnd: number): void {
  const claimedEnd = record.offset + record.length;
  if (claimedEnd > directoryEnd) {
    throw refuseArchive(
      "archive_unreadable",
      "The archive's directory is cut off or damaged. Upload it again.",
    );
  }
  if (claimedEnd < directoryEnd) {
    throw refuseArchive(
      "archive_hidden_data",
      `The archive has ${directoryEnd - claimedEnd} bytes before its first entry or behind its directory. Pack it again.`,
    );
  }
  if (record.length > MAX_CENTRAL_DIRECTORY_BYTES) {
    throw refuseArchive(
      "archive_unsupported",
      "The archive's directory is unreasonably large. Pack it again.",
    );
  }
}

const multiDisk = () =>
  refuseArchive("archive_unsupported", "The archive is one part of several. Pack it as a single file.");
