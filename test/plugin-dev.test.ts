import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { BOOTSTRAP_KEY, startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const COMMAND = new URL("../apps/cli/src/main.ts", import.meta.url).pathname;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
let api: Api;

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await startServer({ dataDir: join(folder.path, "data") });
  api = new Api(server.url);
});
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

const patchbay = (...words: string[]): ChildProcess =>
  spawn(process.execPath, [COMMAND, ...words], {
    cwd: folder.path,
    env: { ...process.env, PATCHBAY_URL: server.url, PATCHBAY_API_KEY: BOOTSTRAP_KEY },
  });

describe("patchbay plugin dev", () => {
  it("brings the folder, then every change of it, and goes on after a mistake", async () => {
    await once(patchbay("plugin", "init", "acme.counter", "--template", "ui"), "exit");
    const dev = patchbay("plugin", "dev", "counter", "--json");
    const brought: { version: string }[] = [];
    const mistakes: string[] = [];
    if (dev.stdout === null || dev.stderr === null) throw new Error("The command has no output.");
    createInterface(dev.stdout).on("line", (line) => brought.push(JSON.parse(line)));
    createInterface(dev.stderr).on("line", (line) => mistakes.push(line));
    const view = async () => (await api.get("/api/orgs/default/views")).body.items[0];
    try {
      await expect.poll(() => brought.length, { timeout: 30_000 }).toBe(1);
      const first = await view();
      expect(first).toMatchObject({ plugin: "acme.counter", version: brought[0]?.version });
      expect(first.version).toMatch(/^0\.1\.0-dev\.\d+$/);

      const source = join(folder.path, "counter/src/ui.tsx");
      const text = await readFile(source, "utf8");
      // As most editors save: a new file takes the place of the old one.
      await writeFile(`${source}~`, text.replace("Add one", "One more"));
      await rename(`${source}~`, source);
      await expect.poll(() => brought.length, { timeout: 30_000 }).toBe(2);
      const second = await view();
      expect([second.version, second.uiDigest]).not.toEqual([first.version, first.uiDigest]);
      expect(await (await api.raw(`/plugins/${second.uiDigest}/ui.js`)).text()).toContain("One more");

      await writeFile(source, "export default (");
      await expect.poll(() => mistakes.join("\n"), { timeout: 30_000 }).toContain("src/ui.tsx:1");
      expect((await view()).version).toBe(second.version);
      await writeFile(source, text);
      await expect.poll(() => brought.length, { timeout: 30_000 }).toBe(3);
      expect(await (await api.raw(`/plugins/${(await view()).uiDigest}/ui.js`)).text()).toContain("Add one");
    } finally {
      dev.kill("SIGTERM");
    }
    expect(await once(dev, "exit")).toEqual([0, null]);
  });
});
