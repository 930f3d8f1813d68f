import type { KeyObject } from "node:crypto";
import { MAX_SIGNATURE_BYTES, PatchbayError } from "@patchbay/protocol";
import { type PackageReader, readPackage, type ValidatedPackage } from "../reader.ts";
import { type PackageFile, type WrittenPackage, writePackage } from "../writer.ts";
import { quoteName } from "../zip/refusal.ts";
import { digestsOf, PROVENANCE_PATH, SIGNATURE_PATH } from "./digests.ts";
import { type PackageSignature, parseSignature, signStatement } from "./envelope.ts";

export interface SignPackageOptions {
  /** The package to sign, and where the signed one is to be; may be the same. */
  readonly input: string;
  readonly output: string;
  readonly privateKey: KeyObject;
  readonly signedAt: Date;
  /** A Sigstore bundle about the package's content, to put beside the signature in place of the one that it may have. */
  readonly provenance?: Uint8Array;
}

/**
 * Writes a package with a signature over all of its files in place of the one that it may have. The same package, key
 * and time give the same bytes. Throws what `readPackage` and `writePackage` throw.
 */
export async function signPackage({
  input,
  output,
  privateKey,
  signedAt,
  provenance,
}: SignPackageOptions): Promise<WrittenPackage> {
  await using packageFile = await readPackage(input);
  const { id: plugin, version } = packageFile.manifest;
  const files = await digestsOf(packageFile);
  const content = signStatement({ plugin, version, signedAt: signedAt.toISOString(), files }, privateKey);
  const added: PackageFile[] = [{ path: SIGNATURE_PATH, content }];
  if (provenance !== undefined) added.push({ path: PROVENANCE_PATH, content: provenance });
  return await writePackage({ files: withFiles(packageFile, added), output });
}

async function* withFiles(
  packageFile: PackageReader,
  added: readonly PackageFile[],
): AsyncGenerator<PackageFile> {
  const replaced = new Set(added.map(({ path }) => path));
  for (const { path } of packageFile.entries)
    if (!replaced.has(path)) yield { path, content: await packageFile.readEntry(path) };
  yield* added;
}

/** The signature that the package carries; null when it has none. Throws `signature_invalid`. */
export async function readSignature(packageFile: PackageReader): Promise<PackageSignature | null> {
  const entry = packageFile.entry(SIGNATURE_PATH);
  if (entry === undefined) return null;
  if (entry.size > MAX_SIGNATURE_BYTES)
    throw new PatchbayError(
      "signature_invalid",
      `signature.json is larger than ${MAX_SIGNATURE_BYTES / 1024 / 1024} MiB. Sign the package again.`,
    );
  return parseSignature(await packageFile.readEntry(SIGNATURE_PATH));
}

/**
 * Holds a package against what was signed, whoever signed it. Throws `signature_mismatch` when that was another plugin or
 * version, `package_modified` naming the first file that is missing, changed or not covered.
 */
export function requireAsSigned(
  { manifest }: Pick<ValidatedPackage, "manifest">,
  digests: ReadonlyMap<string, string>,
  { statement }: PackageSignature,
): void {
  const { plugin, version, files } = statement;
  if (plugin !== manifest.id || version !== manifest.version)
    throw new PatchbayError(
      "signature_mismatch",
      `The signature is for ${quoteName(plugin)} ${quoteName(version)}, but the package is ${manifest.id} ${manifest.version}.`,
      { facts: { signed: { plugin, version } } },
    );
  for (const [path, digest] of files) {
    const found = digests.get(path);
    if (found === undefined) throw modified(path, "was signed and is missing");
    if (found !== digest) throw modified(path, "is not the one that was signed");
  }
  for (const path of digests.keys()) if (!files.has(path)) throw modified(path, "was added after signing");
}

const modified = (path: string, fault: string) =>
  new PatchbayError(
    "package_modified",
    `The file ${quoteName(path)} ${fault}. Get the package from its publisher again.`,
    { facts: { entry: path } },
  );
