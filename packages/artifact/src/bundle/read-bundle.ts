import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  BundleManifestDto,
  MAX_BUNDLE_BYTES,
  MAX_BUNDLE_MANIFEST_BYTES,
  PatchbayError,
  parseJson,
  schemaErrors,
} from "@patchbay/protocol";
import { type Entry, extract } from "tar-stream";
import { BUNDLE_MANIFEST, packagePath } from "./layout.ts";
import { plainTar } from "./tar-headers.ts";

export interface ReadBundle {
  readonly manifest: BundleManifestDto;
  /** Where each package lies in the folder, by digest. The bytes have that digest; what is in them was not looked at. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Unpacks a bundle into a folder that is the caller's to make and to remove. Takes `bundle.json` first and then the packages that it
 * lists, and nothing else. Throws `bundle_invalid`, or `package_too_large` beyond `MAX_BUNDLE_BYTES`.
 */
export const readBundle = async (source: Readable, folder: string): Promise<ReadBundle> => {
  const tar = extract();
  const feeding = pipeline(source, limitBytes(), plainTar(invalid), tar).catch((error: unknown) =>
    tar.destroy(asError(error)),
  );
  try {
    return await unpack(tar, folder);
  } catch (error) {
    // Errors with a code of their own are the system's: a full disk is no fault of the bundle.
    if (error instanceof PatchbayError || (error instanceof Error && "code" in error)) throw error;
    throw invalid(error instanceof Error ? error.message : String(error), error);
  } finally {
    tar.destroy();
    await feeding;
  }
};

const unpack = async (entries: AsyncIterable<Entry>, folder: string): Promise<ReadBundle> => {
  let manifest: BundleManifestDto | undefined;
  const files = new Map<string, string>();
  for await (const entry of entries) {
    const { name, type, size } = entry.header;
    if (type !== "file") throw invalid(`${JSON.stringify(name)} is no file.`);
    if (manifest === undefined) {
      if (name !== BUNDLE_MANIFEST) throw invalid(`It does not begin with ${BUNDLE_MANIFEST}.`);
      manifest = await readManifest(entry, size ?? 0);
      continue;
    }
    const listed = manifest.packages.find(({ digest }) => packagePath(digest) === name);
    if (listed === undefined || files.has(listed.digest))
      throw invalid(`${JSON.stringify(name)} is not listed, or there twice.`);
    if (size !== listed.sizeBytes) throw invalid(`${name} does not have the size that is listed.`);
    files.set(listed.digest, await store(entry, listed.digest, folder));
  }
  if (manifest === undefined) throw invalid("It is empty.");
  const missing = manifest.packages.find(({ digest }) => !files.has(digest));
  if (missing !== undefined) throw invalid(`${packagePath(missing.digest)} is missing.`);
  return { manifest, files };
};

const readManifest = async (entry: Entry, size: number): Promise<BundleManifestDto> => {
  if (size > MAX_BUNDLE_MANIFEST_BYTES) throw invalid(`${BUNDLE_MANIFEST} is too large.`);
  const chunks: Buffer[] = [];
  for await (const chunk of entry) chunks.push(chunk as Buffer);
  const parsed = parseJson(Buffer.concat(chunks));
  if (!parsed.ok) throw invalid(`${BUNDLE_MANIFEST} ${parsed.error}.`);
  const { value } = parsed;
  const [first] = schemaErrors(BundleManifestDto, value);
  if (first !== undefined)
    throw invalid(`${BUNDLE_MANIFEST} is not valid at ${first.pointer}: ${first.message}`);
  const manifest = value as BundleManifestDto;
  const digests = new Set(manifest.packages.map(({ digest }) => digest));
  if (digests.size < manifest.packages.length) throw invalid("A package is listed twice.");
  return manifest;
};

const store = async (entry: Entry, digest: string, folder: string): Promise<string> => {
  const path = join(folder, `${digest}.zip`);
  const hash = createHash("sha256");
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(entry, hashing, async (pieces: AsyncIterable<Buffer>) => {
    await using file = await open(path, "wx");
    await file.writeFile(pieces);
  });
  if (hash.digest("hex") !== digest) throw invalid(`The content of ${packagePath(digest)} was changed.`);
  return path;
};

const limitBytes = (): Transform => {
  let left = MAX_BUNDLE_BYTES;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      left -= chunk.length;
      if (left >= 0) done(null, chunk);
      else
        done(
          new PatchbayError(
            "package_too_large",
            `The bundle is larger than ${MAX_BUNDLE_BYTES / 1024 ** 3} GiB. Make several.`,
          ),
        );
    },
  });
};

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

const invalid = (what: string, cause?: unknown): PatchbayError =>
  new PatchbayError("bundle_invalid", `This is no whole bundle: ${what}`, { cause });
