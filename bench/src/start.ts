import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, type Row } from "./row.ts";
import { type BenchServer, KEY, startBenchServer } from "./server.ts";
import { seedInstallations } from "./start-seed.ts";

const INSTALLATIONS = 1_000;
const ORGANIZATIONS = 100;
const ROUNDS = 7;
const LISTINGS = 30;
const SAMPLE = "bench.sample";
const GOAL = "at most 2 s";

/** From the start of the process on an existing data folder, embedded database included, until `/readyz` says yes: full and empty in turns. */
export const benchStart = async (): Promise<Row[]> => {
  const folder = await mkdtemp(join(tmpdir(), "patchbay-bench-start-"));
  const folders = ["empty", "one", "many"].map((name) => join(folder, name)) as [string, string, string];
  const [empty, one, many] = folders;
  try {
    for (const each of folders) await prepare(each);
    await seedInstallations(one, SAMPLE, { installations: INSTALLATIONS, organizations: 1 });
    await seedInstallations(many, SAMPLE, { installations: INSTALLATIONS, organizations: ORGANIZATIONS });
    const times = new Map(folders.map((each) => [each, [] as number[]]));
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const [each, seen] of times) {
        const { server, ms } = await timed(each);
        await server.stop();
        if (round > 0) seen.push(ms); // the first one fills caches of compiled code and of files
      }
    }
    const row = (what: string, of: string): Row => {
      const { [of]: own = [], [empty]: beside = [] } = Object.fromEntries(times);
      const peers = { "an empty deployment": median(beside), "the slowest start": Math.max(...own) };
      return { what, unit: "ms", patchbay: median(own), peers, goal: GOAL };
    };
    return [
      row(`start with ${INSTALLATIONS} enabled installations in one organization`, one),
      row(`start with ${INSTALLATIONS} enabled installations in ${ORGANIZATIONS} organizations`, many),
      await listing(one),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** A deployment that has started once and has one plugin. */
const prepare = async (folder: string): Promise<void> => {
  const server = await startBenchServer(folder);
  await server.install({ id: SAMPLE, name: "Sample" });
  await server.stop();
};

const timed = async (folder: string): Promise<{ server: BenchServer; ms: number }> => {
  const begin = performance.now();
  const server = await startBenchServer(folder);
  const { status } = await fetch(`${server.url}/readyz`);
  const ms = performance.now() - begin;
  if (status !== 200) throw new Error(`/readyz answered ${status}.`);
  return { server, ms };
};

const listing = async (folder: string): Promise<Row> => {
  const { server } = await timed(folder);
  const times: number[] = [];
  try {
    for (let round = 0; round <= LISTINGS; round += 1) {
      const begin = performance.now();
      const response = await fetch(`${server.url}/api/orgs/default/plugins`, {
        headers: { authorization: `Bearer ${KEY}` },
      });
      const { items } = (await response.json()) as { items: { state: string }[] };
      if (items.filter(({ state }) => state === "enabled").length < INSTALLATIONS)
        throw new Error(`Only ${items.length} installations are listed.`);
      if (round > 0) times.push(performance.now() - begin);
    }
  } finally {
    await server.stop();
  }
  const what = `the list of ${INSTALLATIONS} installations, one after the other`;
  return { what, unit: "ms", patchbay: median(times), peers: {} };
};
