import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DurableRun } from "@patchbay/core";
import { startPostgresServer, transactionRate } from "@patchbay/storage-postgres/testing";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DbosDurableWork } from "./dbos-durable-work.ts";

const SCHEMA = "durable_of_the_tests";
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const FREE = async (): Promise<void> => undefined;
/** Transactions of DBOS alone; what a node does besides takes less than one more. */
const MAX_IDLE_TRANSACTIONS_A_SECOND = 4;
const IDLE_SECONDS = 10;

let folder: string;
let server: Awaited<ReturnType<typeof startPostgresServer>>;
let pool: pg.Pool;
let work: DbosDurableWork;
/** What the steps have done to the world: `run/step`, by whom. */
const effects: string[] = [];
const effectsOf = (run: string) => effects.filter((one) => one.startsWith(`${run}/`));

/** Three steps, one after the other; the second waits until it is let go. */
let letGo: () => void = () => undefined;
let gate: Promise<void> = Promise.resolve();
const close = () => {
  ({ promise: gate, resolve: letGo } = Promise.withResolvers<void>());
};
const threeSteps = async (_input: unknown, run: DurableRun): Promise<void> => {
  for (const step of ["a", "b", "c"])
    await run.step(step, async () => {
      effects.push(`${run.id}/${step}`);
      if (step === "b") await gate;
    });
};
const branches = async (_input: unknown, run: DurableRun): Promise<void> => {
  const names = await run.step("names", async () => ["x", "y", "z"]);
  for (const name of names) await work.start("three steps", `${run.id}-${name}`, null);
};
const beside = async (_input: unknown, run: DurableRun): Promise<void> => {
  const both = ["a", "b"].map((step) => run.step(step, async () => effects.push(`${run.id}/${step}`)));
  const outcomes = await Promise.allSettled(both);
  effects.push(`${run.id}/${outcomes.map(({ status }) => status).join()}`);
};
const untilCancelled = async (_input: unknown, run: DurableRun): Promise<void> => {
  await run.step("wait", async (signal) => {
    effects.push(`${run.id}/wait`);
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    effects.push(`${run.id}/aborted`);
  });
  await run.step("after", async () => effects.push(`${run.id}/after`));
};

const statusOf = async (id: string) =>
  (
    await pool.query(
      `select status, application_version from ${SCHEMA}.workflow_status where workflow_uuid = $1`,
      [id],
    )
  ).rows[0];
const ended = (id: string) => expect.poll(async () => (await statusOf(id))?.status).toBe("SUCCESS");

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "patchbay-test-"));
  server = await startPostgresServer({ dir: folder });
  pool = new pg.Pool({ connectionString: server.url, max: 5 });
  // A pool that ends has said its goodbye before its connections are closed; the server may be faster.
  pool.on("error", () => undefined);
  work = new DbosDurableWork({ pool, schema: SCHEMA, log: SILENT });
  work.handle("three steps", threeSteps);
  work.handle("branches", branches);
  work.handle("beside", beside);
  work.handle("until cancelled", untilCancelled);
});
beforeEach(async () => {
  effects.length = 0;
  letGo();
  await work.launch("one", FREE);
});
afterEach(() => work.halt(0));
afterAll(async () => {
  await pool?.end();
  await server?.stop();
  rmSync(folder, { recursive: true });
});

describe("durable work", () => {
  it("makes a run once, however often it is started under its id", async () => {
    await Promise.all([1, 2, 3].map(() => work.start("three steps", "once", null)));
    await ended("once");
    await work.start("three steps", "once", null);
    expect(effectsOf("once")).toEqual(["once/a", "once/b", "once/c"]);
  });

  it("forgets runs that ended before a time, and no others", async () => {
    await work.start("three steps", "old", null);
    await ended("old");
    close();
    await work.start("three steps", "open", null);
    await work.removeEnded(new Date(Date.now() + 60_000));
    expect(await statusOf("old")).toBeUndefined();
    expect((await statusOf("open")).status).toBe("PENDING");
    letGo();
    await ended("open");
  });

  it("lets what is under way come to its end when it halts, as long as it is told to", async () => {
    close();
    await work.start("three steps", "graced", null);
    await expect.poll(() => effectsOf("graced").length).toBe(2);
    const halted = work.halt(10_000);
    letGo();
    await halted;
    expect(
      await pool.query(`select from ${SCHEMA}.operation_outputs where workflow_uuid = 'graced'`),
    ).toMatchObject({
      rowCount: 2,
    });
  });
});

describe("steps are told apart by their order", () => {
  it("so that one beside another is refused", async () => {
    await work.start("beside", "pair", null);
    await ended("pair");
    expect(effectsOf("pair")).toEqual(["pair/a", "pair/fulfilled,rejected"]);
  });

  it("so that branches are runs of their own, each of which goes on where it was", async () => {
    close();
    await work.start("branches", "tree", null);
    await expect.poll(() => effects.filter((one) => one.endsWith("/b")).length).toBe(3);
    await work.halt(0);
    letGo();
    await work.launch("two", FREE);
    await work.takeOver("one", FREE);
    for (const branch of ["x", "y", "z"]) {
      await ended(`tree-${branch}`);
      expect(effectsOf(`tree-${branch}`)).toEqual(
        ["a", "b", "b", "c"].map((step) => `tree-${branch}/${step}`),
      );
    }
  });
});

