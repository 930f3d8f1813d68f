import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, symlink } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { ScheduleRunDto } from "@patchbay/protocol";
import { startPostgresServer } from "@patchbay/storage-postgres/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { makePackage } from "./support/packages.ts";
import { seededRandom } from "./support/random.ts";
import { startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const ID = "acme.ticker";
const BASE = `/api/orgs/default/plugins/${ID}/schedules`;
/** Ticks of all schedules together, one a second each. */
const TICKS = 1_000;
const SCHEDULES = 12;
/** How long a run takes: some are always in the middle of one. */
const RUN_MS = 150;
/** A node is let go after it has been declared dead. */
const STOPPED_MS = 16_000;
const TAKE_OVER_MS = 15_000;
const MAX_FURTHER_KILLS = 8;

/** Tells the outside that it has begun and ended, which is its effect. */
const CODE = `
const tell = (what, { settings, idempotencyKey }) =>
  fetch(settings.place + what + "?" + idempotencyKey, { method: "POST" });
const runFor = (ms) => async (context) => {
  await tell("begin", context);
  await new Promise((resolve) => setTimeout(resolve, ms));
  await tell("end", context);
};
const schedules = { long: { run: runFor(4000) } };
for (let index = 0; index < ${SCHEDULES}; index++) schedules["s" + index] = { run: runFor(${RUN_MS}) };
export default { schedules };
`;
const NAMES = Array.from({ length: SCHEDULES }, (_, index) => `s${index}`);

interface Effect {
  readonly what: string;
  readonly key: string;
  readonly at: number;
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let postgresFolder: Awaited<ReturnType<typeof temporaryFolder>>;
let postgres: Awaited<ReturnType<typeof startPostgresServer>>;
let outside: Server;
const effects: Effect[] = [];
const nodes: TestServer[] = [];
let environment: Record<string, string>;

const startNode = (index: number) =>
  startServer({ dataDir: `${folder.path}/${index}`, environment }).then((node) => {
    nodes[index] = node;
    return node;
  });
const api = () => new Api((nodes[0] as TestServer).url);

beforeAll(async () => {
  outside = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? "", "http://outside");
    effects.push({
      what: pathname.slice(1),
      key: decodeURIComponent(search.slice(1)),
      at: performance.now(),
    });
    response.end();
  }).listen(0, "127.0.0.1");
  // A node that was stopped finds its connections as they were.
  outside.keepAliveTimeout = 120_000;
  await once(outside, "listening");
  const place = `http://127.0.0.1:${(outside.address() as AddressInfo).port}/`;
  folder = await temporaryFolder();
  postgresFolder = await temporaryFolder();
  postgres = await startPostgresServer({ dir: postgresFolder.path });
  environment = {
    PATCHBAY_DATABASE_URL: postgres.url,
    PATCHBAY_SECRET_KEY: randomBytes(32).toString("base64"),
    PATCHBAY_SCHEDULE_MIN_SECONDS: "1",
    PATCHBAY_EGRESS_ALLOW_PRIVATE: "127.0.0.1",
  };
  await mkdir(`${folder.path}/artifacts`);
  for (const index of [0, 1, 2]) {
    // As nodes that share a bucket.
    await mkdir(`${folder.path}/${index}`);
    await symlink(`${folder.path}/artifacts`, `${folder.path}/${index}/artifacts`);
    await startNode(index);
  }
  const zip = await makePackage({
    id: ID,
    code: CODE,
    rules: { minEveryMs: 1_000 },
    manifest: {
      permissions: { required: ["schedule.run", { name: "net.fetch", hosts: ["127.0.0.1"] }] },
      settings: {
        type: "object",
        properties: { place: { type: "string", default: place } },
      },
      contributes: {
        schedules: [
          { name: "long", every: "1d" },
          ...NAMES.map((name) => ({ name, every: "1s", missed: "all" })),
        ],
      },
    },
  });
  expect((await api().upload("/api/orgs/default/uploads", zip)).status).toBe(201);
  const grants = ["schedule.run", { name: "net.fetch", hosts: ["127.0.0.1"] }];
  expect((await api().post("/api/orgs/default/plugins", { plugin: ID, grants })).status).toBe(201);
});
afterAll(async () => {
  for (const node of nodes) {
    process.kill(node.pid, "SIGCONT");
    await node.kill();
  }
  await postgres?.stop();
  await postgresFolder?.remove();
  await folder?.remove();
  outside?.close();
});

const begins = (key: string) => effects.filter((one) => one.what === "begin" && one.key === key);
const allRuns = async (name: string): Promise<ScheduleRunDto[]> => {
  const runs: ScheduleRunDto[] = [];
  for (let cursor: string | undefined; ; ) {
    const { body } = await api().get(`${BASE}/${name}/runs?limit=200${cursor ? `&cursor=${cursor}` : ""}`);
    runs.push(...body.items);
    cursor = body.cursor;
    if (cursor === undefined) return runs;
  }
};

