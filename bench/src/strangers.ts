import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { quantile, type Row } from "./row.ts";
import { KEY, startBenchServer } from "./server.ts";

const STRANGERS = 30;
const SECONDS = 5;
const MIB = 1024 * 1024;
const PAUSE_MS = 20;

interface Probe {
  readonly what: string;
  readonly path: string;
  readonly body: string;
  /** With an API key. */
  readonly isKnown?: boolean;
  /** Sends that of the body, and nothing more. */
  readonly isUnfinished?: boolean;
}

const properties = (count: number) =>
  `{${Array.from({ length: count }, (_, index) => `"a${index}":1`).join()}}`;

const PROBES: readonly Probe[] = [
  { what: "unknown properties to sign-in", path: "/api/auth/sign-in", body: properties(MIB) },
  { what: "empty lists to set-up", path: "/api/auth/set-up", body: `[${"[],".repeat(7 * MIB)}[]]` },
  { what: "as much as a stranger may send", path: "/api/auth/sign-in", body: properties(1_500) },
  {
    what: "wrong passwords",
    path: "/api/auth/sign-in",
    body: JSON.stringify({ email: "bench@example.org", password: "a wrong password" }),
  },
  { what: "unfinished bodies", path: "/api/auth/sign-in", body: " ".repeat(16_000), isUnfinished: true },
  { what: "bodies to no address", path: "/api/nowhere", body: properties(MIB) },
  {
    what: "long lists of rights, with a key",
    path: "/api/api-keys",
    body: JSON.stringify({ organization: "default", name: "x", rights: Array(400_000).fill(1) }),
    isKnown: true,
  },
  {
    what: "empty lists to a tool, with a key",
    path: "/api/orgs/default/tools/bench.echo/echo",
    body: `{"input":[${"[],".repeat(7 * MIB)}[]]}`,
    isKnown: true,
  },
];

/** What a signed-in person waits while 30 others send the worst bodies that they may, and what the server's memory grows by. */
export const benchStrangers = async (): Promise<Row[]> => {
  const server = await startBenchServer();
  try {
    await person(server.url, 1);
    const quiet = await residentMib(server.pid);
    const rows: Row[] = [];
    for (const probe of PROBES) {
      const stop = new AbortController();
      const strangers = Array.from({ length: STRANGERS }, () => attack(server.url, probe, stop.signal));
      const { waits, mostMib } = await watch(server.url, server.pid);
      stop.abort();
      await Promise.all(strangers);
      const grown = mostMib - quiet;
      rows.push(
        row(`${probe.what}: 95th percentile`, "ms", quantile(waits, 0.95), "at most 250 ms"),
        row(`${probe.what}: longest stall`, "ms", Math.max(...waits)),
        row(`${probe.what}: memory above quiet`, "MiB", grown, "at most 300 MiB"),
      );
    }
    return rows;
  } finally {
    await server.close();
  }
};

const row = (what: string, unit: string, patchbay: number, goal?: string): Row => ({
  what,
  unit,
  patchbay,
  peers: {},
  ...(goal !== undefined && { goal }),
});

/** One request after another for some seconds: how long each took, ms, and the most memory seen. */
const watch = async (url: string, pid: number) => {
  const until = performance.now() + SECONDS * 1000;
  const waits: number[] = [];
  let mostMib = 0;
  while (performance.now() < until) {
    waits.push(...(await person(url, 1)));
    mostMib = Math.max(mostMib, await residentMib(pid));
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return { waits, mostMib };
};

const person = async (url: string, requests: number): Promise<number[]> => {
  const waits: number[] = [];
  for (let request = 0; request < requests; request += 1) {
    const began = performance.now();
    const response = await fetch(`${url}/api/me`, { headers: { authorization: `Bearer ${KEY}` } });
    await response.arrayBuffer();
    waits.push(performance.now() - began);
  }
  return waits;
};

/** Sends the probe again and again, until told to stop. */
const attack = async (url: string, probe: Probe, signal: AbortSignal): Promise<void> => {
  const { hostname, port, host } = new URL(url);
  const body = Buffer.from(probe.body);
  const head = [
    ...[`POST ${probe.path} HTTP/1.1`, `Host: ${host}`, "Content-Type: application/json"],
    ...(probe.isKnown === true ? [`Authorization: Bearer ${KEY}`] : []),
    ...[
      `Content-Length: ${body.length + (probe.isUnfinished === true ? 1 : 0)}`,
      "Connection: close",
      "",
      "",
    ],
  ].join("\r\n");
  while (!signal.aborted) {
    const socket = connect(Number(port), hostname);
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    socket.on("error", () => undefined).once("data", () => socket.destroy());
    const leave = () => socket.destroy();
    signal.addEventListener("abort", leave, { once: true });
    socket.write(head);
    socket.write(body);
    await closed;
    signal.removeEventListener("abort", leave);
  }
};

const residentMib = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
};
