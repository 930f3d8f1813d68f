import { readFile } from "node:fs/promises";
import type { PluginSpec } from "@patchbay/core";
import { Supervisor } from "@patchbay/runtime";
import { callsThroughGateway } from "./gateway.ts";
import { nodeFirstAnswer, openMcpPeer } from "./peers/peers.ts";
import { median, quantile, type Row } from "./row.ts";
import { benchBytes } from "./sandbox-bytes.ts";
import { BenchHost } from "./sandbox-host.ts";
import { largeScript, smallScript } from "./sandbox-scripts.ts";

const ACTIVATIONS = 31;
const CALLS = 3_000;
const ROUNDS = 5;
const CALLS_IN_FLIGHT = 64;
const THROUGHPUT_CALLS = 20_000;
const IDLE_INSTANCES = 10;
/** Until the pool has another blank sandbox, so that each activation finds what it finds in a quiet minute. */
const BETWEEN_ACTIVATIONS_MS = 120;

const MCP = "MCP SDK over stdio";
const INPUT = { text: "hello", n: 1 };
const CALL = { kind: "tools", name: "echo", input: INPUT } as const;

interface Bench {
  readonly host: BenchHost;
  readonly supervisor: Supervisor;
}

/** Measures the sandbox beside its peers, taking turns with them. Takes about a minute. */
export const benchSandbox = async (): Promise<Row[]> => {
  const host = await BenchHost.open();
  const supervisor = await Supervisor.open(host);
  const bench = { host, supervisor };
  try {
    return [
      ...(await benchActivation(bench, "2 KB", smallScript())),
      ...(await benchActivation(bench, "500 KB", await largeScript())),
      ...(await benchCalls(bench)),
      ...(await benchMemory(bench)),
      ...(await benchBytes(host, supervisor)),
    ];
  } finally {
    await supervisor.close();
    await host.close();
  }
};

/** From the script in the store to the first answer, with blank sandboxes waiting and without. */
const benchActivation = async ({ host, supervisor }: Bench, size: string, script: string): Promise<Row[]> => {
  const warm: number[] = [];
  const cold: number[] = [];
  const node: number[] = [];
  const evaluation: number[] = [];
  const mcp: number[] = [];
  for (let n = 0; n < ACTIVATIONS; n++) {
    const { spec, file } = await host.store(script);
    warm.push(await firstAnswer(supervisor, spec));
    // No sandbox of this tier waits, so this one is started from nothing.
    cold.push(await firstAnswer(supervisor, { ...spec, installationId: `cold-${n}-${size}`, memoryMb: 256 }));
    const start = performance.now();
    const { evaluatedMs } = await nodeFirstAnswer(file, "echo", INPUT);
    node.push(performance.now() - start);
    evaluation.push(evaluatedMs);
    mcp.push(await mcpFirstAnswer());
  }
  const bundle = `${size} bundle (${Math.round(script.length / 1024)} KB)`;
  const isLarge = script.length > 100_000;
  return [
    {
      what: `Activation from the store to the first answer, ${bundle}`,
      unit: "ms",
      patchbay: median(warm),
      peers: {
        "Node child process": median(node),
        ...(isLarge ? { "plain Node, evaluation alone": median(evaluation) } : {}),
      },
      goal: isLarge ? "at most 1.5 times plain Node's evaluation" : "at most 10 ms",
    },
    {
      what: `The same with no blank sandbox waiting, ${bundle}`,
      unit: "ms",
      patchbay: median(cold),
      peers: { "Node child process": median(node), [`${MCP} (its own echo tool)`]: median(mcp) },
    },
  ];
};

const firstAnswer = async (supervisor: Supervisor, spec: PluginSpec): Promise<number> => {
  await new Promise((resolve) => setTimeout(resolve, BETWEEN_ACTIVATIONS_MS));
  const start = performance.now();
  await supervisor.call(spec, CALL);
  const elapsed = performance.now() - start;
  await supervisor.retire(spec.installationId);
  return elapsed;
};

