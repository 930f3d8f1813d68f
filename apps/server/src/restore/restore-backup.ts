import { createReadStream } from "node:fs";
import { join } from "node:path";
import { type BackupCounts, readBackup } from "@patchbay/artifact";
import type { BackupManifestDto } from "@patchbay/protocol";
import { LocalArtifactStore } from "@patchbay/storage-objects";
import { type RowWriter, restoreDatabase } from "@patchbay/storage-postgres";
import { startEmbeddedPostgres } from "@patchbay/storage-postgres/embedded";
import { keep } from "../config/data-folder.ts";
import { claimFolder, clearFolder, finishFolder, requireFinished } from "./restore-folder.ts";
import { readKeys, requireOneKey } from "./restore-keys.ts";

/** Read from the disk at once. */
const CHUNK_BYTES = 1024 * 1024;

const BROKEN_OFF =
  "The restore was broken off. What is there is not whole, and no server starts on it: restore again.";

export interface RestoreRequest {
  readonly file: string;
  readonly dataDir: string;
  /** null: the embedded database, in the data folder. */
  readonly databaseUrl: string | null;
  /** A file with the secret key; null when it is brought by other means. */
  readonly keysFile: string | null;
  /** Hears what is being done. */
  readonly progress: (text: string) => void;
  /** Ends it at the next part of the backup. */
  readonly signal: AbortSignal;
}

export interface RestoreReport extends BackupCounts {
  readonly createdAt: string;
  readonly secretKeys: readonly string[];
}

/**
 * Makes a deployment from a backup. All of the file is checked before anything is changed, and once more while it is used. Broken off at
 * any point it leaves what no server starts on, and what the next restore replaces. Throws with an explanation when the file is not whole, or
 * the target is not empty.
 */
export const restoreBackup = async (request: RestoreRequest): Promise<RestoreReport> => {
  request.progress("Checking the backup");
  const { manifest, counts } = await check(request.file);
  const keys = request.keysFile === null ? null : await readKeys(request.keysFile, manifest);
  if (request.databaseUrl === null) {
    const key = keys === null ? null : requireOneKey(keys, request.keysFile ?? "");
    await intoFolder(request, manifest, key);
  } else {
    requireFinished(request.dataDir);
    await bringInto({ connectionString: request.databaseUrl }, request, manifest);
  }
  return { ...counts, createdAt: manifest.createdAt, secretKeys: manifest.secretKeys };
};

const intoFolder = async (
  request: RestoreRequest,
  manifest: BackupManifestDto,
  key: string | null,
): Promise<void> => {
  const { dataDir, progress } = request;
  await claimFolder(dataDir);
  progress("Starting a database");
  const log = { info: progress, warn: progress };
  const embedded = await startEmbeddedPostgres({ dataDir, log });
  try {
    await clearFolder(dataDir);
    await bringInto(embedded.connection, request, manifest);
    if (key !== null) await keep(join(dataDir, "secret.key"), () => key);
  } finally {
    await embedded.stop();
  }
  await finishFolder(dataDir);
};

/** Artifacts lie there before the rows count that name them. */
const bringInto = async (
  connection: Parameters<typeof restoreDatabase>[0],
  request: RestoreRequest,
  manifest: BackupManifestDto,
): Promise<void> => {
  const replace = request.databaseUrl === null;
  await restoreDatabase(connection, manifest, { replace }, async (write) => {
    const store = await LocalArtifactStore.open(join(request.dataDir, "artifacts"));
    await bringAll(request, manifest, store, write);
  });
};

const bringAll = async (
  { file, progress, signal }: RestoreRequest,
  checked: BackupManifestDto,
  store: LocalArtifactStore,
  write: RowWriter,
): Promise<void> => {
  let last = "";
  const tell = (text: string) => {
    if (text !== last) progress(text);
    last = text;
  };
  for await (const part of partsOf(file)) {
    if (signal.aborted) throw new Error(BROKEN_OFF);
    if (part.kind === "manifest" && JSON.stringify(part.manifest) !== JSON.stringify(checked))
      throw new Error(`${file} was changed while it was restored.`);
    if (part.kind === "rows") {
      tell(`Restoring the table ${part.table}`);
      await write(part.table, part.bytes);
    } else if (part.kind === "artifact") {
      tell("Restoring artifacts");
      await store.put(part.digest, part.bytes);
    }
  }
};

const check = async (
  file: string,
): Promise<{ readonly manifest: BackupManifestDto; readonly counts: BackupCounts }> => {
  let manifest: BackupManifestDto | undefined;
  for await (const part of partsOf(file)) {
    if (part.kind === "manifest") manifest = part.manifest;
    if (part.kind === "end" && manifest !== undefined) return { manifest, counts: part.counts };
  }
  throw new Error(`${file} has no end.`);
};

const partsOf = (file: string) => readBackup(createReadStream(file, { highWaterMark: CHUNK_BYTES }));
