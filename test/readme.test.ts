import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { commandsOf } from "./support/documents.ts";
import { startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const ROOT = join(import.meta.dirname, "..");
const KEY = "pb_change-this-to-something-random";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await startServer({ dataDir: folder.path, environment: { PATCHBAY_BOOTSTRAP_API_KEY: KEY } });
});
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
  await rm(join(ROOT, "tour"), { recursive: true, force: true });
});

const run = async (script: string, cwd: string) =>
  await promisify(execFile)("bash", ["-euo", "pipefail", "-c", script], {
    cwd,
    env: { ...process.env, PATCHBAY_URL: server.url, XDG_CONFIG_HOME: folder.path },
  });

it("works as the README tells it", async () => {
  const { stdout } = await run(await commandsOf("README.md"), ROOT);
  expect(stdout).toContain("acme.hello 0.1.0 is enabled.");
  expect(stdout).toContain('"greeting": "Hello, Ada!"');
  expect(stdout).toContain('"greeted": 2');
  expect(stdout).toContain('"greeting": "Good day, Ada!"');
  expect(stdout).toContain("acme.hello is uninstalled.");
});
