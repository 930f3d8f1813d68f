import { ENTRY_RATIO_FLOOR_BYTES, MAX_ENTRY_RATIO, MAX_UNPACKED_BYTES } from "@patchbay/protocol";
import type { DirectoryLocation } from "./end-record.ts";
import { checkEntryKind } from "./entry-kind.ts";
import { checkEntryName, decodeEntryName } from "./entry-names.ts";
import { parseExtraFields, resolveZip64 } from "./extra-fields.ts";
import {
  CENTRAL_RECORD_BYTES,
  CENTRAL_RECORD_SIGNATURE,
  EXTRA_AES,
  FLAG_DEFLATE_EFFORT,
  FLAG_DESCRIPTOR,
  FLAG_ENCRYPTED,
  FLAG_MASKED_HEADERS,
  FLAG_STRONG_ENCRYPTION,
  FLAG_UTF8,
  METHOD_AES,
  METHOD_DEFLATED,
  METHOD_STORED,
} from "./format.ts";
import { refuseArchive, refuseEntry } from "./refusal.ts";
import { checkUnicodePath } from "./unicode-path.ts";

/** What the central directory says about one entry. Sizes are claims until the entry's data has been unpacked. */
export interface DirectoryRecord {
  /** Path from the archive's root; a folder's ends with a slash. */
  readonly name: string;
  readonly nameBytes: Buffer;
  readonly isFolder: boolean;
  readonly flags: number;
  readonly method: number;
  readonly crc32: number;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  /** Offset in the file of the entry's local header. */
  readonly headerOffset: number;
}

const KNOWN_FLAGS = FLAG_DEFLATE_EFFORT | FLAG_DESCRIPTOR | FLAG_UTF8;
const ENCRYPTION_FLAGS = FLAG_ENCRYPTED | FLAG_STRONG_ENCRYPTION | FLAG_MASKED_HEADERS;

/** Every record of the directory, in its order, each checked by itself. `bytes` begins with the first record. */
export function parseDirectory(bytes: Buffer, location: DirectoryLocation): DirectoryRecord[] {
  const records: DirectoryRecord[] = [];
  let position = 0;
  let unpackedBytes = 0;
  while (records.length < location.entryCount) {
    const length = recordLength(bytes, position, location.length);
    const record = parseRecord(bytes.subarray(position, position + length));
    unpackedBytes += record.unpackedBytes;
    if (unpackedBytes > MAX_UNPACKED_BYTES) throw tooLarge();
    records.push(record);
    position += length;
  }
  if (position !== location.length) {
    throw refuseArchive(
      "archive_hidden_data",
      "The archive's directory holds more than its entries. Pack it again.",
    );
  }
  return records;
}

function recordLength(bytes: Buffer, position: number, end: number): number {
  const fixedEnd = position + CENTRAL_RECORD_BYTES;
  if (fixedEnd > end || bytes.readUInt32LE(position) !== CENTRAL_RECORD_SIGNATURE) throw damagedDirectory();
  const variable =
    bytes.readUInt16LE(position + 28) + bytes.readUInt16LE(position + 30) + bytes.readUInt16LE(position + 32);
  if (fixedEnd + variable > end) throw damagedDirectory();
  return CENTRAL_RECORD_BYTES + variable;
}

function parseRecord(bytes: Buffer): DirectoryRecord {
  const extraStart = CENTRAL_RECORD_BYTES + bytes.readUInt16LE(28);
  const nameBytes = bytes.subarray(CENTRAL_RECORD_BYTES, extraStart);
  const name = decodeEntryName(nameBytes);
  const extra = parseExtraFields(bytes.subarray(extraStart, extraStart + bytes.readUInt16LE(30)), name);
  const [unpackedBytes, packedBytes, headerOffset] = resolveZip64(
    [bytes.readUInt32LE(24), bytes.readUInt32LE(20), bytes.readUInt32LE(42)],
    extra,
    name,
  );
  const record: DirectoryRecord = {
    name,
    nameBytes,
    isFolder: name.endsWith("/"),
    flags: bytes.readUInt16LE(8),
    method: bytes.readUInt16LE(10),
    crc32: bytes.readUInt32LE(16),
    packedBytes,
    unpackedBytes,
    headerOffset,
  };
  checkEntryName(record.name);
  checkUnicodePath(extra, record);
  checkEntryKind(bytes.readUInt32LE(38), extra, record);
  checkEncoding(record, extra);
  if (bytes.readUInt16LE(34) !== 0) {
    throw refuseEntry(
      "archive_unsupported",
      name,
      "lies on another disk. Pack everything into a single file.",
    );
  }
  checkSizes(record);
  return record;
}

function checkEncoding(record: DirectoryRecord, extra: ReadonlyMap<number, Buffer>): void {
  const { name, flags, method } = record;
  if ((flags & ENCRYPTION_FLAGS) !== 0 || method === METHOD_AES || extra.has(EXTRA_AES)) {
    throw refuseEntry("archive_encrypted", name, "is encrypted. Pack without a password.");
  }
  if ((flags & ~KNOWN_FLAGS) !== 0) {
    throw refuseEntry(
      "archive_unsupported",
      name,
      "uses a feature that packages may not use. Pack it again.",
    );
  }
  if (method !== METHOD_STORED && method !== METHOD_DEFLATED) {
    throw refuseEntry(
      "archive_unsupported",
      name,
      `is packed by method ${method}. Store it or deflate it; other methods are not read.`,
    );
  }
}

function checkSizes(record: DirectoryRecord): void {
  const { name, packedBytes, unpackedBytes } = record;
  if (record.isFolder && unpackedBytes !== 0) {
    throw refuseEntry("archive_hidden_data", name, "is a folder with content of its own. Pack it again.");
  }
  if (record.method === METHOD_STORED && packedBytes !== unpackedBytes) {
    throw refuseEntry(
      "archive_size_mismatch",
      name,
      `is stored, but has ${packedBytes} bytes packed and ${unpackedBytes} unpacked. Pack it again.`,
    );
  }
  if (unpackedBytes > MAX_UNPACKED_BYTES) throw tooLarge();
  if (unpackedBytes > ENTRY_RATIO_FLOOR_BYTES && unpackedBytes > packedBytes * MAX_ENTRY_RATIO) {
    throw refuseEntry(
      "archive_ratio",
      name,
      `unpacks to more than ${MAX_ENTRY_RATIO} times its packed size. Leave it out, or make it at run time.`,
    );
  }
}

const tooLarge = () =>
  refuseArchive(
    "archive_unpacked_too_large",
    `The package unpacks to more than ${MAX_UNPACKED_BYTES / 1024 / 1024} MiB. Leave out what is not used.`,
  );

const damagedDirectory = () =>
  refuseArchive("archive_unreadable", "The archive's directory is damaged. Pack it or upload it again.");
