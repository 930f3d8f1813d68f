import { readFile } from "node:fs/promises";
import { benchLoad, type Load } from "./load.ts";
import { median, type Row } from "./row.ts";
import { type BenchServer, KEY, startBenchServer } from "./server.ts";

const ID = "bench.hooks";
const ROUNDS = 3;
const CONNECTIONS = 32;
const MB = 1_000_000;
const BYTES = 100 * MB;
const BODY = JSON.stringify({ input: { text: "hello" } });
const RSS_EVERY_MS = 20;

const CODE = `export default {
  tools: { echo: { description: "Answers with its input.", run: (input) => input } },
  endpoints: {
    small: { handle: async (request) => Response.json(await request.json()) },
    sink: { async handle(request) {
      let bytes = 0;
      for await (const chunk of request.body) bytes += chunk.length;
      return Response.json({ bytes });
    } },
    source: { handle(request) {
      let left = Number(request.query.get("bytes"));
      const piece = new Uint8Array(256 * 1024).fill(7);
      return new Response(new ReadableStream({ pull(controller) {
        const chunk = left >= piece.length ? piece : piece.subarray(0, left);
        left -= chunk.length;
        if (chunk.length > 0) controller.enqueue(chunk);
        if (left === 0) controller.close();
      } }));
    } },
    echo: { handle: (request) => ({ body: request.body }) },
  },
};`;
const NAMES = ["small", "sink", "source", "echo"];

/** Requests from outside that a plugin answers: small ones beside calls of a tool of the same plugin, and large ones. */
export const benchEndpoints = async (): Promise<Row[]> => {
  const server = await startBenchServer();
  try {
    await server.install({
      id: ID,
      name: "Hooks",
      code: CODE,
      permissions: ["endpoints.serve"],
      contributes: {
        endpoints: NAMES.map((name) => ({ name, methods: ["GET", "POST"], authentication: "none" })),
      },
    });
    const [small, sink, source, echo] = await Promise.all(NAMES.map((name) => addressOf(server, name)));
    const rates = await smallOnes(server, small ?? "");
    const up = await measured(server, () => sent(sink ?? "", readNumber));
    const down = await measured(server, () => read(`${source}?bytes=${BYTES}`));
    const through = await measured(server, () => sent(echo ?? "", counted));
    return [
      ...rates,
      bytesRow("100 MB into an endpoint", up, "at least 100 MB/s"),
      bytesRow("100 MB out of an endpoint", down, "at least 100 MB/s"),
      bytesRow("100 MB into an endpoint and back", through),
      {
        what: "memory of the server while they went, at the most more than before",
        unit: "MB",
        patchbay: Math.max(up.moreMb, down.moreMb, through.moreMb),
        peers: {},
        goal: "bounded",
      },
    ];
  } finally {
    await server.close();
  }
};

const addressOf = async ({ url }: BenchServer, endpoint: string): Promise<string> => {
  const response = await fetch(`${url}/api/orgs/default/endpoints`, {
    method: "POST",
    headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
    body: JSON.stringify({ plugin: ID, endpoint, perMinute: 1_000_000, maxBodyBytes: BYTES }),
  });
  if (!response.ok) throw new Error(`No address for ${endpoint}: ${await response.text()}`);
  return ((await response.json()) as { endpoint: { url: string } }).endpoint.url;
};

const smallOnes = async ({ url }: BenchServer, address: string): Promise<Row[]> => {
  const authorization = `Bearer ${KEY}`;
  const tool = { url: `${url}/api/orgs/default/tools/${ID}/echo`, authorization, body: BODY };
  const endpoint = { url: address, authorization: "Bearer none", body: BODY };
  const ours: Load[] = [];
  const theirs: Load[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const pair = [await benchLoad(endpoint, CONNECTIONS), await benchLoad(tool, CONNECTIONS)] as const;
    if (round === 0) continue; // warms both up
    ours.push(pair[0]);
    theirs.push(pair[1]);
  }
  return [
    {
      what: `small requests to an endpoint, ${CONNECTIONS} connections`,
      unit: "requests/s",
      patchbay: median(ours.map(({ perSecond }) => perSecond)),
      peers: { "calls of a tool": median(theirs.map(({ perSecond }) => perSecond)) },
      goal: "at least half of the tool",
    },
    {
      what: "the same, mean time to answer",
      unit: "ms",
      patchbay: median(ours.map(({ meanMs }) => meanMs)),
      peers: { "calls of a tool": median(theirs.map(({ meanMs }) => meanMs)) },
    },
  ];
};

interface Measured {
  readonly mbPerSecond: number;
  /** What the server's memory grew by while it went. */
  readonly moreMb: number;
}

const bytesRow = (what: string, { mbPerSecond }: Measured, goal?: string): Row => ({
  what,
  unit: "MB/s",
  patchbay: mbPerSecond,
  peers: {},
  ...(goal !== undefined && { goal }),
});

const measured = async ({ pid }: BenchServer, transfer: () => Promise<number>): Promise<Measured> => {
  const speeds: number[] = [];
  await transfer();
  const before = await residentMb(pid);
  let most = before;
  const timer = setInterval(
    () => void residentMb(pid).then((mb) => (most = Math.max(most, mb))),
    RSS_EVERY_MS,
  );
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const startedAt = performance.now();
      const bytes = await transfer();
      if (bytes !== BYTES) throw new Error(`${bytes} bytes went instead of ${BYTES}.`);
      speeds.push(BYTES / MB / ((performance.now() - startedAt) / 1_000));
    }
  } finally {
    clearInterval(timer);
  }
  return { mbPerSecond: median(speeds), moreMb: most - before };
};

const residentMb = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1_000;
};

const sent = async (url: string, take: (response: Response) => Promise<number>): Promise<number> => {
  let left = BYTES;
  const piece = new Uint8Array(256 * 1024).fill(1);
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = left >= piece.length ? piece : piece.subarray(0, left);
      left -= chunk.length;
      if (chunk.length > 0) controller.enqueue(chunk);
      if (left === 0) controller.close();
    },
  });
  return await take(await fetch(url, { method: "POST", body, duplex: "half" } as RequestInit));
};

const read = async (url: string): Promise<number> => await counted(await fetch(url));

const readNumber = async (response: Response): Promise<number> =>
  ((await response.json()) as { bytes: number }).bytes;

const counted = async (response: Response): Promise<number> => {
  let bytes = 0;
  for await (const chunk of response.body ?? []) bytes += chunk.length;
  return bytes;
};
