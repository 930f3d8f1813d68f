import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startPostgresServer, type TestPostgresServer } from "@patchbay/storage-postgres/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { readEverything } from "./support/backup.ts";
import { runCli } from "./support/cli.ts";
import { killedWithin, kills } from "./support/kills.ts";
import { makePackage } from "./support/packages.ts";
import { seededRandom } from "./support/random.ts";
import { BOOTSTRAP_KEY, startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const COMMAND = new URL("../apps/cli/src/main.ts", import.meta.url).pathname;
const KILLS = kills(6);

/** What the kills may take. */
/** Where none of these was in time. */
const MOST_KILLS = KILLS + 30;
const KILLED_MS = killedWithin(MOST_KILLS);

/** Three starts of a server, and as many restores. */
const SEVERAL_SERVERS_MS = 300_000;
const PLUGIN = "acme.keeper";
const IDS = { org: "default", plugin: PLUGIN, project: "alpha", version: "1.0.0", tool: "tell" };
const STORED = "x".repeat(200_000);
const SECRET = "s3cret-of-the-tests";
const CODE = `
export default {
  tools: {
    keep: { description: "k", run: async ({ text }, { api }) => {
      await api.storage.set("text", text);
      await api.storage.files.write("a/b.bin", new Uint8Array([0, 9, 10, 92, 255]));
      return "kept";
    } },
    tell: { description: "t", run: async (_input, { api, settings }) => ({ text: await api.storage.get("text"), settings }) },
  },
};`;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let postgres: TestPostgresServer;
let source: TestServer;
let api: Api;
const running = new Set<TestServer>();
const at = (name: string) => join(folder.path, name);
const start = async (dataDir: string, environment: Record<string, string> = {}): Promise<TestServer> => {
  const server = await startServer({ dataDir, environment });
  running.add(server);
  return server;
};
const stop = async (server: TestServer): Promise<void> => {
  running.delete(server);
  await server.stop();
};
const backup = (server: TestServer, file: string, more: readonly string[] = [], key = BOOTSTRAP_KEY) =>
  runCli(["backup", "--output", at(file), "--json", ...more], {
    environment: {
      PATCHBAY_URL: server.url,
      PATCHBAY_API_KEY: key,
      PATCHBAY_DATA_DIR: server.dataDir,
      XDG_CONFIG_HOME: at("none"),
    },
  });
const restore = (file: string, dataDir: string, more: readonly string[] = []) =>
  runCli(["restore", at(file), "--data-dir", dataDir, "--json", ...more], { environment: {} });
const tell = async (server: TestServer) =>
  (await new Api(server.url).post(`/api/orgs/default/tools/${PLUGIN}/tell`, {})).body;
/** What the log of calls has of calls of a tool. */
const callsOf = async (server: TestServer, tool: string) =>
  (await new Api(server.url).get(`/api/orgs/default/calls?name=${tool}`)).body.items;
/** Everything of a server that is to be as it was. */
const stateOf = async (server: TestServer) => ({
  answers: await readEverything(new Api(server.url), IDS),
  told: await tell(server),
});

beforeAll(async () => {
  folder = await temporaryFolder();
  postgres = await startPostgresServer({ dir: folder.path });
  source = await start(at("source"));
  api = new Api(source.url);
  await api.post("/api/orgs/default/projects", { slug: "alpha", name: "Alpha" });
  const person = { email: "eve@example.org", name: "Eve", role: "owner" };
  await api.post("/api/orgs", { slug: "other", name: "Other" });
  await api.post("/api/orgs/default/members", { ...person, role: "member" });
  const packed = await makePackage({
    id: PLUGIN,
    code: CODE,
    tools: ["keep", "tell"],
    manifest: {
      permissions: { required: [{ name: "storage.scoped", reason: "Keeps." }] },
      settings: {
        type: "object",
        properties: {
          token: { type: "string", format: "secret", hosts: ["api.example.com"] },
          word: { type: "string" },
        },
      },
    },
  });
  expect((await api.upload("/api/orgs/default/uploads", packed)).status).toBe(201);
  const settings = { token: SECRET, word: "Grüße\t\\N\n" };
  await api.post("/api/orgs/default/plugins", { plugin: PLUGIN, grants: ["storage.scoped"], settings });
  await api.post(`/api/orgs/default/plugins/${PLUGIN}/enable`);
  const kept = await api.post(`/api/orgs/default/tools/${PLUGIN}/keep`, { input: { text: STORED } });
  expect(kept.body).toEqual({ output: "kept" });
});
afterAll(async () => {
  for (const server of running) await server.stop();
  await postgres?.stop();
  await folder?.remove();
});

/** Starts the command, and kills it, and all that it started, after so long. */
const killed = async (args: readonly string[], environment: Record<string, string>, afterMs: number) => {
  const child: ChildProcess = spawn(process.execPath, [COMMAND, ...args], {
    env: { PATH: process.env.PATH, HOME: "/nonexistent", ...environment },
    stdio: "ignore",
    detached: true,
  });
  const exited = once(child, "exit");
  await Promise.race([exited, sleep(afterMs, undefined, { ref: false })]);
  // Its group is what it started, but for the database, which outlives whoever is killed.
  if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
  await exited;
};

describe("a backup of a running server", () => {
  it("is made while it is at work, for administrators of the deployment only, and closed to others", async () => {
    const busy = Array.from({ length: 50 }, () => tell(source));
    const made = await backup(source, "one.tar", ["--keys", at("one.key")]);
    await Promise.all(busy);
    expect(made.stderr).toBe("");
    expect(JSON.parse(made.stdout)).toMatchObject({ missing: 0, artifacts: expect.any(Number) });
    for (const name of ["one.tar", "one.key"]) expect((await stat(at(name))).mode & 0o777).toBe(0o600);
    const narrow = await api.post("/api/api-keys", {
      organization: "default",
      name: "narrow",
      rights: ["org.plugins.read"],
    });
    const refused = await backup(source, "refused.tar", [], narrow.body.token ?? narrow.body.key);
    expect([refused.code, existsSync(at("refused.tar"))]).toEqual([1, false]);
  });

  it("has no secret and no secret key in it", async () => {
    const bytes = await readFile(at("one.tar"));
    const key = (await readFile(join(source.dataDir, "secret.key"), "utf8")).trim();
    expect(await readFile(at("one.key"), "utf8")).toBe(`${key}\n`);
    for (const secret of [SECRET, key, BOOTSTRAP_KEY]) expect(bytes.includes(secret)).toBe(false);
  });

  it("gives out no key of another deployment", async () => {
    await mkdir(at("foreign"));
    await writeFile(at("foreign/secret.key"), Buffer.alloc(32, 7).toString("base64"));
    const foreign = { ...source, dataDir: at("foreign") };
    const made = await backup(foreign, "foreign.tar", ["--keys", at("foreign.key")]);
    expect([made.code, made.stderr.includes("of another deployment")]).toEqual([2, true]);
    expect((await readdir(folder.path)).filter((name) => /^foreign\./.test(name))).toEqual([]);
  });

  it(`is whole or not there when it is killed, ${KILLS} times`, { timeout: KILLED_MS }, async () => {
    const chance = seededRandom();
    const environment = { PATCHBAY_URL: source.url, PATCHBAY_API_KEY: BOOTSTRAP_KEY };
    const begun = performance.now();
    await backup(source, "timed.tar");
    const wholeMs = performance.now() - begun;
    for (let round = 0; round < KILLS; round++) {
      const file = `killed-${round}.tar`;
      await killed(["backup", "--output", at(file)], environment, wholeMs * (0.4 + 0.8 * chance.next()));
      if (!existsSync(at(file))) continue;
      await copyFile(at(file), at("whole.tar"));
    }
    if (existsSync(at("whole.tar"))) expect((await restore("whole.tar", at("whole"))).code).toBe(0);
  });
});

describe("a restored deployment", () => {
  it("answers as before in another folder, in a database of one's own, and back in a folder", {
    timeout: SEVERAL_SERVERS_MS,
  }, async () => {
    await expect.poll(() => callsOf(source, "keep")).toMatchObject([{ plugin: PLUGIN, kind: "tools" }]);
    const keeping = await callsOf(source, "keep");
    const made = await backup(source, "move.tar", ["--keys", at("move.key")]);
    expect(made.stderr).toBe("");
    const before = await stateOf(source);
    expect(before.told.output.text).toHaveLength(STORED.length);
    expect(before.answers.size).toBeGreaterThan(60);
    expect(await restore("move.tar", at("folder"), ["--keys", at("move.key")])).toMatchObject({ code: 0 });
    const inFolder = await start(at("folder"));
    expect(await stateOf(inFolder)).toEqual(before);
    await stop(inFolder);

    const key = (await readFile(at("move.key"), "utf8")).trim();
    const own = { PATCHBAY_DATABASE_URL: postgres.url, PATCHBAY_SECRET_KEY: key };
    const moved = await restore("move.tar", at("own"), ["--database-url", postgres.url]);
    expect(moved).toMatchObject({ code: 0 });
    const inDatabase = await start(at("own"), own);
    expect(await stateOf(inDatabase)).toEqual(before);
    expect((await backup(inDatabase, "back.tar")).code).toBe(0);
    await stop(inDatabase);
    const again = await restore("move.tar", at("own"), ["--database-url", postgres.url]);
    expect([again.code, again.stderr.includes("holds tables of Patchbay already")]).toEqual([1, true]);

    await restore("back.tar", at("back"), ["--keys", at("move.key")]);
    const back = await start(at("back"));
    expect(await stateOf(back)).toEqual(before);
    expect(await callsOf(back, "keep")).toEqual(keeping);
    await stop(back);
  });

  it("does not come of an archive that was cut, changed or made longer, nor where something is", async () => {
    const bytes = await readFile(at("one.tar"));
    const flipped = Buffer.from(bytes);
    flipped[bytes.length >> 1] = (flipped[bytes.length >> 1] ?? 0) ^ 1;
    const wrong = [bytes.subarray(0, -512), flipped, Buffer.concat([bytes, Buffer.alloc(512)])];
    for (const content of wrong) {
      await writeFile(at("wrong.tar"), content);
      const refused = await restore("wrong.tar", at("wrong"));
      expect([refused.code, refused.stderr.includes("no whole backup")]).toEqual([1, true]);
      expect(existsSync(at("wrong"))).toBe(false);
    }
    const full = await restore("one.tar", at("foreign"));
    expect([full.code, full.stderr.includes("is not empty")]).toEqual([1, true]);
  });

  it(`is whole, or no server starts on it, when it is killed, ${KILLS} times`, {
    timeout: KILLED_MS,
  }, async () => {
    const chance = seededRandom();
    const begun = performance.now();
    await restore("one.tar", at("timed"), ["--keys", at("one.key")]);
    const wholeMs = performance.now() - begun;
    let broken = 0;
    const stands = async (folder: string): Promise<"nothing" | "half" | "whole"> => {
      if (!existsSync(folder) || (await readdir(folder)).length === 0) return "nothing";
      return existsSync(join(folder, "unfinished-restore")) ? "half" : "whole";
    };
    const to = (round: number) => at(`killed-${round >> 3}`);
    // Chance alone may spare all of them.
    for (let round = 0; round < KILLS || (broken === 0 && round < MOST_KILLS); round++) {
      const args = ["restore", at("one.tar"), "--data-dir", to(round), "--keys", at("one.key")];
      if ((await stands(to(round))) === "whole") continue;
      await killed(args, {}, wholeMs * (0.3 + 0.7 * chance.next()));
      if ((await stands(to(round))) === "half") broken += 1;
    }
    expect(broken).toBeGreaterThan(0);
    await killed(
      ["restore", at("one.tar"), "--data-dir", at("last"), "--keys", at("one.key")],
      {},
      wholeMs * 0.7,
    );
    if ((await stands(at("last"))) === "half")
      await expect(start(at("last"))).rejects.toThrow(/patchbay restore.* again/);
    if ((await stands(at("last"))) !== "whole")
      expect(await restore("one.tar", at("last"), ["--keys", at("one.key")])).toMatchObject({ code: 0 });
    const server = await start(at("last"));
    expect((await tell(server)).output.text).toHaveLength(STORED.length);
    await stop(server);
  });
});