it("takes over the run of a node that was killed within 15 seconds, under the same key", async () => {
  for (const name of NAMES)
    await new Api((nodes[0] as TestServer).url).call("PATCH", `${BASE}/${name}`, { paused: true });
  expect((await api().post(`/api/orgs/default/plugins/${ID}/enable`)).status).toBe(200);
  await expect.poll(async () => (await api().get(BASE)).body.items[0].state).toBe("active");
  const { body: queued, status } = await new Api((nodes[1] as TestServer).url).post(`${BASE}/long/run`);
  expect(status, JSON.stringify(queued)).toBe(202);
  await expect.poll(() => begins(queued.id).length).toBe(1);
  await (nodes[1] as TestServer).kill();
  const killedAt = performance.now();
  await expect.poll(() => begins(queued.id).length, { timeout: 30_000 }).toBe(2);
  const tookMs = (begins(queued.id)[1]?.at ?? 0) - killedAt;
  console.log(`taken over after ${Math.round(tookMs)} ms`);
  expect(tookMs).toBeLessThan(TAKE_OVER_MS);
  await expect.poll(async () => (await allRuns("long"))[0]?.state).toBe("succeeded");
  expect((await allRuns("long"))[0]).toMatchObject({ attempt: 2, trigger: "hand" });
  await startNode(1);
});

it(`runs each of ${TICKS} ticks once while nodes are killed, stopped and let go, and the database is restarted`, {
  timeout: 400_000,
}, async () => {
  for (const name of NAMES)
    expect((await api().call("PATCH", `${BASE}/${name}`, { paused: false })).status).toBe(200);
  const before = effects.length;
  const random = seededRandom();
  await disturb(random, ["kill", "stop", "restart", "stop", "restart", "kill"]);
  // What was done to the nodes must have cut runs short, or the test shows nothing. A kill does so about every other time.
  for (let more = 0; more < MAX_FURTHER_KILLS && (await begunAgain()).length === 0; more += 1)
    await disturb(random, ["kill"]);
  const count = () => new Set(effects.slice(before).map(({ key }) => key)).size;
  await expect.poll(count, { timeout: 120_000 }).toBeGreaterThanOrEqual(TICKS);
  for (const name of NAMES) await api().call("PATCH", `${BASE}/${name}`, { paused: true });
  await expect
    .poll(
      async () =>
        (await api().get(BASE)).body.items.map((one: { lastRun: ScheduleRunDto }) => one.lastRun.state),
      {
        timeout: 60_000,
      },
    )
    .not.toEqual(expect.arrayContaining([expect.stringMatching(/queued|running/)]));

  const runs = (await Promise.all(NAMES.map(allRuns))).flat().filter(({ trigger }) => trigger === "tick");
  expect(runs.length).toBeGreaterThanOrEqual(TICKS);
  for (const name of NAMES) requireEachOnce(await allRuns(name));
  const repeated = runs.filter(({ id, attempt }) => {
    const begun = begins(id).length;
    // A run begins once for each attempt at most: one that was cut short may not have come to its beginning.
    expect(begun, id).toBeLessThanOrEqual(attempt);
    return attempt > 1;
  });
  console.log(`${runs.length} ticks, ${repeated.length} begun again`);
  expect(repeated.length).toBeGreaterThan(0);
});

const begunAgain = async (): Promise<ScheduleRunDto[]> =>
  (await Promise.all(NAMES.map(allRuns))).flat().filter(({ attempt }) => attempt > 1);

/** A node is killed and comes back, one is stopped until it counts as dead, the database is restarted. */
const disturb = async (
  { next }: { next(): number },
  order: readonly ("kill" | "stop" | "restart")[],
): Promise<void> => {
  for (const how of order) {
    await sleep(2_000 + next() * 1_000);
    // The first one is asked how things are.
    const index = next() < 0.5 ? 1 : 2;
    const node = nodes[index] as TestServer;
    if (how === "restart") await postgres.restart();
    if (how === "kill") {
      await node.kill();
      await sleep(next() * 10_000);
      await startNode(index);
    }
    if (how === "stop") {
      process.kill(node.pid, "SIGSTOP");
      await sleep(STOPPED_MS);
      process.kill(node.pid, "SIGCONT");
    }
  }
};

/** Every second from the first tick to the last has one run, which succeeded. */
const requireEachOnce = (runs: readonly ScheduleRunDto[]): void => {
  const times = runs.map(({ scheduledAt }) => Date.parse(scheduledAt)).sort((one, other) => one - other);
  const expected = times.map((_, index) => (times[0] ?? 0) + index * 1_000);
  expect(times).toEqual(expected);
  const odd = runs.filter(({ state }) => state !== "succeeded");
  expect(odd).toEqual([]);
};
