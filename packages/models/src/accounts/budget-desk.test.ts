import type { BudgetClaim, BudgetSettlement } from "@patchbay/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BudgetDesk, type Hold } from "./budget-desk.ts";

const claim: BudgetClaim = { budgetId: "b", subject: "", startsAt: new Date(0), amount: 10 };
const hold: Hold = { holder: "process", claims: [claim], isOfAdvance: false };

let batches: number[];
let settled: readonly BudgetSettlement[][];
let reserving: () => Promise<unknown>;
let settling: () => Promise<void>;
let advance: (claims: readonly BudgetClaim[]) => Promise<readonly number[]>;
let desk: BudgetDesk;

beforeEach(() => {
  vi.useFakeTimers();
  batches = [];
  settled = [];
  reserving = async () => undefined;
  settling = async () => undefined;
  advance = async (claims) => claims.map(() => 0);
  desk = new BudgetDesk(
    {
      reserve: async (_holder, calls) => {
        batches.push(calls.length);
        await reserving();
        return calls.map(() => []);
      },
      advance: async (_holder, claims) => await advance(claims),
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

describe("reserving in advance", () => {
  /** What the database holds of it for this process, and what it has counted. */
  let [held, used] = [0, 0];
  const totals = async () => {
    await vi.advanceTimersByTimeAsync(100);
    for (const settlement of settled.flat()) {
      held -= settlement.reserved;
      used += settlement.used;
    }
    settled = [];
    return { held, used };
  };
  const many = async (count: number): Promise<Hold[]> => {
    const holds: Hold[] = [];
    for (let index = 0; index < count; index++) {
      const before = batches.length;
      const decision = await desk.reserve([claim]);
      if (!("holder" in decision)) throw new Error("It was refused.");
      held += (batches.length - before) * claim.amount;
      holds.push(decision);
    }
    return holds;
  };

  beforeEach(() => {
    [held, used] = [0, 0];
    advance = async (claims) => {
      const amounts = claims.map(({ amount }) => amount);
      held += amounts.reduce((sum, one) => sum + one, 0);
      return amounts;
    };
  });
  afterEach(async () => {
    expect(held).toBeGreaterThanOrEqual(0);
    await desk.close();
    await totals();
    expect(held).toBe(0);
  });

  it("is not done for few calls", async () => {
    for (let seconds = 0; seconds < 5; seconds++) {
      for (const one of await many(7)) desk.settle(one, () => 1);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(batches).toHaveLength(35);
  });

  it("lets many calls in without the database, and gives back what is not used", async () => {
    const holds = await many(500);
    expect(batches.length).toBeLessThan(20);
    expect(held).toBeGreaterThanOrEqual(5_000);
    for (const one of holds) desk.settle(one, () => 3);
    expect(await totals()).toMatchObject({ used: 1_500 });
    expect(held).toBeGreaterThan(0);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await totals()).toEqual({ held: 0, used: 1_500 });
  });

  it("counts a call that uses more than it reserved with all that it used", async () => {
    for (const one of await many(100)) desk.settle(one, () => 25);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await totals()).toEqual({ held: 0, used: 2_500 });
  });

  it("is asked for once a second where there is not enough left", async () => {
    let asked = 0;
    advance = async (claims) => {
      asked += 1;
      return claims.map(() => 0);
    };
    for (const one of await many(100)) desk.settle(one, () => 1);
    expect([asked, batches.length]).toEqual([1, 100]);
    await vi.advanceTimersByTimeAsync(1_000);
    for (const one of await many(100)) desk.settle(one, () => 1);
    expect(asked).toBe(2);
  });

  it("ends when the rules change, also while it is under way", async () => {
    const holds = await many(100);
    desk.rulesChanged();
    await totals();
    const before = batches.length;
    const [next] = await many(1);
    expect(batches.length).toBe(before + 1);
    for (const one of [...holds, next]) if (one !== undefined) desk.settle(one, () => 1);
    expect((await totals()).used).toBe(101);
    const { promise, resolve } = Promise.withResolvers<void>();
    const give = advance;
    advance = async (claims) => {
      await promise;
      return await give(claims);
    };
    for (const one of await many(20)) desk.settle(one, () => 1);
    desk.rulesChanged();
    resolve();
    expect(await totals()).toEqual({ held: 0, used: 121 });
  });

  it("is of no use while the database does not hear what is used", async () => {
    const holds = await many(100);
    settling = () => Promise.reject(new Error("gone"));
    for (const one of holds) desk.settle(one, () => 1);
    await vi.advanceTimersByTimeAsync(200);
    const before = batches.length;
    const [next] = await many(1);
    expect(batches.length).toBe(before + 1);
    settling = async () => undefined;
    if (next !== undefined) desk.settle(next, () => 1);
  });
});