const mcpFirstAnswer = async (): Promise<number> => {
  const start = performance.now();
  const mcp = await openMcpPeer();
  await mcp.call(INPUT);
  const elapsed = performance.now() - start;
  await mcp.close();
  return elapsed;
};

/** Latency of one call after the other, and calls a second with many under way. */
const benchCalls = async ({ host, supervisor }: Bench): Promise<Row[]> => {
  const { spec } = await host.store(smallScript());
  const mcp = await openMcpPeer();
  const call = callsThroughGateway(supervisor, spec);
  const ours = () => call(INPUT);
  const theirs = () => mcp.call(INPUT);
  const latency: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] };
  const throughput: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] };
  for (let round = 0; round < ROUNDS; round++) {
    latency.ours.push(...(await oneAfterTheOther(ours)));
    latency.theirs.push(...(await oneAfterTheOther(theirs)));
    throughput.ours.push(await manyAtOnce(ours, THROUGHPUT_CALLS));
    throughput.theirs.push(await manyAtOnce(theirs, THROUGHPUT_CALLS / 4));
  }
  await mcp.close();
  await supervisor.retire(spec.installationId);
  const microseconds = (ms: number): number => ms * 1000;
  return [
    {
      what: "A call, at the gateway",
      unit: "µs",
      patchbay: microseconds(median(latency.ours)),
      peers: { [MCP]: microseconds(median(latency.theirs)) },
      goal: "at most 200 µs",
    },
    {
      what: "The same, 99 of 100 are quicker",
      unit: "µs",
      patchbay: microseconds(quantile(latency.ours, 0.99)),
      peers: { [MCP]: microseconds(quantile(latency.theirs, 0.99)) },
    },
    {
      what: `Calls a second at the gateway, ${CALLS_IN_FLIGHT} under way`,
      unit: "/s",
      patchbay: median(throughput.ours),
      peers: { [MCP]: median(throughput.theirs) },
      goal: "at least 30,000",
    },
  ];
};

const oneAfterTheOther = async (call: () => Promise<unknown>): Promise<number[]> => {
  const times: number[] = [];
  for (let n = 0; n < CALLS; n++) {
    const start = performance.now();
    await call();
    times.push(performance.now() - start);
  }
  return times;
};

const manyAtOnce = async (call: () => Promise<unknown>, calls: number): Promise<number> => {
  let started = 0;
  const caller = async (): Promise<void> => {
    while (started < calls) {
      started++;
      await call();
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: CALLS_IN_FLIGHT }, caller));
  return calls / ((performance.now() - start) / 1000);
};

/** Proportional memory of instances that have answered once and wait. Linux tells; elsewhere there is no figure. */
const benchMemory = async ({ host, supervisor }: Bench): Promise<Row[]> => {
  if (process.platform !== "linux") return [];
  for (let n = 0; n < IDLE_INSTANCES; n++) {
    const { spec } = await host.store(smallScript());
    await supervisor.call(spec, CALL);
  }
  const mcps = await Promise.all(Array.from({ length: IDLE_INSTANCES }, openMcpPeer));
  await Promise.all(mcps.map((mcp) => mcp.call(INPUT)));
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const pids = supervisor.instances().filter(({ state }) => state === "running");
  const ours = await Promise.all(pids.map(({ pid }) => proportionalMb(pid)));
  const theirs = await Promise.all(mcps.map(({ pid }) => proportionalMb(pid)));
  await Promise.all(mcps.map((mcp) => mcp.close()));
  return [
    {
      what: `Memory of an idle instance, proportional, ${IDLE_INSTANCES} running`,
      unit: "MB",
      patchbay: median(ours),
      peers: { [MCP]: median(theirs) },
      goal: "at most 12 MB",
    },
  ];
};

const proportionalMb = async (pid: number): Promise<number> => {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8");
  return (Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1]) * 1024) / 1e6;
};
