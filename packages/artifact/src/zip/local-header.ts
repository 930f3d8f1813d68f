import type { ForwardReader } from "./archive-source.ts";
import type { DirectoryRecord } from "./central-directory.ts";
import { parseExtraFields, resolveZip64 } from "./extra-fields.ts";
import {
  DESCRIPTOR_SIGNATURE,
  FLAG_DEFLATE_EFFORT,
  FLAG_DESCRIPTOR,
  LOCAL_HEADER_BYTES,
  LOCAL_HEADER_SIGNATURE,
} from "./format.ts";
import { refuseEntry } from "./refusal.ts";
import { checkUnicodePath } from "./unicode-path.ts";

/** Reads the local header where the reader stands and checks that it says what the directory says. */
export async function readLocalHeader(reader: ForwardReader, record: DirectoryRecord): Promise<void> {
  const fixed = await reader.take(LOCAL_HEADER_BYTES);
  if (fixed === undefined || fixed.readUInt32LE(0) !== LOCAL_HEADER_SIGNATURE) {
    throw refuseEntry(
      "archive_header_mismatch",
      record.name,
      "is not where the directory says. Pack it again.",
    );
  }
  // The next `take` may reuse the bytes, so everything is read out before it.
  const header = {
    flags: fixed.readUInt16LE(6),
    method: fixed.readUInt16LE(8),
    crc32: fixed.readUInt32LE(14),
    packed: fixed.readUInt32LE(18),
    unpacked: fixed.readUInt32LE(22),
    nameBytes: fixed.readUInt16LE(26),
    extraBytes: fixed.readUInt16LE(28),
  };
  const variable = await reader.take(header.nameBytes + header.extraBytes);
  if (variable === undefined || !variable.subarray(0, header.nameBytes).equals(record.nameBytes)) {
    throw mismatch(record, "name");
  }
  const extra = parseExtraFields(variable.subarray(header.nameBytes), record.name);
  checkUnicodePath(extra, record);
  const [unpackedBytes, packedBytes] = resolveZip64([header.unpacked, header.packed], extra, record.name);
  if ((header.flags & ~FLAG_DEFLATE_EFFORT) !== (record.flags & ~FLAG_DEFLATE_EFFORT))
    throw mismatch(record, "flags");
  if (header.method !== record.method) throw mismatch(record, "method");
  // With a descriptor the writer did not know these yet and left them zero; if it did not, they must be right.
  const fits = (local: number, central: number) =>
    local === central || (local === 0 && (record.flags & FLAG_DESCRIPTOR) !== 0);
  if (!fits(header.crc32, record.crc32)) throw mismatch(record, "checksum");
  if (!fits(packedBytes, record.packedBytes)) throw mismatch(record, "packed size");
  if (!fits(unpackedBytes, record.unpackedBytes)) throw mismatch(record, "unpacked size");
}

/**
 * Reads what stands between an entry's data and `end`: nothing, or the entry's data descriptor in one of its four
 * forms (with or without signature, 32 or 64 bit), which their lengths tell apart.
 */
export async function readDescriptor(
  reader: ForwardReader,
  record: DirectoryRecord,
  end: number,
): Promise<void> {
  const length = end - reader.position;
  if (length < 0)
    throw refuseEntry("archive_overlap", record.name, "overlaps with what follows it. Pack it again.");
  if ((record.flags & FLAG_DESCRIPTOR) === 0) {
    if (length > 0) throw hidden(record, length);
    return;
  }
  if (length !== 12 && length !== 16 && length !== 20 && length !== 24) {
    throw length < 12 ? mismatch(record, "data descriptor") : hidden(record, length);
  }
  const bytes = await reader.take(length);
  if (bytes === undefined) throw mismatch(record, "data descriptor");
  const signed = length === 16 || length === 24;
  if (signed && bytes.readUInt32LE(0) !== DESCRIPTOR_SIGNATURE) throw hidden(record, length);
  const body = bytes.subarray(signed ? 4 : 0);
  const wide = body.length === 20;
  const packed = wide ? body.readBigUInt64LE(4) : BigInt(body.readUInt32LE(4));
  const unpacked = wide ? body.readBigUInt64LE(12) : BigInt(body.readUInt32LE(8));
  if (
    body.readUInt32LE(0) !== record.crc32 ||
    packed !== BigInt(record.packedBytes) ||
    unpacked !== BigInt(record.unpackedBytes)
  ) {
    throw mismatch(record, "data descriptor");
  }
}

const mismatch = (record: DirectoryRecord, what: string) =>
  refuseEntry(
    "archive_header_mismatch",
    record.name,
    `has another ${what} in its header than in the directory. Pack it again.`,
  );

const hidden = (record: DirectoryRecord, length: number) =>
  refuseEntry(
    "archive_hidden_data",
    record.name,
    `is followed by ${length} bytes that no entry lists. Pack it again.`,
  );
