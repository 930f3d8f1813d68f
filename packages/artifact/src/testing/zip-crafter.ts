import { crc32, deflateRawSync } from "node:zlib";

/** What the writer of a record may claim, truthfully or not. */
export interface Claims {
  readonly signature?: number;
  readonly flags?: number;
  readonly method?: number;
  readonly crc32?: number;
  readonly packedBytes?: number;
  readonly unpackedBytes?: number;
  readonly name?: string | Buffer;
  readonly extra?: Buffer;
}

/** One entry, byte by byte. Without claims it is an honest deflated file; claims here go into both records. */
export interface CraftedEntry extends Claims {
  readonly name: string | Buffer;
  readonly content?: string | Buffer;
  /** The packed bytes, when they are not to be made from `content`. */
  readonly packed?: Buffer;
  /** What differs in the local header, and in the directory. */
  readonly local?: Claims;
  readonly central?: Claims & {
    readonly versionMadeBy?: number;
    readonly externalAttributes?: number;
    readonly headerOffset?: number;
    readonly disk?: number;
    readonly comment?: Buffer;
  };
  /** Bytes before the local header and after the data (a descriptor, or something hidden). */
  readonly before?: Buffer;
  readonly after?: Buffer;
  /** Writes only the directory's record, or only the local one. */
  readonly only?: "central" | "local";
}

export interface CraftedArchive {
  readonly entries: readonly CraftedEntry[];
  readonly beforeDirectory?: Buffer;
  readonly afterDirectory?: Buffer;
  readonly end?: Readonly<Partial<Record<EndField, number>>>;
  /** A zip64 end record and locator with these claims, written before the plain end record. */
  readonly zip64?: Readonly<Partial<Record<EndField | "locator" | "disks", number>>>;
  readonly comment?: Buffer;
  readonly afterEnd?: Buffer;
}

type EndField = "disk" | "directoryDisk" | "entriesOnDisk" | "entryCount" | "length" | "offset";

/** It names itself as the bundle, so that an archive needs no second file. */
export const MANIFEST = {
  id: "acme.crafted",
  name: "Crafted",
  version: "1.0.0",
  description: "Made byte by byte.",
  author: { name: "Acme" },
  category: "utility",
  engines: { patchbay: "^1.0.0" },
  main: "plugin.json",
};

export const manifestEntry = (changes: object = {}): CraftedEntry => ({
  name: "plugin.json",
  content: JSON.stringify({ ...MANIFEST, ...changes }),
});

/** A field of an extra area. */
export function extraField(id: number, data: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt16LE(id, 0);
  header.writeUInt16LE(data.length, 2);
  return Buffer.concat([header, data]);
}

export function uint64(...values: readonly (number | bigint)[]): Buffer {
  const bytes = Buffer.alloc(values.length * 8);
  for (const [index, value] of values.entries()) bytes.writeBigUInt64LE(BigInt(value), index * 8);
  return bytes;
}

export function uint32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, index * 4);
  return bytes;
}

/** An archive with exactly the given bytes in the given order, however wrong they are. */
export function craftZip(archive: CraftedArchive): Buffer {
  const parts: Buffer[] = [];
  const records: Buffer[] = [];
  let offset = 0;
  const push = (bytes: Buffer | undefined) => {
    if (bytes === undefined) return;
    parts.push(bytes);
    offset += bytes.length;
  };
  for (const entry of archive.entries) {
    const honest = honestClaims(entry);
    push(entry.before);
    if (entry.only !== "local") records.push(centralRecord({ ...honest, ...entry.central }, entry, offset));
    if (entry.only !== "central") {
      push(localHeader({ ...honest, ...entry.local }));
      push(honest.packed);
    }
    push(entry.after);
  }
  push(archive.beforeDirectory);
  const directory = { offset, length: Buffer.concat(records).length, entryCount: records.length };
  for (const record of records) push(record);
  push(archive.afterDirectory);
  if (archive.zip64 !== undefined) push(zip64End(archive.zip64, directory, offset));
  push(endRecord(archive, directory));
  push(archive.afterEnd);
  return Buffer.concat(parts);
}

type FullClaims = Required<Claims> & { readonly packed: Buffer };

