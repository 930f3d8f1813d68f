import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { killedWithin, kills } from "./support/kills.ts";
import { makePackage } from "./support/packages.ts";
import { type Random, seededRandom } from "./support/random.ts";
import { startServer, type TestServer, temporaryFolder } from "./support/server.ts";

/** How often the server is killed. */
const KILLS = kills(40);
/** A step of the lifecycle takes 10 to 300 ms: kills fall before, into and after each. */
const LONGEST_LIFE_MS = 350;
const ID = "acme.survivor";
const PLUGIN = `/api/orgs/default/plugins/${ID}`;
const VERSIONS = ["1.0.0", "1.1.0", "1.2.0"];
const SETTLED = new Set(["disabled", "enabled"]);

const zipOf = (version: string) =>
  makePackage({
    id: ID,
    version,
    code: `export default { tools: { version: { description: "v", run: () => ${JSON.stringify(version)} } } };`,
    tools: ["version"],
    manifest: { settings: { type: "object", properties: { n: { type: "integer", default: 0 } } } },
  });

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer | undefined;
const zips = new Map<string, Uint8Array>();

beforeAll(async () => {
  folder = await temporaryFolder();
  for (const version of VERSIONS) zips.set(version, await zipOf(version));
});
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

it(`is never half installed, never loses a setting and never loses a package in ${KILLS} kills`, {
  timeout: killedWithin(KILLS),
}, async () => {
  const random = seededRandom();
  const acknowledged = { n: 0, tried: 0 };
  const seen = { actions: 0, interrupted: 0 };
  for (let kill = 0; kill < KILLS; kill += 1) {
    server = await startServer({ dataDir: folder.path });
    const api = new Api(server.url);
    await verify(api, acknowledged, kill);
    const life = work(api, random, acknowledged, seen);
    await new Promise((resolve) => setTimeout(resolve, random.next() * LONGEST_LIFE_MS));
    await server.kill();
    await life;
  }
  server = await startServer({ dataDir: folder.path });
  await verify(new Api(server.url), acknowledged, KILLS);
  // The kills must have fallen into work, or the test shows nothing.
  expect(seen.actions).toBeGreaterThan(KILLS);
  expect(seen.interrupted).toBeGreaterThan(KILLS / 4);
});

/** One lifecycle step after the other until the server is gone. */
const work = async (
  api: Api,
  random: Random,
  acknowledged: { n: number; tried: number },
  seen: { actions: number; interrupted: number },
) => {
  const { pick } = random;
  const steps: (() => Promise<unknown>)[] = [
    () => api.upload("/api/orgs/default/uploads", zips.get(pick(VERSIONS)) ?? new Uint8Array()),
    () => api.post("/api/orgs/default/plugins", { plugin: ID, version: pick(VERSIONS) }),
    () => api.post(`${PLUGIN}/enable`),
    () => api.post(`${PLUGIN}/enable`),
    () => api.post(`${PLUGIN}/disable`),
    () => api.post(`${PLUGIN}/update`, { version: pick(VERSIONS) }),
    () => api.post(`${PLUGIN}/update`, { version: pick(VERSIONS) }),
    () => api.post(`${PLUGIN}/rollback`),
    async () => {
      const n = acknowledged.tried + 1;
      acknowledged.tried = n;
      const answer = await api.put(`${PLUGIN}/settings`, { n });
      if (answer.status === 200) acknowledged.n = n;
    },
    async () => {
      if (random.next() > 0.15) return;
      const answer = await api.delete(`${PLUGIN}?disable=true`);
      if (answer.status === 204) Object.assign(acknowledged, { n: 0, tried: 0 });
      else if (answer.status >= 500) throw new Error(`uninstall answered ${answer.status}`);
    },
  ];
  try {
    for (;;) {
      await pick(steps)();
      seen.actions += 1;
    }
  } catch {
    seen.interrupted += 1; // the server was killed during the step
  }
};

const verify = async (api: Api, acknowledged: { n: number; tried: number }, kill: number): Promise<void> => {
  const where = `after kill ${kill}`;
  const packages = await api.get(`/api/orgs/default/catalog/${ID}`);
  for (const { version, digest } of packages.body.versions ?? []) {
    const bytes = await fetchBytes(api, `/api/orgs/default/catalog/${ID}/versions/${version}/artifact`);
    expect(createHash("sha256").update(bytes).digest("hex"), where).toBe(digest);
  }
  const installation = await api.get(PLUGIN);
  if (installation.status === 404) {
    Object.assign(acknowledged, { n: 0, tried: 0 }); // an uninstall whose answer was lost
    return;
  }
  expect(installation.status, where).toBe(200);
  expect(SETTLED, `${where}: ${JSON.stringify(installation.body)}`).toContain(installation.body.state);
  const { n } = (await api.get(`${PLUGIN}/settings`)).body.values;
  // A setting whose answer was lost may be there or not; one that was acknowledged is.
  expect(n, where).toBeGreaterThanOrEqual(acknowledged.n);
  expect(n, where).toBeLessThanOrEqual(Math.max(acknowledged.tried, acknowledged.n));
  const answer = await api.post(`/api/orgs/default/tools/${ID}/version`, {});
  if (installation.body.state === "enabled")
    expect(answer.body, where).toEqual({ output: installation.body.version });
  else expect(answer.body.code, where).toBe("plugin_disabled");
};

const fetchBytes = async (api: Api, path: string): Promise<Uint8Array> =>
  new Uint8Array(await (await api.raw(path)).arrayBuffer());
