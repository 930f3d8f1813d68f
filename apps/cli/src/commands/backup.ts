import { existsSync } from "node:fs";
import { Readable } from "node:stream";
import { PatchbayError } from "@patchbay/protocol";
import type { Command } from "commander";
import type { CommonOptions } from "../common-options.ts";
import { Output, UsageError } from "../output.ts";
import { type SavedBackup, saveBackup } from "../save-backup.ts";
import { readOwnSecretKeys, requireKeysOf, saveSecretKeys } from "../secret-keys.ts";
import { openClient } from "../session.ts";
import { size } from "../size.ts";

interface BackupOptions extends CommonOptions {
  readonly output: string;
  readonly keys?: string;
}

/** `backup`: the whole deployment as one file. */
export const addBackupCommand = (program: Command): void => {
  program
    .command("backup")
    .description("Save a running server's database and artifacts in one file; for administrators of it")
    .option("--output <file>", "where to", "patchbay-backup.tar")
    .option("--keys <file>", "save the secret key, too, in a file of its own; on the server's machine")
    .action(async (options: BackupOptions) => {
      const output = new Output(options.json);
      const { saved, keys } = await makeBackup(options, output);
      if (saved.counts.missing > 0)
        output.warning(
          `${saved.counts.missing} artifacts are not in the backup: the server itself has lost them, or has them damaged. Its log names them.`,
        );
      const { bytes, counts, manifest } = saved;
      output.result(
        { file: options.output, bytes, ...counts, secretKeys: manifest.secretKeys, keys },
        `${options.output}  ${size(bytes)}  ${counts.rows} rows, ${counts.artifacts} artifacts\n${aboutKeys(saved, keys)}`,
      );
    });
};

const makeBackup = async (
  { output: file, keys: keysFile, org }: BackupOptions,
  output: Output,
): Promise<{ saved: SavedBackup; keys: string | null }> => {
  const keys = keysFile === undefined ? null : await readOwnSecretKeys();
  if (keysFile !== undefined && existsSync(keysFile))
    throw new UsageError(`There is a file ${keysFile} already. Name another one for the key.`);
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, stop);
  const client = (await openClient(org)).until(stopping.signal);
  try {
    const stream = Readable.fromWeb(
      (await client.backups.create()) as Parameters<typeof Readable.fromWeb>[0],
    );
    const saved = await saveBackup(stream, file, output, ({ secretKeys }) => {
      if (keys !== null) requireKeysOf(keys, secretKeys);
    });
    if (keys !== null && keysFile !== undefined) await saveSecretKeys(keys, keysFile);
    return { saved, keys: keysFile ?? null };
  } catch (error) {
    throw stopping.signal.aborted ? givenUp(error) : brokenOff(error);
  }
};

const givenUp = (cause: unknown) =>
  new PatchbayError("cancelled", "The backup was given up; nothing of it was kept.", { cause });

/** What Node says of a connection that ended in the middle tells nobody what to do. */
const brokenOff = (error: unknown): unknown => {
  const isConnection = error instanceof TypeError && error.message === "terminated";
  if (!isConnection) return error;
  const message =
    "The server ended the backup before it was whole; nothing of it was kept. Its log says why.";
  return new PatchbayError("unavailable", message, { cause: error });
};

const aboutKeys = ({ manifest }: SavedBackup, keys: string | null): string =>
  keys === null
    ? `The secret key (fingerprint ${manifest.secretKeys.join(", ")}) is not in it: keep it apart. Without it, secrets cannot be read again.`
    : `${keys} holds the secret key: keep it apart from the backup.`;
