import { constants, type FileHandle, open, rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createDeflateRaw } from "node:zlib";
import {
  ENTRY_RATIO_FLOOR_BYTES,
  MAX_ARCHIVE_BYTES,
  MAX_ENTRY_RATIO,
  MAX_UNPACKED_BYTES,
  type ManifestRules,
  PatchbayError,
} from "@patchbay/protocol";
import { ZipFile } from "yazl";
import { readPackage, type ValidatedPackage } from "./reader.ts";
import { checkEntryName } from "./zip/entry-names.ts";
import { NameIndex } from "./zip/name-index.ts";
import { quoteName } from "./zip/refusal.ts";

/** One file to put into a package: its path there, and its content or where that is on disk. */
export type PackageFile =
  | { readonly path: string; readonly content: Uint8Array | string }
  | { readonly path: string; readonly sourcePath: string };

export interface WritePackageOptions {
  readonly files: Iterable<PackageFile> | AsyncIterable<PackageFile>;
  /** Where the archive is to be. What was there is replaced, but only by a complete and valid package. */
  readonly output: string;
  /** For a deployment that takes other manifests than most. */
  readonly rules?: ManifestRules;
}

/** What was written. */
export type WrittenPackage = Pick<
  ValidatedPackage,
  "manifest" | "digest" | "archiveBytes" | "unpackedBytes" | "entries"
>;

const COMPRESSION_LEVEL = 9;
const FILE_MODE = 0o100644;

/**
 * Writes a package. The same files give the same bytes, and so the same digest, wherever and in whatever order they
 * come (with one version of Node: another zlib may pack otherwise). The result has passed `readPackage`, whose errors
 * this throws; besides `directory_unreadable` for a source file that cannot be read.
 */
export async function writePackage({ files, output, rules }: WritePackageOptions): Promise<WrittenPackage> {
  const sorted = await collect(files);
  const partial = `${output}.${process.pid}.partial`;
  try {
    await writeArchive(sorted, partial);
    const written = await describe(partial, rules);
    await rename(partial, output);
    return written;
  } finally {
    await rm(partial, { force: true });
  }
}

/** All files in the order of their paths, which must be such as the reader takes. */
async function collect(files: WritePackageOptions["files"]): Promise<PackageFile[]> {
  const collected: PackageFile[] = [];
  const names = new NameIndex();
  for await (const file of files) {
    if (file.path.endsWith("/"))
      throw new PatchbayError("archive_bad_name", `${quoteName(file.path)} is no file.`);
    checkEntryName(file.path);
    names.add(file.path);
    collected.push(file);
  }
  // By code units: a collation would depend on the machine's language.
  return collected.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function writeArchive(files: readonly PackageFile[], output: string): Promise<void> {
  const zip = new ZipFile();
  const failure = new AbortController();
  const fail = (fault: unknown) => failure.abort(fault);
  zip.on("error", fail);
  addAll(zip, files, fail).catch(fail);
  try {
    const archive: AsyncIterable<Buffer | string> = zip.outputStream;
    // Opened here: a stream that opens its file by itself may do so after it was given up.
    await using file = await open(output, "w");
    await pipeline(archive, limitBytes, file.createWriteStream(), { signal: failure.signal });
  } catch (fault) {
    throw failure.signal.aborted ? failure.signal.reason : fault;
  }
}

/** Adds the files and ends the archive. A file is opened only when its turn has come. */
async function addAll(
  zip: ZipFile,
  files: readonly PackageFile[],
  fail: (fault: unknown) => void,
): Promise<void> {
  // The zip format knows local times only: the same fields come out in every time zone. A month after the format's
  // first day, since yazl remembers that day in the zone of its loading and lifts earlier times to it.
  const mtime = new Date(1980, 1, 1);
  let left = MAX_UNPACKED_BYTES;
  for (const file of files) {
    const size = await sizeOf(file);
    left -= size;
    if (left < 0) throw tooLargeUnpacked();
    const stored = size > ENTRY_RATIO_FLOOR_BYTES && (await packsTooWell(file));
    const compressionLevel = stored ? 0 : COMPRESSION_LEVEL;
    const options = { mtime, mode: FILE_MODE, forceDosTimestamp: true, compressionLevel };
    zip.addReadStreamLazy(file.path, options, (answer) => {
      // yazl listens to no errors of the streams that it is given.
      answer(null, Readable.from(contentOf(file), { objectMode: false }).on("error", fail));
    });
  }
  zip.end();
}

/** Whether deflate would pack the file better than the reader believes of an honest one. */
async function packsTooWell(file: PackageFile): Promise<boolean> {
  let unpacked = 0;
  let packed = 0;
  const count = async function* (pieces: AsyncIterable<Buffer>) {
    for await (const piece of pieces) {
      unpacked += piece.length;
      yield piece;
    }
  };
  const add = async (pieces: AsyncIterable<Buffer>) => {
    for await (const piece of pieces) packed += piece.length;
  };
  await pipeline(contentOf(file), count, createDeflateRaw({ level: COMPRESSION_LEVEL }), add);
  return unpacked > packed * MAX_ENTRY_RATIO;
}

async function sizeOf(file: PackageFile): Promise<number> {
  if ("content" in file) return Buffer.byteLength(file.content);
  await using handle = await openSource(file.sourcePath);
  return (await handle.stat()).size;
}

async function* contentOf(file: PackageFile): AsyncGenerator<Buffer> {
  if ("content" in file) {
    yield Buffer.from(file.content);
    return;
  }
  await using handle = await openSource(file.sourcePath);
  yield* handle.createReadStream({ autoClose: false });
}

/** Opens a regular file and nothing else: a link may have come into its place, a pipe would be waited for. */
async function openSource(path: string): Promise<FileHandle> {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const handle = await open(path, flags).catch((cause: unknown) => {
    throw new PatchbayError(
      "directory_unreadable",
      `${quoteName(path)} cannot be read. Check its access rights.`,
      { cause },
    );
  });
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new PatchbayError("archive_special_file", `${quoteName(path)} is not a regular file. Leave it out.`);
}

async function* limitBytes(archive: AsyncIterable<Buffer | string>): AsyncGenerator<Buffer | string> {
  let length = 0;
  for await (const piece of archive) {
    length += piece.length;
    if (length > MAX_ARCHIVE_BYTES) {
      const limit = MAX_ARCHIVE_BYTES / 1024 / 1024;
      throw new PatchbayError(
        "package_too_large",
        `The package is larger than ${limit} MiB. Leave out what is not used.`,
      );
    }
    yield piece;
  }
}

async function describe(path: string, rules?: ManifestRules): Promise<WrittenPackage> {
  await using written = await readPackage(path, rules && { rules });
  const { manifest, digest, archiveBytes, unpackedBytes, entries } = written;
  return { manifest, digest, archiveBytes, unpackedBytes, entries };
}

const tooLargeUnpacked = () =>
  new PatchbayError(
    "archive_unpacked_too_large",
    `The files together are larger than ${MAX_UNPACKED_BYTES / 1024 / 1024} MiB. Leave out what is not used.`,
  );
