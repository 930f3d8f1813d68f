import { createHash } from "node:crypto";
import { pipeline } from "node:stream/promises";
import type { PackageReader } from "../reader.ts";

export const SIGNATURE_PATH = "signature.json";
export const PROVENANCE_PATH = "provenance.sigstore.json";
/** What speaks about the package's content is none of it. */
export const isReserved = (path: string): boolean => path === SIGNATURE_PATH || path === PROVENANCE_PATH;

/** SHA-256 of every file but the reserved ones, hex, by path, in the order of the paths. Throws `archive_*`. */
export async function digestsOf(packageFile: PackageReader): Promise<ReadonlyMap<string, string>> {
  const paths = packageFile.entries.map(({ path }) => path).filter((path) => !isReserved(path));
  const digests = new Map<string, string>();
  for (const path of paths.sort(byCodeUnits)) {
    const hash = createHash("sha256");
    await pipeline(packageFile.openEntry(path), hash);
    digests.set(path, hash.digest("hex"));
  }
  return digests;
}

/** One digest of all content, hex: what a statement of the build is about. The same for a package signed and unsigned. */
export function contentDigest(digests: ReadonlyMap<string, string>): string {
  const hash = createHash("sha256");
  for (const [path, digest] of [...digests].sort(([a], [b]) => byCodeUnits(a, b)))
    hash.update(`${path}\0${digest}\n`);
  return hash.digest("hex");
}

const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : 1);
