import { type ChildProcess, execFile, spawn } from "node:child_process";
import { Agent, request } from "node:http";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";
import { median, type Row } from "./row.ts";
import { KEY, startBenchServer, startScript, stop, urlOf } from "./server.ts";

const UPSTREAM = new URL("./peers/model-upstream.ts", import.meta.url).pathname;
const PLUGIN = "/api/orgs/default/plugins/patchbay.openai";
const ROUNDS = 3;
const SECONDS = 4;
/** A server that has just started takes several times as long for each question as one that has answered ten thousand. */
const WARM_UP_SECONDS = 12;
const IN_FLIGHT = 16;
const SINGLES = 200;
const STARTS_WITHIN_MS = 30_000;

/** Where a question goes. */
interface Way {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: (stream: boolean) => string;
}

/** Each way; null where there is nothing to ask. */
type Each<T> = Readonly<Record<"direct" | "same" | "translated", T>> & { readonly portkey: T | null };
type Ways = Each<Way>;

const question = (model: string, more: object) => (stream: boolean) =>
  JSON.stringify({ model, messages: [{ role: "user", content: "Say fifty words." }], stream, ...more });

/**
 * Questions to a model server in OpenAI's format through the gateway, with a budget and accounts, asked in the same format and in
 * Anthropic's, beside the server asked directly and beside Portkey's gateway where one is installed.
 */
export const benchModels = async (): Promise<Row[]> => {
  const server = await startBenchServer(undefined, { PATCHBAY_EGRESS_ALLOW_PRIVATE: "127.0.0.1" });
  const upstream = startScript(UPSTREAM, {});
  let portkey: Portkey | null = null;
  try {
    const upstreamUrl = await urlOf(upstream);
    await prepare(server.url, `${upstreamUrl}/v1`);
    portkey = await startPortkey(upstreamUrl);
    const key = { authorization: `Bearer ${KEY}` };
    const ways: Ways = {
      direct: { url: `${upstreamUrl}/v1/chat/completions`, headers: key, body: question("bench", {}) },
      same: { url: `${server.url}/v1/chat/completions`, headers: key, body: question("openai/bench", {}) },
      translated: {
        url: `${server.url}/v1/messages`,
        headers: key,
        body: question("openai/bench", { max_tokens: 100 }),
      },
      portkey: portkey?.way ?? null,
    };
    const rows: Row[] = [];
    for (const stream of [false, true]) {
      const measured = await measure(await withoutMute(ways, stream), stream);
      rows.push(...rowsOf(measured, stream));
    }
    return rows;
  } finally {
    await Promise.all([server.close(), stop(upstream), portkey && stop(portkey.child)]);
  }
};

/** The plugin with its address, and a budget that every question is held against. */
const prepare = async (url: string, upstream: string): Promise<void> => {
  const ask = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${KEY}`,
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  };
  await ask("POST", `${PLUGIN}/enable`);
  await ask("PUT", `${PLUGIN}/settings`, { openai: { url: upstream, key: "sk-bench" } });
  const budget = { for: { kind: "organization" }, of: "tokens", amount: 10 ** 12, per: "total" };
  await ask("POST", "/api/orgs/default/budgets", budget);
};

interface Measured {
  readonly perSecond: number;
  readonly singleMs: number;
  readonly firstByteMs: number;
}

/** Release 1.15.2 of Portkey's gateway gives no streams on Node 20 and later: its rows come without it then. */
const withoutMute = async (ways: Ways, stream: boolean): Promise<Ways> => {
  const { portkey } = ways;
  if (portkey === null) return ways;
  const agent = new Agent();
  const isMute = await askOnce(agent, portkey, stream).then(
    () => false,
    () => true,
  );
  agent.destroy();
  return isMute ? { ...ways, portkey: null } : ways;
};

/** All ways in turns, so that each meets the same machine. */
const measure = async (ways: Ways, stream: boolean): Promise<Each<Measured>> => {
  const rounds = new Map<Way, Measured[]>();
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const way of Object.values(ways)) {
      if (way === null) continue;
      const singles = await askOneByOne(way, stream);
      const perSecond = await load(way, stream, round === 0 ? WARM_UP_SECONDS : SECONDS);
      // The first round warms all of them up.
      if (round > 0) rounds.set(way, [...(rounds.get(way) ?? []), { perSecond, ...singles }]);
    }
  const middle = (way: Way): Measured => {
    const of = (value: (one: Measured) => number) => median((rounds.get(way) ?? []).map(value));
    return {
      perSecond: of((one) => one.perSecond),
      singleMs: of((one) => one.singleMs),
      firstByteMs: of((one) => one.firstByteMs),
    };
  };
  const { direct, same, translated, portkey } = ways;
  return {
    direct: middle(direct),
    same: middle(same),
    translated: middle(translated),
    portkey: portkey && middle(portkey),
  };
};

const rowsOf = ({ direct, same, translated, portkey }: Each<Measured>, stream: boolean): Row[] => {
  const what = stream ? "streams of 50 words" : "JSON answers of 50 words";
  const beside = (value: (one: Measured) => number) => ({
    "model server directly": value(direct),
    ...(portkey !== null && { "Portkey's gateway": value(portkey) }),
  });
  const perSecond = (one: Measured) => one.perSecond;
  const singleMs = (one: Measured) => one.singleMs;
  return [
    {
      what: `${what} in the server's format, ${IN_FLIGHT} in flight`,
      unit: "answers/s",
      patchbay: same.perSecond,
      peers: beside(perSecond),
      goal: "at least 0.25 of the server",
    },
    {
      what: `${what} in another format, ${IN_FLIGHT} in flight`,
      unit: "answers/s",
      patchbay: translated.perSecond,
      peers: beside(perSecond),
      goal: `at least ${stream ? 0.3 : 0.1} of the server`,
    },
    {
      what: `${what}, one at a time, whole`,
      unit: "ms",
      patchbay: same.singleMs,
      peers: beside(singleMs),
      goal: "at most 1 ms more than the server",
    },
    ...(stream
      ? [
          {
            what: "first byte of a stream",
            unit: "ms",
            patchbay: same.firstByteMs,
            peers: beside((one) => one.firstByteMs),
            goal: "at most 2 ms more than the server",
          },
        ]
      : []),
  ];
};

