import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { PatchbayClient } from "@patchbay/api-client";
import { PatchbayError } from "@patchbay/protocol";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { type Family, familyOf, GRANTS, NEW, OLD } from "./support/families.ts";
import { killedWithin, kills } from "./support/kills.ts";
import { makePackage } from "./support/packages.ts";
import { type Random, seededRandom } from "./support/random.ts";
import { startRegistry, type TestRegistry } from "./support/registry.ts";
import {
  BOOTSTRAP_KEY,
  launchServer,
  startServer,
  type TestServer,
  temporaryFolder,
} from "./support/server.ts";

/** How often the server is killed; the other tests of kills do it more often. */
const KILLS = kills(16);
/** The longest life beside the time that getting, enabling and updating one plugin takes at the beginning. */
const LONGEST_LIFE = 1.3;
/** Of the lives one in so many ends before the server is ready. */
const STILLBORN = 8;
const LONGEST_START_MS = 1_500;
/** Plugins and bundles for all lives: each uses up one at most, and mostly less. */
const AT_HAND = 30;
/** An import takes 50 to 150 ms. */
const BEFORE_THE_END_MS = 120;
const SETTLED = new Set(["disabled", "enabled"]);
const base = "/api/orgs/default";

/** How far work has come as its client knows: the server may be a step further. */
interface FamilyWork {
  readonly family: Family;
  readonly n: number;
  done: "nothing" | "installed" | "enabled" | "updated";
}
interface BundleWork {
  readonly ids: readonly string[];
  readonly bundle: Blob;
  isIn: boolean;
}

let registry: TestRegistry;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer | undefined;
const families: FamilyWork[] = [];
const bundles: BundleWork[] = [];

const start = () => ({
  dataDir: folder.path,
  environment: { PATCHBAY_MARKETPLACE_URL: registry.server.url },
});

beforeAll(async () => {
  folder = await temporaryFolder();
  registry = await startRegistry({ PATCHBAY_ROLE: "all" });
  const names = Array.from({ length: AT_HAND }, (_, index) => index + 1);
  const works = names.map((n): FamilyWork => ({ family: familyOf("acme", n), n, done: "nothing" }));
  families.push(...works);
  const [first, ...others] = families.flatMap(({ family }) => family.sources);
  if (first) await registry.publish(first);
  await inTurns(others, (source) => registry.publish(source));
  await inTurns(names, async (n) => void bundles.push(await makeBundle(n)));
}, 180_000);
afterAll(async () => {
  await server?.stop();
  await registry?.stop();
  await folder?.remove();
});

/** Not more at once than the registry's machine has to do with anyway. */
const inTurns = async <T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> => {
  const left = all.values();
  const turn = async () => {
    for (const one of left) await work(one);
  };
  await Promise.all([turn(), turn(), turn(), turn()]);
};

const makeBundle = async (n: number): Promise<BundleWork> => {
  const { ids, top, sources } = familyOf("home", n);
  for (const source of sources.filter(({ version }) => version === OLD))
    await registry.admin.upload(`${base}/uploads`, await makePackage(source));
  const made = await registry.client.bundles.create({ plugins: [{ plugin: top }] });
  return { ids, bundle: await new Response(made).blob(), isIn: false };
};

it(`has the old or the new after each of ${KILLS} kills while it gets plugins from a marketplace and out of bundles`, {
  timeout: killedWithin(KILLS),
}, async () => {
  const random = seededRandom();
  const at = { family: 0, bundle: 0 };
  const seen = { families: new Set<string>(), imports: 0 };
  const longest = (await measure(at)) * LONGEST_LIFE;
  for (let kill = 0; kill < KILLS; kill += 1) {
    if (kill % STILLBORN === STILLBORN - 1) {
      await dieAtStart(random);
      continue;
    }
    server = await startServer(start());
    await verify(server, at, `before kill ${kill}`);
    const client = new PatchbayClient({ url: server.url, apiKey: BOOTSTRAP_KEY });
    const [lifeMs, importsAfterMs] = [random.next() * longest, random.next() * longest];
    const life = Promise.all([
      untilKilled(async () => {
        while (await takeIn(client, at));
      }),
      untilKilled(async () => {
        await sleep(Math.min(importsAfterMs, Math.max(lifeMs - BEFORE_THE_END_MS, 0)));
        seen.imports += 1;
        await bringIn(client, at);
      }),
    ]);
    await sleep(lifeMs);
    await server.kill();
    await life;
    seen.families.add(families[at.family]?.done ?? "");
  }
  server = await startServer(start());
  await verify(server, { family: AT_HAND - 1, bundle: AT_HAND - 1 }, "at the end", "all");
  // The kills must have fallen into work of more than one kind, or the test shows nothing.
  const where = JSON.stringify({ ...at, ...seen, longest });
  expect(seen.families.size, where).toBeGreaterThan(1);
  expect(at.family, where).toBeGreaterThan(0);
  expect(at.bundle, where).toBeGreaterThan(0);
  expect(seen.imports - at.bundle, where).toBeGreaterThan(0);
});

/** How long one plugin and one bundle take on this machine, in ms. */
const measure = async (at: { family: number; bundle: number }): Promise<number> => {
  server = await startServer(start());
  const client = new PatchbayClient({ url: server.url, apiKey: BOOTSTRAP_KEY });
  const begin = performance.now();
  await takeIn(client, at);
  const ms = performance.now() - begin;
  await bringIn(client, at);
  await server.stop();
  return ms;
};

