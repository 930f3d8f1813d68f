import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { writePackage } from "@patchbay/artifact";
import { type RegistryPeer, startNginx, startVerdaccio } from "./registry-peers.ts";
import { seedRegistry, vocabulary } from "./registry-seed.ts";
import { median, quantile, type Row } from "./row.ts";
import { KEY, startBenchServer, stop } from "./server.ts";

const PACKAGES = 100_000;
const SMALL_BYTES = 20_000;
const LARGE_BYTES = 1_000_000;
const SEARCHES = 300;
const PAGES = 500;
const ROUNDS = 3;
const SECONDS = 2;
const CONNECTIONS = 32;
const BASE = "/registry/v1";
const NO_ARTIFACT = { digest: "0".repeat(64), sizeBytes: SMALL_BYTES };

type What = keyof RegistryPeer["paths"];
const GOALS: Readonly<Record<What, string>> = {
  metadata: "five times Verdaccio",
  small: "five times Verdaccio",
  large: "five times Verdaccio, half of nginx",
  search: "five times Verdaccio",
};
const TITLES: Readonly<Record<What, string>> = {
  metadata: "metadata of a package",
  small: "an artifact of 20 kB",
  large: "an artifact of 1 MB",
  search: "searches, 200 different ones in turns",
};

/** A registry of 100,000 packages: answers one by one, and under load beside Verdaccio and nginx, all driven by wrk in turns. */
export const benchRegistry = async (): Promise<Row[]> => {
  const folder = await mkdtemp(join(tmpdir(), "patchbay-bench-registry-"));
  const peers: Record<string, RegistryPeer> = {};
  let server: Awaited<ReturnType<typeof startBenchServer>> | undefined;
  try {
    await seedRegistry(join(folder, "data"), PACKAGES, NO_ARTIFACT);
    server = await startBenchServer(join(folder, "data"));
    const small = await publish(server.url, folder, "small", SMALL_BYTES);
    const large = await publish(server.url, folder, "large", LARGE_BYTES);
    const rows = [await searchTimes(server.url), await pageTimes(server.url)];
    const metadata = Buffer.from(
      await (await fetch(`${server.url}${BASE}/packages/bench.small`)).arrayBuffer(),
    );
    const nginx = await startNginx(join(folder, "nginx"), { metadata, small, large });
    if (nginx === null) process.stdout.write("  nginx is not installed, so that it is left out\n");
    else peers.nginx = nginx;
    const verdaccio = await startVerdaccio(join(folder, "verdaccio"), { small, large });
    if (verdaccio !== null) peers.Verdaccio = verdaccio;
    for (const what of Object.keys(TITLES) as What[]) rows.push(await compare(server.url, peers, what));
    return rows;
  } finally {
    await server?.close();
    for (const { child } of Object.values(peers)) await stop(child);
    await rm(folder, { recursive: true, force: true });
  }
};

/** A package of about so many bytes that do not pack. */
const publish = async (url: string, folder: string, name: string, bytes: number): Promise<Buffer> => {
  const output = join(folder, `${name}.zip`);
  const manifest = {
    id: `bench.${name}`,
    name,
    version: "1.0.0",
    description: "Of the benchmark.",
    author: { name: "Bench" },
    category: "utility",
    engines: { patchbay: "^1.0.0" },
    main: "plugin.js",
  };
  await writePackage({
    files: [
      { path: "plugin.json", content: JSON.stringify(manifest) },
      { path: "plugin.js", content: "export default { tools: {} };" },
      { path: "asset.bin", content: Buffer.concat([Buffer.alloc(1), randomBytes(bytes)]) },
    ],
    output,
  });
  const headers = { authorization: `Bearer ${KEY}` };
  await fetch(`${url}${BASE}/publishers`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({ publisher: "bench", name: "Bench" }),
  });
  const zip = await readFile(output);
  const form = new FormData();
  form.append("package", new Blob([zip]), "package.zip");
  const response = await fetch(`${url}${BASE}/packages`, { method: "POST", headers, body: form });
  if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
  return zip;
};

