import type { BudgetClaim, BudgetSettlement } from "@patchbay/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BudgetDesk, type Hold } from "./budget-desk.ts";

const claim: BudgetClaim = { budgetId: "b", subject: "", startsAt: new Date(0), amount: 10 };
const hold: Hold = { holder: "process", claims: [claim] };

let batches: number[];
let settled: readonly BudgetSettlement[][];
let reserving: () => Promise<unknown>;
let settling: () => Promise<void>;
let desk: BudgetDesk;

beforeEach(() => {
  vi.useFakeTimers();
  batches = [];
  settled = [];
  reserving = async () => undefined;
  settling = async () => undefined;
  desk = new BudgetDesk(
    {
      reserve: async (_holder, calls) => {
        batches.push(calls.length);
        await reserving();
        return calls.map(() => []);
      },
      settle: async (settlements) => {
        await settling();
        settled = [...settled, [...settlements]];
      },
    },
    async () => "process",
    { warn: () => undefined },
  );
});
afterEach(() => void vi.useRealTimers());

describe("reserving", () => {
  it("goes to the database one batch at a time", async () => {
    const all = Array.from({ length: 300 }, () => desk.reserve([claim]));
    await Promise.all(all);
    expect(batches).toEqual([1, 200, 99]);
  });

  it("is refused when the database does not decide, and what it decides later is given back", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    reserving = () => promise;
    const refused = desk.reserve([claim]).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await refused).toMatchObject({ code: "unavailable" });
    resolve();
    await vi.advanceTimersByTimeAsync(0);
    expect(settled).toEqual([[expect.objectContaining({ budgetId: "b", reserved: 10, used: 0 })]]);
  });

  it("is not made up for by those that have been refused, once the database answers again", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    reserving = () => promise;
    const refused = Array.from({ length: 500 }, () => desk.reserve([claim]).catch(() => "refused"));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(new Set(await Promise.all(refused))).toEqual(new Set(["refused"]));
    resolve();
    expect(await desk.reserve([claim])).toEqual(hold);
    expect(batches).toEqual([1, 1]);
  });

  it("fails for all of a batch that fails, and goes on with the next", async () => {
    reserving = () => Promise.reject(new Error("gone"));
    const all = [desk.reserve([claim]), desk.reserve([claim]), desk.reserve([claim])];
    expect((await Promise.allSettled(all)).map(({ status }) => status)).toEqual(Array(3).fill("rejected"));
    reserving = async () => undefined;
    expect(await desk.reserve([claim])).toEqual(hold);
  });
});

describe("settling", () => {
  it("is tried again until it is written, each place once", async () => {
    settling = () => Promise.reject(new Error("gone"));
    desk.settle(hold, () => 3);
    await vi.advanceTimersByTimeAsync(1_500);
    desk.settle(hold, () => 4);
    settling = async () => undefined;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(settled).toEqual([[expect.objectContaining({ reserved: 20, used: 7, holder: "process" })]]);
    await desk.close();
    expect(settled).toHaveLength(1);
  });

  it("is done for what comes as the one before is done", async () => {
    for (let turns = 0; turns < 12; turns++) {
      const before = settled.length;
      const { promise, resolve } = Promise.withResolvers<void>();
      settling = () => promise;
      desk.settle(hold, () => 1);
      settling = async () => undefined;
      resolve();
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      desk.settle(hold, () => 2);
      await vi.advanceTimersByTimeAsync(0);
      expect(settled.slice(before).flatMap((written) => written.map(({ used }) => used))).toEqual([1, 2]);
    }
  });

  it("is done before the end, if it can be", async () => {
    settling = () => Promise.reject(new Error("gone"));
    desk.settle(hold, () => 3);
    await vi.advanceTimersByTimeAsync(0);
    settling = async () => undefined;
    await desk.close();
    expect(settled).toHaveLength(1);
  });
});
