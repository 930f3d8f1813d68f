import { appendFile, cp, mkdir, mkdtemp, realpath, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SourceWatcher } from "./source-watcher.ts";

/** Longer than a change takes to be heard of on a busy machine. */
const QUIET_MS = 1_000;

let parent: string;
let folder: string;
let watcher: SourceWatcher;
let heard = 0;

beforeEach(async () => {
  parent = await realpath(await mkdtemp(join(tmpdir(), "patchbay-watch-")));
  folder = join(parent, "plugin");
  await mkdir(join(folder, "src/parts"), { recursive: true });
  await mkdir(join(parent, "shared"));
  for (const path of ["plugin.json", "src/plugin.ts", "src/parts/one.ts", "../shared/common.ts"])
    await writeFile(join(folder, path), "1");
  heard = 0;
  watcher = new SourceWatcher(folder, () => {
    heard += 1;
  });
  watcher.follow([join(folder, "src/plugin.ts"), join(parent, "shared/common.ts")]);
});
afterEach(async () => {
  watcher.close();
  await rm(parent, { recursive: true });
});

/** Makes a change and waits until it was heard of. */
const expectHeard = async (change: () => Promise<void>): Promise<void> => {
  const before = heard;
  await change();
  await expect.poll(() => heard).toBeGreaterThan(before);
  // What comes late of the same change is not to be taken for the next one.
  let last: number;
  do {
    last = heard;
    await sleep(QUIET_MS / 2);
  } while (heard !== last);
};

const saveByRename = async (path: string): Promise<void> => {
  await writeFile(`${path}~`, "2");
  await rename(`${path}~`, path);
};

test("hears of files that are saved in place after they were saved by renaming, again and again", async () => {
  const source = join(folder, "src/plugin.ts");
  for (let round = 0; round < 3; round += 1) {
    await expectHeard(() => saveByRename(source));
    await expectHeard(() => appendFile(source, "3"));
  }
  await expectHeard(() => saveByRename(join(folder, "plugin.json")));
  await expectHeard(() => appendFile(join(folder, "plugin.json"), "3"));
});

test("hears of what other folders lend, and of folders that come, go and come again", async () => {
  await expectHeard(() => saveByRename(join(parent, "shared/common.ts")));
  await expectHeard(() => appendFile(join(parent, "shared/common.ts"), "3"));
  await expectHeard(async () => void (await mkdir(join(folder, "assets/deep"), { recursive: true })));
  await expectHeard(() => writeFile(join(folder, "assets/deep/new.txt"), "1"));
  await expectHeard(() =>
    cp(join(folder, "src"), join(folder, "src.old"), { recursive: true }).then(() =>
      rm(join(folder, "src"), { recursive: true }),
    ),
  );
  await expectHeard(() => rename(join(folder, "src.old"), join(folder, "src")));
  await expectHeard(() => appendFile(join(folder, "src/parts/one.ts"), "3"));
});

test("hears nothing of logs, packages, tests and neighbours", async () => {
  for (const path of ["dev.log", "acme.hello-0.1.0.zip", "../shared/other.ts"])
    await writeFile(join(folder, path), "1");
  await mkdir(join(folder, ".patchbay-test-x"));
  await writeFile(join(folder, ".patchbay-test-x/plugin.test.mjs"), "1");
  await mkdir(join(folder, "node_modules/lib"), { recursive: true });
  await writeFile(join(folder, "node_modules/lib/index.js"), "1");
  await sleep(QUIET_MS);
  expect(heard).toBe(0);
  await expectHeard(() => appendFile(join(folder, "src/plugin.ts"), "2"));
});
