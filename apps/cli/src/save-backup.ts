import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { type BackupCounts, type BackupPart, readBackup } from "@patchbay/artifact";
import type { BackupManifestDto } from "@patchbay/protocol";
import type { Output } from "./output.ts";
import { size } from "./size.ts";

export interface SavedBackup {
  readonly manifest: BackupManifestDto;
  readonly counts: BackupCounts;
  readonly bytes: number;
}

/**
 * Writes a backup to `file.partial`, which becomes `file` when all of it has come, was checked and is on the disk: whatever has the
 * name `file` is whole. `onManifest` may refuse it. Throws `backup_invalid`, and what the stream throws.
 */
export const saveBackup = async (
  stream: AsyncIterable<Uint8Array>,
  file: string,
  output: Output,
  onManifest: (manifest: BackupManifestDto) => void,
): Promise<SavedBackup> => {
  const path = resolve(file);
  const partial = `${path}.partial`;
  const saved: { manifest?: BackupManifestDto; counts?: BackupCounts; bytes: number } = { bytes: 0 };
  try {
    await using written = await open(partial, "w", 0o600);
    // One that was left behind may be open to others.
    await written.chmod(0o600);
    const counted = (bytes: number) => {
      saved.bytes += bytes;
      output.progress(`Writing ${basename(file)}: ${size(saved.bytes)}`);
    };
    for await (const part of readBackup(keep(stream, written, counted))) note(part, saved, onManifest);
    await written.sync();
    await rename(partial, path);
    await syncFolder(dirname(path));
  } finally {
    output.endProgress();
    await rm(partial, { force: true });
  }
  const { manifest, counts, bytes } = saved;
  if (manifest === undefined || counts === undefined) throw new Error("The backup has no end.");
  return { manifest, counts, bytes };
};

const note = (
  part: BackupPart,
  saved: { manifest?: BackupManifestDto; counts?: BackupCounts },
  onManifest: (manifest: BackupManifestDto) => void,
): void => {
  if (part.kind === "end") saved.counts = part.counts;
  if (part.kind !== "manifest") return;
  onManifest(part.manifest);
  saved.manifest = part.manifest;
};

/** Passes on what comes and writes it down. */
async function* keep(
  stream: AsyncIterable<Uint8Array>,
  file: FileHandle,
  counted: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) {
    await file.writeFile(chunk);
    counted(chunk.length);
    yield chunk;
  }
}

/** Makes a rename in the folder survive a power failure. */
const syncFolder = async (path: string): Promise<void> => {
  await using folder = await open(path, "r");
  await folder.sync();
};