function honestClaims(entry: CraftedEntry): FullClaims {
  const content = Buffer.from(entry.content ?? "");
  const isFolder = entry.name.toString().endsWith("/");
  const method = entry.method ?? (isFolder ? 0 : 8);
  const packed = entry.packed ?? (method === 8 ? deflateRawSync(content) : content);
  return {
    signature: 0,
    name: entry.name,
    flags: entry.flags ?? 0x800,
    method,
    crc32: entry.crc32 ?? crc32(content),
    packedBytes: entry.packedBytes ?? packed.length,
    unpackedBytes: entry.unpackedBytes ?? content.length,
    extra: entry.extra ?? Buffer.alloc(0),
    packed,
  };
}

function localHeader(claims: FullClaims): Buffer {
  const name = Buffer.from(claims.name);
  const fixed = Buffer.alloc(30);
  fixed.writeUInt32LE(claims.signature || 0x04034b50, 0);
  fixed.writeUInt16LE(20, 4);
  fixed.writeUInt16LE(claims.flags, 6);
  fixed.writeUInt16LE(claims.method, 8);
  fixed.writeUInt32LE(claims.crc32, 14);
  fixed.writeUInt32LE(claims.packedBytes, 18);
  fixed.writeUInt32LE(claims.unpackedBytes, 22);
  fixed.writeUInt16LE(name.length, 26);
  fixed.writeUInt16LE(claims.extra.length, 28);
  return Buffer.concat([fixed, name, claims.extra]);
}

function centralRecord(
  claims: FullClaims & NonNullable<CraftedEntry["central"]>,
  entry: CraftedEntry,
  offset: number,
): Buffer {
  const name = Buffer.from(claims.name);
  const isFolder = entry.name.toString().endsWith("/");
  const fixed = Buffer.alloc(46);
  fixed.writeUInt32LE(claims.signature || 0x02014b50, 0);
  fixed.writeUInt16LE(claims.versionMadeBy ?? 0x0314, 4);
  fixed.writeUInt16LE(20, 6);
  fixed.writeUInt16LE(claims.flags, 8);
  fixed.writeUInt16LE(claims.method, 10);
  fixed.writeUInt32LE(claims.crc32, 16);
  fixed.writeUInt32LE(claims.packedBytes, 20);
  fixed.writeUInt32LE(claims.unpackedBytes, 24);
  fixed.writeUInt16LE(name.length, 28);
  fixed.writeUInt16LE(claims.extra.length, 30);
  fixed.writeUInt16LE(claims.comment?.length ?? 0, 32);
  fixed.writeUInt16LE(claims.disk ?? 0, 34);
  const mode = isFolder ? 0o40755 : 0o100644;
  fixed.writeUInt32LE(claims.externalAttributes ?? mode * 0x10000, 38);
  fixed.writeUInt32LE(claims.headerOffset ?? offset, 42);
  return Buffer.concat([fixed, name, claims.extra, claims.comment ?? Buffer.alloc(0)]);
}

interface Directory {
  readonly offset: number;
  readonly length: number;
  readonly entryCount: number;
}

function endRecord({ end = {}, comment = Buffer.alloc(0) }: CraftedArchive, directory: Directory): Buffer {
  const fixed = Buffer.alloc(22);
  const entryCount = end.entryCount ?? directory.entryCount;
  fixed.writeUInt32LE(0x06054b50, 0);
  fixed.writeUInt16LE(end.disk ?? 0, 4);
  fixed.writeUInt16LE(end.directoryDisk ?? 0, 6);
  fixed.writeUInt16LE((end.entriesOnDisk ?? entryCount) & 0xffff, 8);
  fixed.writeUInt16LE(entryCount & 0xffff, 10);
  fixed.writeUInt32LE(end.length ?? directory.length, 12);
  fixed.writeUInt32LE(end.offset ?? directory.offset, 16);
  fixed.writeUInt16LE(comment.length, 20);
  return Buffer.concat([fixed, comment]);
}

function zip64End(
  claims: NonNullable<CraftedArchive["zip64"]>,
  directory: Directory,
  offset: number,
): Buffer {
  const entryCount = claims.entryCount ?? directory.entryCount;
  const record = Buffer.concat([
    uint32(0x06064b50),
    uint64(44),
    Buffer.from([45, 3, 45, 0]),
    uint32(claims.disk ?? 0, claims.directoryDisk ?? 0),
    uint64(claims.entriesOnDisk ?? entryCount, entryCount),
    uint64(claims.length ?? directory.length, claims.offset ?? directory.offset),
  ]);
  const locator = Buffer.concat([
    uint32(0x07064b50, 0),
    uint64(claims.locator ?? offset),
    uint32(claims.disks ?? 1),
  ]);
  return Buffer.concat([record, locator]);
}