const dieAtStart = async (random: Random): Promise<void> => {
  const { ready, kill } = launchServer(start());
  const outcome = ready.catch(() => "killed");
  await sleep(random.next() * LONGEST_START_MS);
  await kill();
  await outcome;
};

/** What the server itself refuses fails the test. */
const untilKilled = async (work: () => Promise<unknown>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof PatchbayError) || error.cause === undefined) throw error;
  }
};

/** The next family: installed from the marketplace, enabled, updated. False when there is none left. */
const takeIn = async (client: PatchbayClient, at: { family: number }): Promise<boolean> => {
  const work = families[at.family];
  if (work === undefined) return false;
  const { top } = work.family;
  const found = (await client.plugins.list()).find(({ plugin }) => plugin === top);
  if (found === undefined) {
    const settings = { n: work.n };
    await client.plugins.install({ plugin: top, version: OLD, grants: ["storage.scoped"], settings });
  }
  work.done = work.done === "nothing" ? "installed" : work.done;
  if (found?.state !== "enabled") await client.plugins.step(top, "enable");
  work.done = work.done === "installed" ? "enabled" : work.done;
  const grants = ["storage.scoped", "metrics.read"] as const;
  if (found?.version !== NEW) await client.plugins.update(top, { version: NEW, grants });
  work.done = "updated";
  at.family += 1;
  return true;
};

const bringIn = async (client: PatchbayClient, at: { bundle: number }): Promise<void> => {
  const work = bundles[at.bundle];
  if (work === undefined) return;
  await client.bundles.import(work.bundle);
  work.isIn = true;
  at.bundle += 1;
};

/** Looks at what the last life was busy with, and at the end at all. */
const verify = async (
  { url }: TestServer,
  at: { family: number; bundle: number },
  where: string,
  extent: "last" | "all" = "last",
): Promise<void> => {
  const api = new Api(url);
  const back = extent === "all" ? AT_HAND : 1;
  const installed = await api.get(`${base}/plugins`);
  expect(installed.status, where).toBe(200);
  const states = new Map<string, Installed>(installed.body.items.map((one: Installed) => [one.plugin, one]));
  for (const { plugin, state } of states.values()) expect(SETTLED, `${where}: ${plugin}`).toContain(state);
  for (const work of families.slice(Math.max(0, at.family - back), at.family + 1))
    await verifyFamily(api, work, states, where);
  for (const work of bundles.slice(Math.max(0, at.bundle - back), at.bundle + 1))
    await verifyBundle(api, work, where);
};

interface Installed {
  readonly plugin: string;
  readonly version: string;
  readonly previousVersion?: string;
  readonly state: string;
  readonly grants: readonly { readonly name: string }[];
}

const verifyFamily = async (
  api: Api,
  { family, n, done }: FamilyWork,
  states: ReadonlyMap<string, Installed>,
  where: string,
): Promise<void> => {
  for (const id of family.ids) await verifyCatalog(api, id, where);
  const present = family.ids.flatMap((id) => states.get(id) ?? []);
  if (done === "nothing" && present.length === 0) return;
  expect(
    present.map(({ plugin }) => plugin),
    where,
  ).toEqual(family.ids);
  const top = states.get(family.top) as Installed;
  if (done === "updated") expect(top.version, where).toBe(NEW);
  if (done !== "installed" && done !== "nothing") expect(top.state, where).toBe("enabled");
  expect([OLD, NEW], where).toContain(top.version);
  expect(top.previousVersion, where).toBe(top.version === NEW ? OLD : undefined);
  expect(top.grants.map(({ name }) => name).toSorted(), where).toEqual(GRANTS[top.version]);
  expect((await api.get(`${base}/plugins/${family.top}/settings`)).body.values, where).toEqual({ n });
  if (top.state === "enabled") for (const { state } of present) expect(state, where).toBe("enabled");
  for (const { plugin, version, state } of present) {
    const { body } = await api.post(`${base}/tools/${plugin}/version`, {});
    if (state === "enabled") expect(body, `${where}: ${plugin}`).toEqual({ output: version });
    else expect(body.code, `${where}: ${plugin}`).toBe("plugin_disabled");
  }
};

/** All of its packages are in the catalog, or none. */
const verifyBundle = async (api: Api, { ids, isIn }: BundleWork, where: string): Promise<void> => {
  const counts = await Promise.all(ids.map((id) => verifyCatalog(api, id, where)));
  const some = isIn ? 1 : (counts[0] ?? 0);
  expect(counts, `${where}: ${ids.at(-1)}`).toEqual(ids.map(() => some));
};

/** How many versions the catalog has, each of which can be read whole. */
const verifyCatalog = async (api: Api, id: string, where: string): Promise<number> => {
  const found = await api.get(`${base}/catalog/${id}`);
  if (found.status === 404) return 0;
  expect(found.status, where).toBe(200);
  for (const { version, digest } of found.body.versions) {
    const artifact = await api.raw(`${base}/catalog/${id}/versions/${version}/artifact`);
    const bytes = new Uint8Array(await artifact.arrayBuffer());
    expect(createHash("sha256").update(bytes).digest("hex"), `${where}: ${id} ${version}`).toBe(digest);
  }
  return found.body.versions.length;
};
