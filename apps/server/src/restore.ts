import { parseArgs } from "node:util";
import { readDatabaseUrl } from "./config/configuration.ts";
import { onParentExit } from "./process/parent.ts";
import { restoreBackup } from "./restore/restore-backup.ts";

/*
 * What `patchbay restore` starts. Says what it does, and what came of it, as JSON lines on standard output. The address of the database
 * comes by the environment, since everybody on the machine can read the arguments of a process.
 */
type Line =
  | { readonly progress: string }
  | { readonly restored: Awaited<ReturnType<typeof restoreBackup>> }
  | { readonly failed: string };

const say = (line: Line): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

/** Whoever started this is gone: nobody would hear how it ends, and all of it can be done again. */
onParentExit(() => process.exit(1));

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopping.abort());

try {
  const { values } = parseArgs({
    options: { file: { type: "string" }, "data-dir": { type: "string" }, keys: { type: "string" } },
  });
  const restored = await restoreBackup({
    file: values.file ?? "",
    dataDir: values["data-dir"] ?? "",
    databaseUrl: readDatabaseUrl(process.env.PATCHBAY_DATABASE_URL),
    keysFile: values.keys ?? null,
    signal: stopping.signal,
    progress: (progress) => say({ progress }),
  });
  say({ restored });
} catch (error) {
  say({ failed: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
}
