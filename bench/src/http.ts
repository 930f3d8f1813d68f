import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { median, type Row } from "./row.ts";
import { KEY, startBenchServer, startScript, stop, urlOf } from "./server.ts";

const PEER = new URL("./peers/fastify-echo.ts", import.meta.url).pathname;
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
  const server = await startBenchServer();
  const peer = startScript(PEER, {});
  try {
    const peerUrl = await urlOf(peer);
    await server.install({ id: ID, name: "Echo" });
    const call = { url: `${server.url}/api/orgs/default/tools/${ID}/echo`, authorization: `Bearer ${KEY}` };
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
    await Promise.all([server.close(), stop(peer)]);
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
  });
  const { perSecond, meanMs, failed } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Load & {
    failed: number;
  };
  if (failed > 0) throw new Error(`${failed} refusals or errors at ${url}.`);
  return { perSecond, meanMs };
};
