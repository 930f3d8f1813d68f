import { type FileHandle, open } from "node:fs/promises";
import { posix } from "node:path";
import { Readable } from "node:stream";
import { MAX_ARCHIVE_BYTES, type Manifest, type ManifestRules, PatchbayError } from "@patchbay/protocol";
import { checkManifest, checkManifestSize } from "./package-manifest.ts";
import { findPackageRoot, MANIFEST_PATH } from "./package-root.ts";
import { readExactly } from "./zip/archive-source.ts";
import { type DirectoryRecord, parseDirectory } from "./zip/central-directory.ts";
import { locateDirectory } from "./zip/end-record.ts";
import { openRecord, readRecord } from "./zip/entry-access.ts";
import { NameIndex } from "./zip/name-index.ts";
import { quoteName } from "./zip/refusal.ts";
import { verifyContents } from "./zip/verify.ts";

/** One file of a package. */
export interface PackageEntry {
  /** Path inside the package, without the top-level folder that the archive may have. */
  readonly path: string;
  /** Unpacked size in bytes. */
  readonly size: number;
  readonly crc32: number;
}

/** Access to the files of a package. Paths are those of `entries`; a leading `./`, as manifests have it, is fine. */
export interface PackageReader extends AsyncDisposable {
  /** The archive's top-level folder with a slash, or empty. Paths do not include it. */
  readonly prefix: string;
  /** Files in the archive's order; folders are not listed. */
  readonly entries: readonly PackageEntry[];
  /** The file at this path, or undefined. */
  entry(path: string): PackageEntry | undefined;
  /**
   * A file's content, all in memory: ask `entry` for its size first. Throws `entry_missing` for an unknown path, and
   * `archive_*` if the bytes are not those that were validated.
   */
  readEntry(path: string): Promise<Buffer>;
  /** The same as a stream: `entry_missing` is thrown at once, the other errors end the stream. */
  openEntry(path: string): Readable;
  /** Closes the file if this reader opened it. */
  close(): Promise<void>;
}

/** A package of which every byte was checked. */
export interface ValidatedPackage extends PackageReader {
  readonly manifest: Manifest;
  /** sha256 of the archive in hexadecimal. */
  readonly digest: string;
  readonly archiveBytes: number;
  readonly unpackedBytes: number;
}

/**
 * Checks a package on disk completely: layout, names, every entry's content, the manifest and the files it names. Time
 * and memory are bounded whatever the file holds. A path is opened, and closed by `close`; a handle stays the caller's.
 * Throws `package_too_large`, `archive_*`, `manifest_missing`, `manifest_invalid` or `entry_missing`.
 */
export async function readPackage(
  file: FileHandle | string,
  options: { readonly signal?: AbortSignal; readonly rules?: ManifestRules } = {},
): Promise<ValidatedPackage> {
  return withArchive(file, async (archive) => {
    const directory = await readDirectoryRecords(archive);
    const digest = await verifyContents(archive.handle, directory.records, directory, options.signal);
    const reader = makeReader(archive, directory.records);
    const manifest = await readManifest(reader, options.rules);
    const unpackedBytes = directory.records.reduce((sum, record) => sum + record.unpackedBytes, 0);
    return { ...reader, manifest, digest, archiveBytes: archive.size, unpackedBytes };
  });
}

/**
 * Opens a package that was validated before, to read single files: the directory is checked again, contents only when
 * they are read. For archives whose digest is known from the catalog. Throws like `readPackage`, but never about the
 * manifest's content.
 */
export async function openPackage(file: FileHandle | string): Promise<PackageReader> {
  return withArchive(file, async (archive) => {
    const { records } = await readDirectoryRecords(archive);
    return makeReader(archive, records);
  });
}

interface Archive {
  readonly handle: FileHandle;
  readonly size: number;
  readonly close: () => Promise<void>;
}

/** Runs `use` on an open archive, and closes what was opened here if that fails. */
async function withArchive<T>(file: FileHandle | string, use: (archive: Archive) => Promise<T>): Promise<T> {
  const own = typeof file === "string";
  const handle = own ? await open(file, "r") : file;
  const close = async () => {
    if (own) await handle.close();
  };
  try {
    const stats = await handle.stat();
    if (!stats.isFile())
      throw new PatchbayError("archive_unreadable", "This is not a file. Upload a zip archive.");
    if (stats.size > MAX_ARCHIVE_BYTES) {
      const limit = MAX_ARCHIVE_BYTES / 1024 / 1024;
      throw new PatchbayError(
        "package_too_large",
        `The package is larger than ${limit} MiB. Leave out what is not used.`,
      );
    }
    return await use({ handle, size: stats.size, close });
  } catch (fault) {
    await close();
    throw fault;
  }
}

interface Directory {
  readonly records: readonly DirectoryRecord[];
  readonly offset: number;
  /** Everything from the first record to the end of the file. */
  readonly bytes: Buffer;
}

async function readDirectoryRecords({ handle, size }: Archive): Promise<Directory> {
  const location = await locateDirectory(handle, size);
  const bytes = await readExactly(handle, location.offset, size - location.offset);
  const records = parseDirectory(bytes, location);
  const names = new NameIndex();
  for (const record of records) names.add(record.name);
  return { records, offset: location.offset, bytes };
}

function makeReader({ handle, close }: Archive, records: readonly DirectoryRecord[]): PackageReader {
  const files = records.filter((record) => !record.isFolder);
  const prefix = findPackageRoot(files.map((record) => record.name));
  const byPath = new Map<string, { entry: PackageEntry; record: DirectoryRecord }>();
  for (const record of files) {
    if (!record.name.startsWith(prefix)) continue;
    const path = record.name.slice(prefix.length);
    byPath.set(path, { record, entry: { path, size: record.unpackedBytes, crc32: record.crc32 } });
  }
  const find = (path: string) => byPath.get(posix.normalize(path));
  const findRecord = (path: string) => {
    const found = find(path);
    if (found === undefined) throw missing(path);
    return found.record;
  };
  return {
    prefix,
    entries: Array.from(byPath.values(), ({ entry }) => entry),
    entry: (path) => find(path)?.entry,
    readEntry: async (path) => readRecord(handle, findRecord(path)),
    openEntry: (path) => Readable.from(openRecord(handle, findRecord(path)), { objectMode: false }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function readManifest(reader: PackageReader, rules?: ManifestRules): Promise<Manifest> {
  checkManifestSize(reader.entry(MANIFEST_PATH)?.size ?? 0);
  const bytes = await reader.readEntry(MANIFEST_PATH);
  return checkManifest(bytes, (path) => reader.entry(path) !== undefined, rules);
}

const missing = (path: string) =>
  new PatchbayError("entry_missing", `The package has no file ${quoteName(path)}.`, {
    facts: { entry: path },
  });
