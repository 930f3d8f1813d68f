import { benchLoad, type Load } from "./load.ts";
import { median, type Row } from "./row.ts";
import { KEY, startBenchServer, startScript, stop, urlOf } from "./server.ts";

const PEER = new URL("./peers/fastify-echo.ts", import.meta.url).pathname;
const ID = "bench.echo";
const ROUNDS = 3;
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
    const call = {
      url: `${server.url}/api/orgs/default/tools/${ID}/echo`,
      authorization: `Bearer ${KEY}`,
      body: BODY,
    };
    const echo = { url: `${peerUrl}/echo`, authorization: "Bearer none", body: BODY };
    const ours: Load[] = [];
    const theirs: Load[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const pair = [await benchLoad(call, CONNECTIONS), await benchLoad(echo, CONNECTIONS)] as const;
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
