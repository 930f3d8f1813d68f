import { EXTRA_ZIP64, IN_ZIP64_32 } from "./format.ts";
import { refuseEntry } from "./refusal.ts";

const FIELD_HEADER_BYTES = 4;
const ZIP64_VALUE_BYTES = 8;

/**
 * The extra fields of a record, by their identifier. A record that does not parse, or names one twice, is refused. Zeros at the end
 * are how some packers move what follows to a round address: they say nothing.
 */
export function parseExtraFields(bytes: Buffer, entryName: string): ReadonlyMap<number, Buffer> {
  const fields = new Map<number, Buffer>();
  let position = 0;
  while (position < bytes.length && !isPadding(bytes.subarray(position))) {
    const dataStart = position + FIELD_HEADER_BYTES;
    const dataEnd = dataStart <= bytes.length ? dataStart + bytes.readUInt16LE(position + 2) : Infinity;
    if (dataEnd > bytes.length) {
      throw refuseEntry(
        "archive_unreadable",
        entryName,
        "has an extra field that is cut off. Pack it again.",
      );
    }
    const id = bytes.readUInt16LE(position);
    if (fields.has(id)) {
      throw refuseEntry(
        "archive_header_mismatch",
        entryName,
        "has the same extra field twice. Pack it again.",
      );
    }
    fields.set(id, bytes.subarray(dataStart, dataEnd));
    position = dataEnd;
  }
  return fields;
}

const isPadding = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0);

/**
 * Replaces those of `values` that are 0xffffffff by the 64-bit numbers of the zip64 extra field, in order. A record
 * without that field keeps its numbers; one whose field is too short or beyond 2^53 is refused.
 */
export function resolveZip64<const T extends readonly number[]>(
  values: T,
  extra: ReadonlyMap<number, Buffer>,
  entryName: string,
): { [K in keyof T]: number } {
  const field = extra.get(EXTRA_ZIP64);
  let position = 0;
  const resolved = values.map((value) => {
    if (value !== IN_ZIP64_32 || field === undefined) return value;
    const end = position + ZIP64_VALUE_BYTES;
    const large = end <= field.length ? field.readBigUInt64LE(position) : undefined;
    if (large === undefined || large > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw refuseEntry(
        "archive_unreadable",
        entryName,
        "has a zip64 field that makes no sense. Pack it again.",
      );
    }
    position = end;
    return Number(large);
  });
  return resolved as { [K in keyof T]: number };
}
