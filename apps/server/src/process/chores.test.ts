import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Chore, startChores } from "./chores.ts";

const LOG = pino({ level: "silent" });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const chore = (over: Partial<Chore>): Chore => ({
  name: "count",
  per: "node",
  failure: "it was not counted",
  everyMs: 1_000,
  run: async () => undefined,
  ...over,
});

/** Two nodes of one deployment, of which the first that asks has each turn. */
const twoNodes = (make: (node: string) => Chore) => {
  const asked: string[] = [];
  let taken = "";
  const nodes = ["one", "two"].map((node) => ({
    once: async (job: string, everyMs: number, work: () => Promise<unknown>) => {
      asked.push(`${node} ${job} ${everyMs}`);
      if (taken !== "" && taken !== node) return;
      taken = node;
      await work();
    },
    node,
  }));
  const ends = nodes.map((one) => startChores([make(one.node)], one, LOG));
  return { asked, end: () => Promise.all(ends.map((end) => end())) };
};

describe("a chore", () => {
  it("of a node is done by each, and one of the deployment by the one whose turn it is", async () => {
    const done: string[] = [];
    const ofNodes = twoNodes((node) => chore({ run: async () => done.push(node) }));
    const ofAll = twoNodes((node) =>
      chore({ per: "deployment", name: "all", run: async () => done.push(`all ${node}`) }),
    );
    await vi.advanceTimersByTimeAsync(1_000);
    expect(done.sort()).toEqual(["all one", "one", "two"]);
    expect(ofNodes.asked).toEqual([]);
    expect(ofAll.asked).toEqual(["one all 1000", "two all 1000"]);
    await Promise.all([ofNodes.end(), ofAll.end()]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(done.length).toBe(3);
  });

  it("that fails is done again", async () => {
    let times = 0;
    const end = startChores(
      [
        chore({
          firstMs: 0,
          run: async () => {
            times += 1;
            throw new Error("no");
          },
        }),
      ],
      { once: async () => undefined },
      LOG,
    );
    await vi.advanceTimersByTimeAsync(2_000);
    expect(times).toBe(3);
    await end();
  });
});
