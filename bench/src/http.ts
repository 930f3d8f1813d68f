import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { writePackage } from "@patchbay/artifact";
import { median, type Row } from "./row.ts";

const SERVER = new URL("../../apps/server/src/main.ts", import.meta.url).pathname;
const PEER = new URL("./peers/fastify-echo.ts", import.meta.url).pathname;
const KEY = "pb_key-of-the-benchmarks";
const ID = "bench.echo";
const ROUNDS = 3;
const SECONDS = 4;
const CONNECTIONS = 32;
const BODY = JSON.stringify({ input: { text: "hello" } });

/**
 * Tool calls over HTTP, with API key, validation and sandbox, beside a bare Fastify that echoes the same body. Both are
 * driven by wrk, in turns.
 */
export const benchHttp = async (): Promise<Row[]> => {
  const folder = await mkdtemp(join(tmpdir(), "patchbay-bench-http-"));
  const environment = {
    PATCHBAY_PORT: "0",
    PATCHBAY_DATA_DIR: folder,
    PATCHBAY_ADMIN_EMAIL: "bench@example.org",
    PATCHBAY_ADMIN_PASSWORD: "bench pass phrase",
    PATCHBAY_BOOTSTRAP_API_KEY: KEY,
    PATCHBAY_LOG_LEVEL: "warn",
  };
  const server = start(SERVER, environment);
  const peer = start(PEER, {});
  try {
    const [serverUrl, peerUrl] = await Promise.all([urlOf(server), urlOf(peer)]);
    await install(serverUrl, folder);
    const call = { url: `${serverUrl}/api/orgs/default/tools/${ID}/echo`, authorization: `Bearer ${KEY}` };
    const echo = { url: `${peerUrl}/echo`, authorization: "Bearer none" };
    const ours: Load[] = [];
    const theirs: Load[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const pair = [await load(call), await load(echo)] as const;
      if (round === 0) continue; // warms both up
      ours.push(pair[0]);
      theirs.push(pair[1]);
    }
    return [
      {
        what: `tool calls over HTTP, ${CONNECTIONS} connections`,
        unit: "calls/s",
        patchbay: median(ours.map((one) => one.perSecond)),
        peers: { "bare Fastify echo": median(theirs.map((one) => one.perSecond)) },
        goal: "at least half of the peer",
      },
      {
        what: "the same, mean time to answer",
        unit: "ms",
        patchbay: median(ours.map((one) => one.meanMs)),
        peers: { "bare Fastify echo": median(theirs.map((one) => one.meanMs)) },
      },
    ];
  } finally {
    await Promise.all([stop(server), stop(peer)]);
    await rm(folder, { recursive: true, force: true });
  }
};

interface Load {
  readonly perSecond: number;
  readonly meanMs: number;
}

const load = async ({ url, authorization }: { url: string; authorization: string }): Promise<Load> => {
  const script = join(import.meta.dirname, "wrk-post.lua");
  const options = ["-t1", `-c${CONNECTIONS}`, `-d${SECONDS}s`, "-s", script, url];
  const { stdout } = await promisify(execFile)("wrk", options, {
    env: { ...process.env, BENCH_BODY: BODY, BENCH_AUTHORIZATION: authorization },
  }).catch((cause: unknown) => {
    throw new Error("The HTTP benchmark needs wrk, from Debian's package of that name.", { cause });
  });
  const { perSecond, meanMs, failed } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Load & {
    failed: number;
  };
  if (failed > 0) throw new Error(`${failed} refusals or errors at ${url}.`);
  return { perSecond, meanMs };
};

const install = async (url: string, folder: string): Promise<void> => {
  const output = join(folder, "echo.zip");
  const tools = [{ name: "echo", description: "Answers with its input." }];
  const manifest = {
    id: ID,
    name: "Echo",
    version: "1.0.0",
    description: "Echo.",
    author: { name: "Bench" },
    category: "utility",
    engines: { patchbay: "^1.0.0" },
    main: "plugin.js",
    contributes: { tools },
  };
  const code =
    'export default { tools: { echo: { description: "Answers with its input.", run: (input) => input } } };';
  await writePackage({
    files: [
      { path: "plugin.json", content: JSON.stringify(manifest) },
      { path: "plugin.js", content: code },
    ],
    output,
  });
  const form = new FormData();
  form.append("package", new Blob([await readFile(output)]), "echo.zip");
  const headers = { authorization: `Bearer ${KEY}` };
  const json = { ...headers, "content-type": "application/json" };
  for (const [path, init] of [
    ["uploads", { method: "POST", headers, body: form }],
    ["plugins", { method: "POST", headers: json, body: JSON.stringify({ plugin: ID }) }],
    [`plugins/${ID}/enable`, { method: "POST", headers }],
  ] as const) {
    const response = await fetch(`${url}/api/orgs/default/${path}`, init);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  }
};

const start = (script: string, environment: Record<string, string>): ChildProcess =>
  spawn(process.execPath, [script], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });

const urlOf = async (child: ChildProcess): Promise<string> => {
  let printed = "";
  for await (const chunk of child.stdout ?? []) {
    printed += chunk;
    const url = /http:\/\/[\d.]+:\d+/.exec(printed)?.[0];
    if (url !== undefined) return url;
  }
  throw new Error(`A server of the benchmark did not start: ${printed}`);
};

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
};