/** What people type: words that are common and rare, their beginnings, two at once, filters. */
const searchPaths = (count: number): string[] => {
  const words = vocabulary();
  return Array.from({ length: count }, (_, index) => {
    const word = words[(index * 37) % words.length] ?? "";
    const other = words[(index * 11) % 200] ?? "";
    const query = [word, word.slice(0, 3), `${word} ${other}`, other, `${word}&category=ui`][index % 5] ?? "";
    return `${BASE}/search?limit=20&q=${query.replace(" ", "%20")}`;
  });
};

const timesOf = async (url: string, paths: readonly string[]): Promise<number[]> => {
  const times: number[] = [];
  for (const path of paths) {
    const begin = performance.now();
    const response = await fetch(`${url}${path}`);
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    times.push(performance.now() - begin);
  }
  return times;
};

const searchTimes = async (url: string): Promise<Row> => {
  const times = await timesOf(url, searchPaths(SEARCHES));
  return {
    what: `a search of ${PACKAGES} packages that nobody made before, 95th percentile`,
    unit: "ms",
    patchbay: quantile(times, 0.95),
    peers: {},
    goal: "at most 20 ms",
  };
};

const pageTimes = async (url: string): Promise<Row> => {
  const found = await fetch(`${url}${BASE}/search?sort=updated&limit=200`);
  const { items } = (await found.json()) as { items: { plugin: string }[] };
  const paths = items.slice(0, PAGES).map(({ plugin }) => `${BASE}/packages/${plugin}`);
  return {
    what: "a package's page that nobody looked at before, 95th percentile",
    unit: "ms",
    patchbay: quantile(await timesOf(url, paths), 0.95),
    peers: {},
    goal: "at most 20 ms",
  };
};

const compare = async (
  url: string,
  peers: Readonly<Record<string, RegistryPeer>>,
  what: What,
): Promise<Row> => {
  const own: Readonly<Record<What, readonly string[]>> = {
    metadata: [`${BASE}/packages/bench.small`],
    small: [`${BASE}/packages/bench.small/versions/1.0.0/artifact`],
    large: [`${BASE}/packages/bench.large/versions/1.0.0/artifact`],
    search: searchPaths(200),
  };
  const ours: number[] = [];
  const theirs: Record<string, number[]> = {};
  for (let round = 0; round <= ROUNDS; round += 1) {
    const rate = await load(url, own[what]);
    if (round > 0) ours.push(rate); // the first one warms up
    for (const [name, peer] of Object.entries(peers)) {
      const path = peer.paths[what];
      if (path === undefined) continue;
      const peerRate = await load(peer.url, [path]);
      if (round > 0) theirs[name] = [...(theirs[name] ?? []), peerRate];
    }
  }
  const beside = Object.entries(theirs).map(([name, rates]) => [name, median(rates)]);
  return {
    what: `${TITLES[what]}, ${CONNECTIONS} connections`,
    unit: "requests/s",
    patchbay: median(ours),
    peers: Object.fromEntries(beside),
    goal: GOALS[what],
  };
};

const load = async (url: string, paths: readonly string[]): Promise<number> => {
  const options = [
    "-t1",
    `-c${CONNECTIONS}`,
    `-d${SECONDS}s`,
    "-s",
    join(import.meta.dirname, "wrk-get.lua"),
    url,
  ];
  const environment = { ...process.env, BENCH_PATHS: paths.join("\n") };
  const { stdout } = await promisify(execFile)("wrk", options, { env: environment });
  const { perSecond, failed } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as {
    perSecond: number;
    failed: number;
  };
  if (failed > 0) throw new Error(`${failed} refusals or errors at ${url}${paths[0]}.`);
  return perSecond;
};
