import {
  chmod,
  chown,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildGuest, openTestRuntime } from "../../testing/host.ts";
import { prepareSandboxFiles } from "./sandbox-files.ts";

const isRoot = process.getuid?.() === 0;
let folder: string;

beforeAll(async () => {
  buildGuest();
  folder = await mkdtemp(join(tmpdir(), "patchbay-files-"));
  await chmod(folder, 0o755);
});
afterAll(() => rm(folder, { recursive: true }));

const SHARED_READ = 0o444;
const WRITE_BY_OTHERS = 0o022;

test("what a sandbox reads can be read by everybody and written by nobody else", async () => {
  const files = await prepareSandboxFiles({ folder: join(folder, "plain") });
  for (const path of [files.guest, files.importMap]) {
    const { mode } = await stat(path);
    expect(mode & SHARED_READ).toBe(SHARED_READ);
    expect(mode & WRITE_BY_OTHERS).toBe(0);
  }
  expect(await readdir(files.emptyFolder)).toEqual([]);
  expect(JSON.parse(await readFile(files.importMap, "utf8")).imports).toMatchObject({
    "node:fs": null,
    process: null,
  });
  await expect(mkdir(files.denoDir, { recursive: true })).rejects.toMatchObject({ code: "ENOTDIR" });
});

test("a folder that others may write to is not used", async () => {
  const open = join(folder, "open");
  await mkdir(open);
  await chmod(open, 0o777);
  await writeFile(join(open, "guest.js"), "hostile");
  const files = await prepareSandboxFiles({ folder: open });
  expect(dirname(files.guest)).not.toBe(open);
  expect((await stat(dirname(files.guest))).mode & WRITE_BY_OTHERS).toBe(0);
});

test.runIf(isRoot)("a folder that belongs to somebody else is not used", async () => {
  const foreign = join(folder, "foreign");
  await mkdir(foreign);
  await chown(foreign, 65_534, 65_534);
  const files = await prepareSandboxFiles({ folder: foreign });
  expect(dirname(files.guest)).not.toBe(foreign);
});

test("plugins start although all that sandboxes read was cleared away in the meantime", async () => {
  const cleared = join(folder, "cleared");
  await using runtime = await openTestRuntime({ folder: cleared, warmSandboxes: 0 });
  for (const name of await readdir(cleared)) await rm(join(cleared, name), { recursive: true });
  expect(await runtime.call(runtime.host.plugin(`{ fine: () => 1 }`), "fine")).toBe(1);
  await rm(cleared, { recursive: true });
  expect(await runtime.call(runtime.host.plugin(`{ again: () => 2 }`), "again")).toBe(2);
  expect(runtime.faults).toEqual([]);
});

test("a guest that was not built says how to build it", async () => {
  const guestFile = join(folder, "nowhere.js");
  await expect(prepareSandboxFiles({ guestFile, folder: join(folder, "plain") })).rejects.toThrow(
    /npm run build/,
  );
});

test.runIf(isRoot)(
  "plugins run although everything was installed below a closed folder of root",
  async () => {
    const closed = join(folder, "closed");
    await mkdir(closed, { mode: 0o700 });
    const denoFile = join(closed, "deno");
    const guestFile = join(closed, "guest.js");
    await copyFile(
      join(dirname(createRequire(import.meta.url).resolve("deno/package.json")), "deno"),
      denoFile,
    );
    await copyFile(createRequire(import.meta.url).resolve("@patchbay/guest/guest.js"), guestFile);
    await using runtime = await openTestRuntime({ denoFile, guestFile, folder: join(folder, "shared") });
    expect(await runtime.call(runtime.host.plugin(`{ fine: () => 1 }`), "fine")).toBe(1);
  },
);
