import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer, temporaryFolder } from "./support/server.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let keyFile: string;
let running: TestServer | undefined;

const newKey = () => randomBytes(32).toString("base64");
const start = async (environment: Record<string, string> = {}) => {
  running = await startServer({ dataDir: folder.path, environment });
  return running;
};

beforeAll(async () => {
  folder = await temporaryFolder();
  keyFile = join(folder.path, "secret.key");
  await (await start()).stop();
});
afterAll(async () => {
  await running?.stop();
  await folder.remove();
});

describe("the key that sealed a database", () => {
  it("is missed, and no other one is made in its place", async () => {
    await rename(keyFile, `${keyFile}.away`);
    await expect(start()).rejects.toThrow(/secret\.key is missing: the key \(fingerprint [0-9a-f]{16}\)/);
    expect(existsSync(keyFile)).toBe(false);
    await rename(`${keyFile}.away`, keyFile);
  });

  it.each([
    ["in the data folder", async () => await writeFile(keyFile, newKey()), {}],
    ["of the environment", async () => undefined, { PATCHBAY_SECRET_KEY: newKey() }],
  ])("is not taken for another one %s", async (_where, change, environment) => {
    const right = await readFile(keyFile, "utf8");
    await change();
    await expect(start(environment)).rejects.toThrow(
      /holds another key \(fingerprint [0-9a-f]{16}\) than those/,
    );
    await writeFile(keyFile, right);
  });

  it("is asked for when its file is cut off", async () => {
    const right = await readFile(keyFile, "utf8");
    await writeFile(keyFile, right.slice(0, 20));
    await expect(start()).rejects.toThrow(/holds a key of \d+ bytes instead of 32/);
    await writeFile(keyFile, right);
  });

  it("may be followed by a new one, which then will do alone", async () => {
    const right = (await readFile(keyFile, "utf8")).trim();
    const next = newKey();
    await (await start({ PATCHBAY_SECRET_KEY: `${next},${right}` })).stop();
    await rm(keyFile);
    await (await start({ PATCHBAY_SECRET_KEY: next })).stop();
    await writeFile(keyFile, right);
    expect((await start()).url).toMatch(/^http/);
  });
});
