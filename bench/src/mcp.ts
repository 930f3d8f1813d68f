import { Agent, request } from "node:http";
import { median, type Row } from "./row.ts";
import { KEY, startBenchServer, startScript, stop, urlOf } from "./server.ts";

const PEER = new URL("./peers/mcp-http-server.mjs", import.meta.url).pathname;
const ID = "bench.echo";
const TOOLS = 500;
const ROUNDS = 3;
const SINGLE_CALLS = 1_000;
const LISTS = 50;
/** Calls under way at the same time, and how many of them there are in all. */
const CONCURRENCY = 16;
const CONCURRENT_CALLS = 4_000;
/** Before that a server compiles. */
const WARM_CALLS = 6_000;
const REVISION = "2026-07-28";

/** Calls of the Model Context Protocol by a client that does nothing but send them, beside a bare server of the official SDK, in turns. */
export const benchMcp = async (): Promise<Row[]> => {
  const server = await startBenchServer();
  const peer = startScript(PEER, { BENCH_TOOLS: String(TOOLS) });
  try {
    const names = Array.from({ length: TOOLS }, (_, index) => `echo${index}`);
    await server.install({ id: ID, name: "Echo", tools: names });
    const sides = [new RawClient(`${server.url}/mcp`), new RawClient(await urlOf(peer))] as const;
    for (const side of sides) await side.callsPerSecond(WARM_CALLS);
    const single = await inTurns(sides, (side) => side.medianMs("tools/call", SINGLE_CALLS));
    const many = await inTurns(sides, (side) => side.callsPerSecond(CONCURRENT_CALLS));
    const lists = await inTurns(sides, (side) => side.medianMs("tools/list", LISTS));
    for (const side of sides) side.close();
    const row = (
      what: string,
      unit: string,
      [ours, theirs]: readonly [number, number],
      goal: string,
    ): Row => ({
      what,
      unit,
      patchbay: ours,
      peers: { "bare server of the SDK": theirs },
      goal,
    });
    return [
      row("one tools/call after the other", "ms", single, "at most 0.4 ms more than the peer"),
      row(`tools/call, ${CONCURRENCY} at once`, "calls/s", many, "at least 80 % of the peer"),
      row(`tools/list of ${TOOLS} tools`, "ms", lists, "at most 5 ms"),
    ];
  } finally {
    await Promise.all([server.close(), stop(peer)]);
  }
};

const inTurns = async (
  [ours, theirs]: readonly [RawClient, RawClient],
  measure: (side: RawClient) => Promise<number>,
): Promise<readonly [number, number]> => {
  const found: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    found[0].push(await measure(ours));
    found[1].push(await measure(theirs));
  }
  return [median(found[0]), median(found[1])];
};

/** Sends what an official client would, and looks at the answer no further than at its end. */
class RawClient {
  readonly #url: URL;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });

  constructor(url: string) {
    this.#url = new URL(url);
  }

  async medianMs(method: string, count: number): Promise<number> {
    const times: number[] = [];
    for (let done = 0; done < count; done += 1) {
      const started = performance.now();
      await this.#send(method);
      times.push(performance.now() - started);
    }
    return median(times);
  }

  async callsPerSecond(count: number): Promise<number> {
    let left = count;
    const started = performance.now();
    const one = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        await this.#send("tools/call");
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, one));
    return (count / (performance.now() - started)) * 1_000;
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(method: string): Promise<void> {
    const name = "bench_echo_echo0";
    const call = method === "tools/call" ? { name, arguments: { text: "hello" } } : {};
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: { ...call, _meta: META } });
    const headers = {
      authorization: `Bearer ${KEY}`,
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": REVISION,
      "mcp-method": method,
      ...(method === "tools/call" && { "mcp-name": name }),
    };
    return new Promise((resolve, reject) => {
      const sent = request(this.#url, { method: "POST", headers, agent: this.#agent }, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        answer.on("end", () => {
          if (answer.statusCode === 200 && text.includes('"result"')) resolve();
          else reject(new Error(`${this.#url}: ${answer.statusCode} ${text.slice(0, 500)}`));
        });
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }
}

const META = {
  "io.modelcontextprotocol/protocolVersion": REVISION,
  "io.modelcontextprotocol/clientCapabilities": {},
  "io.modelcontextprotocol/clientInfo": { name: "bench", version: "1.0.0" },
};
