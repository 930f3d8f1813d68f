import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { LocalArtifactStore, S3Bucket } from "@patchbay/storage-objects";
import { missingForRadosgw, type Radosgw, startRadosgw } from "@patchbay/storage-objects/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { killedWithin, kills } from "./support/kills.ts";
import { makePackage } from "./support/packages.ts";
import { seededRandom } from "./support/random.ts";
import { launchServer, startServer, temporaryFolder } from "./support/server.ts";

const NODE = fileURLToPath(new URL("./support/fetching-node.ts", import.meta.url));
const KILLS = kills(40);
/** Kills of whole servers while they start, and every how many of them one is let live and asked. */
const STARTS = kills(8);
const LOOKED_AT_EVERY = 4;
const PLUGINS = ["acme.one", "acme.two", "acme.three", "acme.four", "acme.five"];
/** So that fetching a script takes a while. */
const SCRIPT_BYTES = 400_000;
/** Each with a folder of its own. */
const NODES = 2;
/** Fetching one of the artifacts takes 3 to 30 ms. */
const LONGEST_LIFE_MS = 60;
const missing = missingForRadosgw();
const why = missing.length > 0 ? ` (skipped: ${missing.join(", ")} not installed)` : "";
const digestOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe.skipIf(missing.length > 0)(`a node that fetches artifacts from S3${why}`, () => {
  let dir: Awaited<ReturnType<typeof temporaryFolder>>;
  let radosgw: Radosgw;
  const digests: string[] = [];
  beforeAll(async () => {
    dir = await temporaryFolder();
    radosgw = await startRadosgw({ dir: dir.path });
    await radosgw.makeBucket("artifacts");
    const bucket = await S3Bucket.open(radosgw.settings("artifacts"));
    for (const size of [1_000, 300_000, 2_000_000]) {
      const bytes = randomBytes(size);
      digests.push(digestOf(bytes));
      await bucket.put(digestOf(bytes), bytes);
    }
  });
  afterAll(async () => {
    await radosgw?.stop();
    await dir?.remove();
  });

  it(`has whole artifacts or none after each of ${KILLS} kills`, {
    timeout: killedWithin(KILLS),
  }, async () => {
    const random = seededRandom();
    const seen = { whole: 0, absent: 0 };
    const liveAndDie = async (_: unknown, index: number) => {
      const folder = join(dir.path, `node-${index}`);
      for (let kill = 0; kill < KILLS / NODES; kill += 1) {
        await killWhileFetching(folder, random.next() * LONGEST_LIFE_MS);
        const found = await wholeCopies(folder, `after kill ${kill}`);
        seen.whole += found;
        seen.absent += digests.length - found;
      }
    };
    await Promise.all(Array.from({ length: NODES }, liveAndDie));
    // The kills must have fallen into work, or the test shows nothing.
    expect(seen.whole).toBeGreaterThan(KILLS / 4);
    expect(seen.absent).toBeGreaterThan(KILLS / 4);
  });

  it(`starts with all that enabled plugins need after ${STARTS} kills of servers that had to fetch it`, {
    timeout: killedWithin(STARTS),
  }, async () => {
    const random = seededRandom();
    const dataDir = join(dir.path, "server");
    const { endpoint, credentials } = radosgw.settings("artifacts");
    const environment = {
      PATCHBAY_S3_BUCKET: "artifacts",
      PATCHBAY_S3_ENDPOINT: endpoint ?? "",
      PATCHBAY_S3_ACCESS_KEY_ID: credentials?.accessKeyId ?? "",
      PATCHBAY_S3_SECRET_ACCESS_KEY: credentials?.secretAccessKey ?? "",
    };
    const first = await startServer({ dataDir, environment });
    await enablePlugins(new Api(first.url));
    await first.stop();
    const copies = join(dataDir, "artifacts");
    await rm(copies, { recursive: true });
    const begin = performance.now();
    const second = await startServer({ dataDir, environment });
    const startMs = performance.now() - begin;
    await second.stop();
    const seen = { some: 0, none: 0 };
    for (let kill = 1; kill <= STARTS; kill += 1) {
      await rm(copies, { recursive: true, force: true });
      const { ready, kill: end } = launchServer({ dataDir, environment });
      const outcome = ready.catch(() => "killed");
      // What is needed is fetched towards the end of a start, which takes more or less long: every second kill waits for it.
      if (kill % 2 === 0) await firstCopyIn(copies, outcome);
      else await sleep((0.7 + random.next() * 0.5) * startMs);
      await end();
      await outcome;
      const found = await wholeCopies(copies, `after kill ${kill}`);
      seen[found > 0 ? "some" : "none"] += 1;
      if (kill % LOOKED_AT_EVERY > 0) continue;
      const server = await startServer({ dataDir, environment });
      for (const id of PLUGINS) {
        const { body } = await new Api(server.url).post(`/api/orgs/default/tools/${id}/name`, {});
        expect(body, `after kill ${kill}`).toEqual({ output: id });
      }
      await server.kill();
    }
    expect(seen.some, JSON.stringify(seen)).toBeGreaterThan(STARTS / 8);
  });

  const enablePlugins = async (api: Api): Promise<void> => {
    for (const id of PLUGINS) {
      const filling = JSON.stringify(randomBytes(SCRIPT_BYTES / 2).toString("hex"));
      const run = `() => filling.length > 0 ? ${JSON.stringify(id)} : null`;
      const code = `const filling = ${filling}; export default { tools: { name: { description: "n", run: ${run} } } };`;
      const zip = await makePackage({ id, tools: ["name"], code });
      expect((await api.upload("/api/orgs/default/uploads", zip)).status).toBe(201);
      expect((await api.post("/api/orgs/default/plugins", { plugin: id })).status).toBe(201);
      expect((await api.post(`/api/orgs/default/plugins/${id}/enable`)).status).toBe(200);
    }
  };

  /** Comes back when the folder has a copy, or the server's start is over. */
  const firstCopyIn = async (folder: string, start: Promise<unknown>): Promise<void> => {
    let isOver = false;
    void start.then(() => {
      isOver = true;
    });
    const store = await LocalArtifactStore.open(folder);
    while (!isOver && (await store.list()).length === 0) await sleep(2);
  };

  const wholeCopies = async (folder: string, where: string): Promise<number> => {
    const found = await (await LocalArtifactStore.open(folder)).list();
    for (const { digest } of found) {
      const content = await readFile(join(folder, "sha256", digest.slice(0, 2), digest));
      expect(digestOf(content), where).toBe(digest);
    }
    return found.length;
  };

  const killWhileFetching = async (folder: string, lifeMs: number): Promise<void> => {
    const task = { settings: radosgw.settings("artifacts"), folder, digests };
    const child = spawn(process.execPath, [NODE, JSON.stringify(task)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = once(child, "exit");
    await Promise.race([once(child.stdout, "data"), exited]);
    expect(child.exitCode, "the node ended by itself").toBeNull();
    child.stdout.resume();
    await sleep(lifeMs);
    child.kill("SIGKILL");
    await exited;
  };
});
