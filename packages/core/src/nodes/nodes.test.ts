import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DurableWork } from "../ports/durable-work.ts";
import type { KnownNode, NodeStore } from "../ports/node-store.ts";
import type { World } from "../world.ts";
import { HEARTBEAT_MS, LEASE_MS } from "./limits.ts";
import { Nodes } from "./nodes.ts";

const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Durable work of which the test sees what is asked of it, and that asks for the lease. */
class WatchedWork implements Pick<DurableWork, "launch" | "halt" | "takeOver" | "isLaunched"> {
  readonly log: string[] = [];
  isLaunched = false;
  mayGoOn: () => Promise<void> = async () => undefined;

  async launch(executor: string, mayGoOn: () => Promise<void>): Promise<void> {
    this.log.push(`launch ${executor}`);
    this.isLaunched = true;
    this.mayGoOn = mayGoOn;
  }
  async halt(): Promise<void> {
    this.log.push("halt");
    this.isLaunched = false;
  }
  async takeOver(executor: string): Promise<number> {
    this.log.push(`take over ${executor}`);
    return 1;
  }
}

/** The rows as the database keeps them, on the test's clock. */
class Rows implements NodeStore {
  readonly #rows = new Map<
    string,
    { node: KnownNode; seenAt: number; dead: boolean; by?: string; settled: boolean }
  >();
  isAway = false;

  async join(node: Omit<KnownNode, "startedAt" | "seenAt" | "state">): Promise<void> {
    const now = new Date();
    const known: KnownNode = { ...node, startedAt: now, seenAt: now, state: "alive" };
    this.#rows.set(node.id, { node: known, seenAt: performance.now(), dead: false, settled: false });
  }
  async beat(id: string): Promise<boolean> {
    if (this.isAway) throw new Error("The database is away.");
    const row = this.#rows.get(id);
    if (row === undefined || row.dead) return false;
    row.seenAt = performance.now();
    return true;
  }
  async forget(id: string): Promise<void> {
    this.#rows.delete(id);
  }
  async leave(id: string): Promise<void> {
    const row = this.#rows.get(id);
    if (row !== undefined) Object.assign(row, { dead: true, settled: false });
  }
  async claimLeft(by: string, silentMs: number): Promise<KnownNode[]> {
    const rows = [...this.#rows.values()].filter(
      (row) =>
        !row.settled &&
        row.by === undefined &&
        row.node.id !== by &&
        (row.dead || performance.now() - row.seenAt > silentMs),
    );
    for (const row of rows) Object.assign(row, { dead: true, by });
    return rows.map(({ node }) => ({ ...node, state: "gone" }));
  }
  async settle(id: string): Promise<void> {
    const row = this.#rows.get(id);
    if (row !== undefined) row.settled = true;
  }
  async unsettle(id: string): Promise<void> {
    const row = this.#rows.get(id);
    if (row !== undefined) Object.assign(row, { settled: false, by: undefined });
  }
  async list(): Promise<KnownNode[]> {
    return [...this.#rows.values()].map(({ node, dead }) => ({ ...node, state: dead ? "gone" : "alive" }));
  }
  async removeOlder(): Promise<void> {
    this.#rows.clear();
  }
}

let rows: Rows;
const nodeOf = (name: string) => {
  const work = new WatchedWork();
  let starts = 0;
  const world: World = {
    now: () => new Date(),
    newId: () => `${name}${++starts}`,
    nodeId: name,
    patchbayVersion: "1.0.0",
    log: QUIET,
  };
  const jobs = { claim: async () => true, release: async () => undefined };
  const nodes = new Nodes({
    stores: { nodes: rows, jobs },
    durable: work as unknown as DurableWork,
    machine: { host: "machine", pid: 1 },
    world,
  });
  return { nodes, work };
};
const nobody = async (): Promise<void> => undefined;

beforeEach(() => {
  vi.useFakeTimers();
  rows = new Rows();
});
afterEach(() => vi.useRealTimers());

describe("a node", () => {
  it("is alive for as long as nobody can have declared it dead", async () => {
    const { nodes } = nodeOf("a");
    expect(nodes.isAlive).toBe(false);
    await nodes.beat();
    vi.advanceTimersByTime(HEARTBEAT_MS);
    await nodes.beat();
    vi.advanceTimersByTime(LEASE_MS - 1);
    expect(nodes.isAlive).toBe(true);
    vi.advanceTimersByTime(1);
    expect(nodes.isAlive).toBe(false);
  });

  it("takes over what a silent one had under way, and tells that its node is gone", async () => {
    const [a, b] = [nodeOf("a"), nodeOf("b")];
    await a.nodes.beat();
    await b.nodes.beat();
    const gone: string[] = [];
    const look = () => b.nodes.takeOver(async (nodeId) => void gone.push(nodeId));
    vi.advanceTimersByTime(HEARTBEAT_MS);
    await b.nodes.beat();
    await look();
    expect(b.work.log).toEqual(["launch b1"]);
    vi.advanceTimersByTime(HEARTBEAT_MS);
    await b.nodes.beat();
    await look();
    await look();
    expect(b.work.log).toEqual(["launch b1", "take over a1"]);
    expect(gone).toEqual(["a"]);
  });

  it("that was declared dead takes part anew under another name, and has its steps stop before they do anything", async () => {
    const [a, b] = [nodeOf("a"), nodeOf("b")];
    await a.nodes.beat();
    await b.nodes.beat();
    const { mayGoOn } = a.work;
    await expect(mayGoOn()).resolves.toBeUndefined();
    vi.advanceTimersByTime(2 * HEARTBEAT_MS);
    await b.nodes.beat();
    await b.nodes.takeOver(nobody);
    await expect(mayGoOn()).rejects.toThrow("counts as dead");
    expect(a.work.log).toEqual(["launch a1", "halt", "launch a2"]);
    await expect(a.work.mayGoOn()).resolves.toBeUndefined();
    // What it may have begun after it had been declared dead is looked for once more.
    await b.nodes.takeOver(nobody);
    expect(b.work.log).toEqual(["launch b1", "take over a1", "take over a1"]);
  });

  it("waits with a step while the database does not say whether it lives", async () => {
    const { nodes, work } = nodeOf("a");
    await nodes.beat();
    rows.isAway = true;
    vi.advanceTimersByTime(LEASE_MS);
    let mayGoOn = false;
    const asked = work.mayGoOn().then(() => {
      mayGoOn = true;
    });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(mayGoOn).toBe(false);
    rows.isAway = false;
    await vi.advanceTimersByTimeAsync(1_000);
    await asked;
    expect(mayGoOn).toBe(true);
  });

  it("that leaves is taken over at once, and does not come back", async () => {
    const [a, b] = [nodeOf("a"), nodeOf("b")];
    await a.nodes.beat();
    await b.nodes.beat();
    await a.nodes.leave(0);
    await a.nodes.beat();
    expect(a.work.log).toEqual(["launch a1", "halt"]);
    await b.nodes.takeOver(nobody);
    expect(b.work.log).toEqual(["launch b1", "take over a1"]);
  });
});
