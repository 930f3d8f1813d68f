import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Command } from "commander";
import { CHECKOUT } from "../checkout.ts";
import type { CommonOptions } from "../common-options.ts";
import { Output, UsageError } from "../output.ts";

/** In a checkout. The server's code is not part of the command, which may be installed without it. */
const RESTORE = "apps/server/src/restore.ts";
/** The pipe whose other end this process holds: what was started ends with it. */
const PARENT_FD = 3;

interface RestoreOptions extends CommonOptions {
  readonly dataDir?: string;
  readonly databaseUrl?: string;
  readonly keys?: string;
}

interface Restored {
  readonly createdAt: string;
  readonly rows: number;
  readonly artifacts: number;
  readonly missing: number;
  readonly secretKeys: readonly string[];
}

/** `restore`: a deployment from a backup. */
export const addRestoreCommand = (program: Command): void => {
  program
    .command("restore <file>")
    .description("Make a deployment from a backup, in an empty data folder or an empty database")
    .option("--data-dir <folder>", "the data folder; PATCHBAY_DATA_DIR or ./data otherwise")
    .option(
      "--database-url <url>",
      "an empty PostgreSQL database; PATCHBAY_DATABASE_URL, or the embedded one",
    )
    .option("--keys <file>", "the file that `patchbay backup --keys` made")
    .action(async (file: string, options: RestoreOptions) => {
      if (CHECKOUT === null)
        throw new UsageError(
          "A backup is restored from a checkout of Patchbay: run `node_modules/.bin/patchbay restore` there.",
        );
      const program = join(CHECKOUT, RESTORE);
      if (!existsSync(file)) throw new UsageError(`There is no file ${file}.`);
      const output = new Output(options.json);
      const dataDir = resolve(options.dataDir ?? (process.env.PATCHBAY_DATA_DIR || "data"));
      const databaseUrl = options.databaseUrl ?? process.env.PATCHBAY_DATABASE_URL ?? "";
      const restored = await runRestore({ program, file, dataDir, databaseUrl, keys: options.keys }, output);
      if (restored.missing > 0)
        output.warning(`${restored.missing} artifacts were lost before the backup was made.`);
      output.result({ dataDir, ...restored }, describe(restored, { ...options, databaseUrl, dataDir }));
    });
};

const runRestore = async (
  to: { program: string; file: string; dataDir: string; databaseUrl: string; keys: string | undefined },
  output: Output,
): Promise<Restored> => {
  const args = ["--file", resolve(to.file), "--data-dir", to.dataDir];
  if (to.keys !== undefined) args.push("--keys", resolve(to.keys));
  const child = spawn(process.execPath, [to.program, ...args], {
    env: {
      ...process.env,
      PATCHBAY_DATABASE_URL: to.databaseUrl,
      PATCHBAY_PARENT_FD: String(PARENT_FD),
    },
    stdio: ["ignore", "pipe", "inherit", "pipe"],
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  const ended = once(child, "close");
  let restored: Restored | undefined;
  let failed =
    "The restore was broken off. What is there is not whole, and no server starts on it: restore again.";
  for await (const line of createInterface({ input: child.stdout as Readable })) {
    const said = JSON.parse(line) as { progress?: string; restored?: Restored; failed?: string };
    if (said.progress !== undefined) output.progress(said.progress);
    restored = said.restored ?? restored;
    failed = said.failed ?? failed;
  }
  await ended;
  output.endProgress();
  if (restored !== undefined) return restored;
  throw new Error(failed);
};

const describe = (
  { createdAt, rows, artifacts, secretKeys }: Restored,
  { keys, databaseUrl, dataDir }: { keys?: string; databaseUrl: string; dataDir: string },
): string => {
  const key = `the secret key (fingerprint ${secretKeys.join(", ")})`;
  const isEmbedded = databaseUrl === "";
  const place = isEmbedded ? dataDir : `the database, and artifacts in ${dataDir}`;
  const next = isEmbedded
    ? `Put ${key} into ${dataDir}/secret.key, or into PATCHBAY_SECRET_KEY, before the server starts.`
    : `Start the server with ${key} in PATCHBAY_SECRET_KEY.`;
  const whole = `Restored ${rows} rows and ${artifacts} artifacts of ${createdAt} into ${place}.`;
  return isEmbedded && keys !== undefined ? `${whole}\nThe server can start.` : `${whole}\n${next}`;
};
