import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Where a run of the tests keeps the data folder that its servers start from; set for that run alone. */
const RUN_FOLDER = "TEST_PREPARED_FOLDER";
/** What decides what a first start makes: such a server makes its own. */
const OF_A_FIRST_START = /^PATCHBAY_(ADMIN_|BOOTSTRAP_|DATABASE_|S3_|SECRET_KEY|ROLE$)/;
const WAIT_MS = 60_000;

/** Before and after all files of a run. */
export default (): (() => void) => {
  const folder = mkdtempSync(join(tmpdir(), "patchbay-prepared-"));
  process.env[RUN_FOLDER] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
};

/**
 * Fills an empty data folder with a copy of one that a real first start has made (`make`, once in a run): making a database and taking
 * the built-in plugins in takes longer than many tests. Leaves a folder alone that is not empty, or whose server is to make it otherwise.
 */
export const copyPreparedFolder = async (
  dataDir: string,
  environment: Readonly<Record<string, string>>,
  make: (dataDir: string) => Promise<void>,
): Promise<void> => {
  const run = process.env[RUN_FOLDER];
  if (run === undefined || Object.keys(environment).some((name) => OF_A_FIRST_START.test(name))) return;
  if ((await readdir(dataDir).catch(() => [])).length > 0) return;
  const prepared = await preparedFolder(run, make);
  await mkdir(dataDir, { recursive: true });
  // Two servers of one database would be two nodes.
  const copied = spawnSync("sh", ["-c", 'cp -a "$0"/. "$1" && rm "$1"/node-id', prepared, dataDir]);
  if (copied.status !== 0) throw new Error(`Copying ${prepared} failed: ${String(copied.stderr)}`);
};

/** Whoever comes first makes it, the others wait. */
const preparedFolder = async (run: string, make: (dataDir: string) => Promise<void>): Promise<string> => {
  const folder = join(run, "data");
  const ready = join(run, "ready");
  if (existsSync(ready)) return folder;
  const deadline = performance.now() + WAIT_MS;
  while (!existsSync(ready)) {
    if (await isMaker(folder)) {
      try {
        await make(folder);
        await writeFile(ready, "");
      } catch (error) {
        // Another test tries again.
        await rm(folder, { recursive: true, force: true });
        throw error;
      }
    } else if (performance.now() > deadline)
      throw new Error("Another test did not finish making the first data folder.");
    else await sleep(50);
  }
  return folder;
};

const isMaker = async (folder: string): Promise<boolean> =>
  await mkdir(folder).then(
    () => true,
    () => false,
  );
