import { constants, crc32, createInflateRaw, type InflateRaw, inflateRawSync } from "node:zlib";
import type { DirectoryRecord } from "./central-directory.ts";
import { METHOD_STORED } from "./format.ts";
import { refuseEntry } from "./refusal.ts";

/**
 * Entries up to this size, packed and unpacked, are handled in one synchronous step: a stream for each costs several
 * times the work itself. A step of this size takes a few milliseconds.
 */
export const MAX_WHOLE_ENTRY_BYTES = 1024 * 1024;
/** What a larger entry is read and unpacked in. */
export const CHUNK_BYTES = 256 * 1024;

/** Whether an entry is small enough for `unpackWhole`. */
export const isSmall = (record: DirectoryRecord): boolean =>
  record.packedBytes <= MAX_WHOLE_ENTRY_BYTES && record.unpackedBytes <= MAX_WHOLE_ENTRY_BYTES;

/**
 * An entry's content from all of its packed bytes. The memory it takes is bounded by the entry's claimed size, and
 * the claim is enforced. Refuses with `archive_size_mismatch`, `archive_hidden_data` or `archive_bad_crc`.
 */
export function unpackWhole(record: DirectoryRecord, packed: Buffer): Buffer {
  const content = record.method === METHOD_STORED ? packed : inflateWhole(record, packed);
  if (content.length !== record.unpackedBytes) throw wrongSize(record);
  if (crc32(content) !== record.crc32) throw wrongChecksum(record);
  return content;
}

/** The same check for an entry that nobody wants to have: its memory is free again at once. */
export function verifyWhole(record: DirectoryRecord, packed: Buffer): void {
  const { buffer } = unpackWhole(record, packed);
  // Left to the garbage collector, the contents of thousands of entries pile up to more than the archive itself.
  // Stored content is the caller's, and small buffers share an allocation; only what was made here is let go, where the engine can.
  const isOwn = buffer !== packed.buffer && buffer.byteLength > Buffer.poolSize;
  if (isOwn && buffer instanceof ArrayBuffer) buffer.transfer?.(0);
}

function inflateWhole(record: DirectoryRecord, packed: Buffer): Buffer {
  try {
    // One byte more than claimed, so that a longer entry shows, and that one chunk suffices for an honest one.
    const chunkSize = Math.max(constants.Z_MIN_CHUNK, record.unpackedBytes + 1);
    const options = { chunkSize, maxOutputLength: Math.max(1, record.unpackedBytes), info: true };
    // With `info` Node returns the engine too, which its type declarations leave out.
    const { buffer, engine } = inflateRawSync(packed, options) as unknown as {
      buffer: Buffer;
      engine: InflateRaw;
    };
    if (engine.bytesWritten < packed.length) throw trailing(record, packed.length - engine.bytesWritten);
    return buffer;
  } catch (fault) {
    throw explainInflate(record, fault);
  }
}

/**
 * An entry's content as it is unpacked, in pieces. Each piece of `packed` is let go before the next one is asked for.
 * Refuses like `unpackWhole`; a wrong checksum shows only after the last piece.
 */
export async function* unpackStream(
  record: DirectoryRecord,
  packed: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const pieces = record.method === METHOD_STORED ? packed : inflateStream(record, packed);
  let checksum = 0;
  let length = 0;
  for await (const piece of pieces) {
    length += piece.length;
    if (length > record.unpackedBytes) throw wrongSize(record);
    checksum = crc32(piece, checksum);
    yield piece;
  }
  if (length !== record.unpackedBytes) throw wrongSize(record);
  if (checksum !== record.crc32) throw wrongChecksum(record);
}

async function* inflateStream(
  record: DirectoryRecord,
  packed: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const inflate = createInflateRaw({ chunkSize: CHUNK_BYTES });
  const feeding = feed(inflate, packed);
  try {
    for await (const piece of inflate) yield piece;
  } catch (fault) {
    throw explainInflate(record, fault);
  } finally {
    inflate.destroy();
    await feeding;
  }
  const left = record.packedBytes - inflate.bytesWritten;
  if (left > 0) throw trailing(record, left);
}

/** Never rejects: a fault of the source surfaces where `inflate` is read. */
async function feed(inflate: InflateRaw, packed: AsyncIterable<Buffer>): Promise<void> {
  // Behind the end of deflated data the engine neither takes more nor calls back, so its closing has to be watched.
  const closed = new Promise<void>((resolve) => inflate.once("close", resolve));
  try {
    for await (const piece of packed) {
      const taken = new Promise<void>((resolve) => inflate.write(piece, () => resolve()));
      await Promise.race([taken, closed]);
      if (inflate.destroyed) return;
    }
    inflate.end();
  } catch (fault) {
    inflate.destroy(fault instanceof Error ? fault : new Error(String(fault)));
  }
}

/** What a fault of the inflating engine says about the entry; every other fault stays what it is. */
function explainInflate(record: DirectoryRecord, fault: unknown): unknown {
  const code = fault instanceof Error && "code" in fault ? fault.code : undefined;
  switch (code) {
    case "ERR_BUFFER_TOO_LARGE":
    case "Z_BUF_ERROR":
      return wrongSize(record, fault);
    case "Z_DATA_ERROR":
    case "Z_NEED_DICT":
      return refuseEntry(
        "archive_bad_crc",
        record.name,
        "is damaged: it cannot be unpacked. Upload it again.",
        fault,
      );
    default:
      return fault;
  }
}

const wrongSize = (record: DirectoryRecord, cause?: unknown) =>
  refuseEntry(
    "archive_size_mismatch",
    record.name,
    `does not unpack to the ${record.unpackedBytes} bytes that the archive says. Pack it again.`,
    cause,
  );

const wrongChecksum = (record: DirectoryRecord) =>
  refuseEntry(
    "archive_bad_crc",
    record.name,
    "is damaged: its checksum is wrong. Pack it or upload it again.",
  );

const trailing = (record: DirectoryRecord, length: number) =>
  refuseEntry("archive_hidden_data", record.name, `hides ${length} bytes behind its content. Pack it again.`);