describe("the runs of a node that is gone", () => {
  it("stay as they are until they are taken over; then only the step in flight is done again", async () => {
    close();
    const ids = Array.from({ length: 30 }, (_, index) => `left-${index}`);
    for (const id of ids) await work.start("three steps", id, null);
    await expect.poll(() => effects.filter((one) => one.endsWith("/b")).length).toBe(ids.length);
    await work.halt(0);
    await work.launch("two", FREE);
    letGo();
    for (const id of ids) expect((await statusOf(id)).status).toBe("PENDING");
    const asked: number[] = [];
    expect(await work.takeOver("one", async () => void asked.push(asked.length))).toBe(ids.length);
    expect(asked.length).toBe(ids.length);
    for (const id of ids) {
      await ended(id);
      expect(effectsOf(id)).toEqual(["a", "b", "b", "c"].map((step) => `${id}/${step}`));
    }
    expect(await work.takeOver("one", FREE)).toBe(0);
  });
});

describe("a run that its node does not do, though it is written down so", () => {
  /** As when the connection breaks between the word that a node takes a run and the node's hearing of it. */
  const giveTo = (executor: string, id: string) =>
    pool.query(`update ${SCHEMA}.workflow_status set executor_id = $1 where workflow_uuid = $2`, [
      executor,
      id,
    ]);

  it("is gone on with at the second look, once", async () => {
    close();
    await work.start("three steps", "lost", null);
    await expect.poll(() => effectsOf("lost").length).toBe(2);
    await work.halt(0);
    await work.launch("two", FREE);
    letGo();
    await giveTo("two", "lost");
    expect(await work.goOnWithLost()).toBe(0);
    expect((await statusOf("lost")).status).toBe("PENDING");
    expect(await work.goOnWithLost()).toBe(1);
    await ended("lost");
    expect(effectsOf("lost")).toEqual(["a", "b", "b", "c"].map((step) => `lost/${step}`));
    expect(await work.goOnWithLost()).toBe(0);
  });

  it("is none that is under way, nor one of another node", async () => {
    close();
    await work.start("three steps", "slow", null);
    await expect.poll(() => effectsOf("slow").length).toBe(2);
    for (let look = 0; look < 3; look++) expect(await work.goOnWithLost()).toBe(0);
    await work.halt(0);
    await work.launch("two", FREE);
    for (let look = 0; look < 3; look++) expect(await work.goOnWithLost()).toBe(0);
    expect((await statusOf("slow")).status).toBe("PENDING");
    letGo();
    await work.takeOver("one", FREE);
    await ended("slow");
  });
});

describe("a node that counts as dead", () => {
  it("begins no further step, and its run ends where it was taken over", async () => {
    await work.halt(0);
    let isDead = false;
    await work.launch("asleep", async () => {
      if (isDead) throw new Error("It is another's.");
    });
    close();
    await work.start("three steps", "slept", null);
    await expect.poll(() => effectsOf("slept").length).toBe(2);
    isDead = true;
    letGo();
    // The step in flight comes to its end; nothing more is done, and nothing is written down as failed.
    await expect
      .poll(
        async () =>
          (await pool.query(`select from ${SCHEMA}.operation_outputs where workflow_uuid = 'slept'`))
            .rowCount,
      )
      .toBe(2);
    expect((await statusOf("slept")).status).toBe("PENDING");
    expect(effectsOf("slept")).toEqual(["slept/a", "slept/b"]);
    await work.halt(0);
    await work.launch("awake", FREE);
    expect(await work.takeOver("asleep", FREE)).toBe(1);
    await ended("slept");
    expect(effectsOf("slept")).toEqual(["slept/a", "slept/b", "slept/c"]);
  });
});

describe("a cancelled run", () => {
  it("hears of it in the middle of a step by its signal, and begins no further one", async () => {
    await work.start("until cancelled", "unwanted", null);
    await expect.poll(() => effectsOf("unwanted").length).toBe(1);
    await work.cancel("unwanted");
    expect((await statusOf("unwanted")).status).toBe("CANCELLED");
    await expect.poll(() => effectsOf("unwanted")).toEqual(["unwanted/wait", "unwanted/aborted"]);
    expect((await statusOf("unwanted")).status).toBe("CANCELLED");
  });

  it("ends by the signal when its node halts, too, and is gone on with elsewhere", async () => {
    await work.start("until cancelled", "moved", null);
    await expect.poll(() => effectsOf("moved").length).toBe(1);
    await work.halt(0);
    await expect.poll(() => effectsOf("moved")).toEqual(["moved/wait", "moved/aborted"]);
    expect((await statusOf("moved")).status).toBe("PENDING");
  });
});

describe("the one instance of DBOS in a process", () => {
  it("takes part once at a time", async () => {
    const other = new DbosDurableWork({ pool, schema: SCHEMA, log: SILENT });
    await expect(other.launch("another", FREE)).rejects.toThrow("already");
  });

  it("has a version that does not change with Patchbay's", async () => {
    await work.start("three steps", "versioned", null);
    await ended("versioned");
    expect((await statusOf("versioned")).application_version).toBe("1");
  });

  it("costs little while there is nothing to do", { timeout: 90_000 }, async () => {
    const rate = () => transactionRate(server.url, IDLE_SECONDS);
    // What was done before is counted a while later.
    await expect.poll(rate, { timeout: 80_000 }).toBeLessThanOrEqual(MAX_IDLE_TRANSACTIONS_A_SECOND);
  });
});
