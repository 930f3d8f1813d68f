import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { BundleManifestDto } from "@patchbay/protocol";
import { type Pack, pack } from "tar-stream";
import { BUNDLE_MANIFEST, packagePath } from "./layout.ts";

/** All files of a bundle have the same date, so that the same packages make the same bytes. */
const MODIFIED = new Date("2000-01-01T00:00:00Z");

/** A bundle as a stream of bytes: a tar of `bundle.json` and the packages that it lists, which `open` gives by their digests. */
export const writeBundle = (
  manifest: BundleManifestDto,
  open: (digest: string) => Promise<{ readonly stream: Readable; readonly sizeBytes: number }>,
): Readable => {
  const tar = pack();
  fill(tar, manifest, open).then(
    () => tar.finalize(),
    (error: Error) => tar.destroy(error),
  );
  return Readable.from(tar, { objectMode: false });
};

const fill = async (
  tar: Pack,
  manifest: BundleManifestDto,
  open: Parameters<typeof writeBundle>[1],
): Promise<void> => {
  const head = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
  tar.entry({ name: BUNDLE_MANIFEST, size: head.length, mtime: MODIFIED }, head);
  for (const { digest } of manifest.packages) {
    const { stream, sizeBytes } = await open(digest);
    await pipeline(stream, tar.entry({ name: packagePath(digest), size: sizeBytes, mtime: MODIFIED }));
  }
};