const askOneByOne = async (way: Way, stream: boolean): Promise<Omit<Measured, "perSecond">> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times: { whole: number; first: number }[] = [];
  for (let count = 0; count < SINGLES; count += 1) times.push(await askOnce(agent, way, stream));
  agent.destroy();
  return {
    singleMs: median(times.map(({ whole }) => whole)),
    firstByteMs: median(times.map(({ first }) => first)),
  };
};

const askOnce = (
  agent: Agent,
  { url, headers, body }: Way,
  stream: boolean,
): Promise<{ whole: number; first: number }> =>
  new Promise((resolve, reject) => {
    const text = body(stream);
    const began = performance.now();
    const asked = request(
      url,
      {
        agent,
        method: "POST",
        headers: {
          ...headers,
          "content-type": "application/json",
          "content-length": Buffer.byteLength(text),
        },
      },
      (response) => {
        let first = 0;
        let told = "";
        response.on("data", (part) => {
          if (first === 0) first = performance.now() - began;
          told += part;
        });
        response.on("error", reject);
        response.on("end", () => {
          if (response.statusCode === 200 && told.includes("word49"))
            resolve({ whole: performance.now() - began, first });
          else reject(new Error(`${url} answered ${response.statusCode}: ${told.slice(0, 500)}`));
        });
      },
    );
    asked.on("error", reject);
    asked.end(text);
  });

const load = async ({ url, headers, body }: Way, stream: boolean, seconds: number): Promise<number> => {
  const { authorization = "", ...more } = headers;
  const script = join(import.meta.dirname, "wrk-post.lua");
  const options = ["-t1", `-c${IN_FLIGHT}`, `-d${seconds}s`, "-s", script, url];
  const { stdout } = await promisify(execFile)("wrk", options, {
    env: {
      ...process.env,
      BENCH_BODY: body(stream),
      BENCH_AUTHORIZATION: authorization,
      BENCH_HEADERS: Object.entries(more)
        .map(([name, value]) => `${name}: ${value}`)
        .join("\n"),
    },
  });
  const { perSecond, failed } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as {
    perSecond: number;
    failed: number;
  };
  if (failed > 0) throw new Error(`${failed} refusals or errors at ${url}.`);
  return perSecond;
};

interface Portkey {
  readonly child: ChildProcess;
  readonly way: Way;
}

/** Portkey's gateway, in front of the same server; null where it is not installed. */
const startPortkey = async (upstream: string): Promise<Portkey | null> => {
  const script = findPortkey();
  if (script === null) return null;
  const port = await freePort();
  const child = spawn(process.execPath, [script, `--port=${port}`, "--headless"], {
    stdio: "ignore",
  });
  const url = `http://127.0.0.1:${port}`;
  for (const end = performance.now() + STARTS_WITHIN_MS; performance.now() < end; await sleep(200))
    if (await fetch(url).catch(() => null)) break;
  return {
    child,
    way: {
      url: `${url}/v1/chat/completions`,
      headers: {
        authorization: "Bearer sk-bench",
        "x-portkey-provider": "openai",
        "x-portkey-custom-host": `${upstream}/v1`,
      },
      body: question("bench", {}),
    },
  };
};

const findPortkey = (): string | null => {
  try {
    const { BENCH_PORTKEY_FROM: folder } = process.env;
    const from = createRequire(folder === undefined ? import.meta.url : join(folder, "package.json"));
    return join(dirname(from.resolve("@portkey-ai/gateway/package.json")), "build/start-server.js");
  } catch {
    return null; // the rows come without this peer then
  }
};
