import { crc32 } from "node:zlib";
import { EXTRA_UNICODE_PATH } from "./format.ts";
import { refuseEntry } from "./refusal.ts";

/** Version byte and checksum before the name. */
const HEADER_BYTES = 5;

/**
 * Info-ZIP's second name for an entry: some unpackers believe it, others the header. An entry whose two names differ
 * is refused as `archive_header_mismatch`; a field whose checksum does not fit the header's name is void for all.
 */
export function checkUnicodePath(
  extra: ReadonlyMap<number, Buffer>,
  entry: { readonly name: string; readonly nameBytes: Buffer },
): void {
  const field = extra.get(EXTRA_UNICODE_PATH);
  if (field === undefined || field.length < HEADER_BYTES) return;
  if (field.readUInt32LE(1) !== crc32(entry.nameBytes)) return;
  if (!field.subarray(HEADER_BYTES).equals(entry.nameBytes)) {
    throw refuseEntry("archive_header_mismatch", entry.name, "has two different names. Pack it again.");
  }
}
