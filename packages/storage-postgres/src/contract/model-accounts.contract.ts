import { randomUUID } from "node:crypto";
import type { BudgetClaim, Database, ModelBudget, ModelUsageQuery, ModelUse } from "@patchbay/core";
import { describe, expect, it } from "vitest";
import { newOrganization, newUser, refusal, type Subject, times } from "./fixtures.ts";

const LONG_MS = 60_000;
const START = new Date("2026-11-30T08:00:00Z");
const HOUR_MS = 3_600_000;
const MOST = 10;

export const describeModelAccounts = (subject: () => Subject): void => {
  const budgets = () => subject().database.modelBudgets;
  const others = () => subject().other.modelBudgets;
  const usage = () => subject().database.modelUsage;

  const newProcess = async (database: Database = subject().database): Promise<string> => {
    const id = randomUUID();
    await database.nodes.join({ id, nodeId: id, patchbayVersion: "1.0.0", host: "machine", pid: 1 });
    return id;
  };
  const newBudget = async (change: Partial<ModelBudget> = {}): Promise<ModelBudget> => {
    const budget: ModelBudget = {
      id: randomUUID(),
      organizationId: change.organizationId ?? (await newOrganization(subject().database)),
      title: null,
      subjectKind: "organization",
      subjectId: null,
      measure: "tokens",
      period: "day",
      amount: 100,
      ...change,
    };
    await budgets().create(budget, MOST);
    return budget;
  };
  const claimOf = ({ id }: ModelBudget, amount: number, name = ""): BudgetClaim => ({
    budgetId: id,
    subject: name,
    startsAt: START,
    amount,
  });
  const countOf = async ({ id }: ModelBudget) => {
    const [count] = await budgets().counts([{ budgetId: id, startsAt: START }], 1, LONG_MS);
    return [count?.used ?? 0, count?.reserved ?? 0];
  };
  /** Whether the calls were let in. */
  const letIn = async (store: Database["modelBudgets"], holder: string, calls: BudgetClaim[][]) =>
    (await store.reserve(holder, calls, LONG_MS)).map((refused) => refused.length === 0);

  describe("budgets of models", () => {
    it("let calls in as long as something is left, in their order and on all nodes", async () => {
      const budget = await newBudget();
      const [one, two] = [await newProcess(), await newProcess()];
      expect(await letIn(budgets(), one, [[claimOf(budget, 60)]])).toEqual([true]);
      expect(await letIn(others(), two, [[claimOf(budget, 60)], [claimOf(budget, 1)]])).toEqual([
        true,
        false,
      ]);
      expect(await countOf(budget)).toEqual([0, 120]);
      const [refused] = await others().reserve(two, [[claimOf(budget, 1)]], LONG_MS);
      expect(refused).toEqual([
        { budgetId: budget.id, subject: "", startsAt: START, used: 0, reserved: 120 },
      ]);
      await budgets().settle([{ ...claimOf(budget, 0), holder: one, reserved: 60, used: 30 }]);
      expect(await countOf(budget)).toEqual([30, 60]);
      expect(await letIn(budgets(), one, [[claimOf(budget, 5)]])).toEqual([true]);
      expect(await letIn(budgets(), one, [[claimOf(budget, 1, "another")]])).toEqual([true]);
      const later = { ...claimOf(budget, 1), startsAt: new Date(START.getTime() + 24 * HOUR_MS) };
      expect(await letIn(budgets(), one, [[later]])).toEqual([true]);
    });

    it("reserve all that are for a call, or none of them", async () => {
      const [large, small] = [await newBudget(), await newBudget({ amount: 0 })];
      const holder = await newProcess();
      const calls = [[claimOf(large, 7), claimOf(small, 7)], [claimOf(large, 5)]];
      expect(await letIn(budgets(), holder, calls)).toEqual([false, true]);
      expect([await countOf(large), await countOf(small)]).toEqual([
        [0, 5],
        [0, 0],
      ]);
    });

    it("are reserved in advance for a small part of what is left, and not at all where that would not do", async () => {
      const [large, tight] = [await newBudget({ amount: 10_000 }), await newBudget({ amount: 100 })];
      const holder = await newProcess();
      await letIn(budgets(), holder, [[claimOf(large, 40), claimOf(tight, 40)]]);
      const advance = async (amount: number) =>
        await budgets().advance(holder, [claimOf(tight, amount), claimOf(large, amount)], LONG_MS);
      expect(await advance(320)).toEqual([0, 320]);
      expect(await advance(8_000)).toEqual([0, 0]);
      expect(await advance(4_000)).toEqual([0, 602]);
      expect([await countOf(large), await countOf(tight)]).toEqual([
        [0, 962],
        [0, 40],
      ]);
      await budgets().settle([{ ...claimOf(large, 0), holder, reserved: 922, used: 100 }]);
      expect(await countOf(large)).toEqual([100, 40]);
    });

    it("are never let in beyond by many at the same time, which do not wait for each other for ever", async () => {
      const organizationId = await newOrganization(subject().database);
      const all = await Promise.all([30, 40, 1_000].map((amount) => newBudget({ organizationId, amount })));
      const holders = await times(2, () => newProcess());
      const outcomes = await times(60, async (index) => {
        const store = index % 2 === 0 ? budgets() : others();
        const holder = holders[index % 2] ?? "";
        const claims = all.map((budget) => claimOf(budget, 10));
        // Each in an order of its own.
        if (index % 3 === 0) claims.reverse();
        const [isIn] = await letIn(store, holder, [claims]);
        if (isIn === true && index % 4 === 0)
          await store.settle(claims.map((claim) => ({ ...claim, holder, reserved: 10, used: 10 })));
        return isIn;
      });
      expect(outcomes.filter(Boolean)).toHaveLength(3);
      expect((await countOf(all[0] as ModelBudget)).reduce((sum, one) => sum + one, 0)).toBe(30);
    });

    it("are deleted while they are reserved, settled and trimmed", async () => {
      const holder = await newProcess();
      const organizationId = await newOrganization(subject().database);
      const all = await times(4, () => newBudget({ organizationId, amount: 1_000_000 }));
      await times(40, async (index) => {
        if (index === 20) {
          await Promise.all(all.slice(0, 3).map(({ id }) => others().remove(organizationId, id)));
          return;
        }
        const store = index % 2 === 0 ? budgets() : others();
        const claims = all.map((budget) => claimOf(budget, 2));
        expect(await letIn(store, holder, [claims])).toEqual([true]);
        await store.settle(claims.map((claim) => ({ ...claim, holder, reserved: 2, used: 1 })));
      });
      expect(await countOf(all[3] as ModelBudget)).toEqual([39, 0]);
      expect(await budgets().find(organizationId, all[0]?.id ?? "")).toBeNull();
      expect((await budgets().rules(organizationId)).budgets).toEqual([all[3]]);
      expect(await budgets().remove(organizationId, all[0]?.id ?? "")).toBe(false);
    });

    it("are given back what processes held that are gone or silent", async () => {
      const budget = await newBudget({ amount: 10 });
      const [dead, left, alive] = await times(3, () => newProcess());
      expect(await letIn(budgets(), dead ?? "", [[claimOf(budget, 5)]])).toEqual([true]);
      expect(await letIn(budgets(), left ?? "", [[claimOf(budget, 50)]])).toEqual([true]);
      expect(await letIn(budgets(), alive ?? "", [[claimOf(budget, 1)]])).toEqual([false]);
      await subject().database.nodes.leave(left ?? "");
      expect(await countOf(budget)).toEqual([0, 5]);
      await subject().execute(`update nodes set dead_at = now() where id = '${dead}'`);
      expect(await countOf(budget)).toEqual([0, 0]);
      expect(await letIn(budgets(), alive ?? "", [[claimOf(budget, 10)]])).toEqual([true]);
      await subject().execute(
        `update nodes set seen_at = now() - interval '2 minutes' where id = '${alive}'`,
      );
      expect(await countOf(budget)).toEqual([0, 0]);
      // Who is silent has used what it used, and does not give back what it does not hold any more.
      const old = new Date(0);
      await budgets().trim({ minute: old, hour: old, day: old, month: old });
      await budgets().settle([{ ...claimOf(budget, 0), holder: dead ?? "", reserved: 5, used: 4 }]);
      expect(await countOf(budget)).toEqual([4, 0]);
    });

    it("forget periods that are over, except totals", async () => {
      const [day, total] = [await newBudget(), await newBudget({ period: "total" })];
      const holder = await newProcess();
      await letIn(budgets(), holder, [[claimOf(day, 1), claimOf(total, 1)]]);
      const before = new Date(START.getTime() + 1);
      const old = new Date(0);
      await budgets().trim({ minute: old, hour: old, day: START, month: old });
      expect(await countOf(day)).toEqual([0, 1]);
      await budgets().trim({ minute: before, hour: before, day: before, month: before });
      expect([await countOf(day), await countOf(total)]).toEqual([
        [0, 0],
        [0, 1],
      ]);
    });

    it("are changed, are so many at the most, and have prices beside them", async () => {
      const { database } = subject();
      const budget = await newBudget({ title: "All", amount: Number.MAX_SAFE_INTEGER });
      const { organizationId } = budget;
      await budgets().replace({ ...budget, title: null, amount: 5, measure: "requests" });
      const changed = { ...budget, title: null, amount: 5 };
      expect(await budgets().find(organizationId, budget.id)).toEqual(changed);
      expect(await budgets().find(await newOrganization(database), budget.id)).toBeNull();
      expect(await budgets().rules(organizationId)).toEqual({
        currency: "USD",
        prices: [],
        budgets: [changed],
      });
      const created = await times(12, async () =>
        refusal(budgets().create({ ...budget, id: randomUUID() }, MOST)),
      );
      expect(created.filter((one) => one === "invalid_request")).toHaveLength(12 - MOST + 1);
      const prices = [{ model: "a/*", inputMicros: 1, cachedInputMicros: 2, outputMicros: 3 }];
      for (const currency of ["CHF", "EUR"])
        await database.transaction(async (stores) => {
          await stores.modelBudgets.lock(organizationId);
          await stores.modelBudgets.setPrices(organizationId, { currency, prices });
        });
      expect(await others().rules(organizationId)).toMatchObject({ currency: "EUR", prices });
    });

    it("tell all nodes when they are changed, and not when they are used", async () => {
      const { database, other } = subject();
      const organizationId = await newOrganization(database);
      const heard: unknown[] = [];
      const end = other.changes.subscribe((change) => {
        if (change.kind === "budget" && change.organizationId === organizationId) heard.push(change.id);
      });
      const budget = await newBudget({ organizationId });
      await letIn(budgets(), await newProcess(), [[claimOf(budget, 1)]]);
      await budgets().setPrices(organizationId, { currency: "EUR", prices: [] });
      await budgets().remove(organizationId, budget.id);
      await expect.poll(() => heard).toEqual([budget.id, organizationId, budget.id]);
      end();
    });
  });

  describe("accounts of models", () => {
    const useOf = (organizationId: string, change: Partial<ModelUse> = {}): ModelUse => ({
      organizationId,
      hour: START,
      model: "echo/echo",
      plugin: "patchbay.echo",
      asker: null,
      userId: "ada",
      apiKeyId: null,
      project: null,
      currency: null,
      requests: 1,
      failures: 0,
      inputTokens: 10,
      cachedInputTokens: 1,
      outputTokens: 5,
      reasoningTokens: 2,
      estimatedInputTokens: 0,
      estimatedOutputTokens: 0,
      costMicros: 0,
      ...change,
    });
    const query = (change: Partial<ModelUsageQuery> = {}): ModelUsageQuery => ({
      from: START,
      to: new Date(START.getTime() + 48 * HOUR_MS),
      by: ["model"],
      where: {},
      sight: "all",
      currency: "USD",
      limit: 10,
      ...change,
    });

    it("add up what is the same, from all nodes at once, and leave out who is gone", async () => {
      const organizationId = await newOrganization(subject().database);
      const uses = Array.from({ length: 20 }, (_, index) =>
        useOf(organizationId, { model: `echo/${index}`, project: index % 2 === 0 ? null : "web" }),
      );
      await times(20, async (index) => {
        const store = index % 2 === 0 ? usage() : subject().other.modelUsage;
        const gone = useOf(randomUUID());
        await store.add(index % 3 === 0 ? [...uses, gone] : [gone, ...uses].reverse());
      });
      const rows = await usage().report(organizationId, query({ limit: 100 }));
      expect(rows).toHaveLength(20);
      for (const row of rows) expect(row).toMatchObject({ requests: 20, inputTokens: 200 });
    });

    it("are told apart by one or two things, narrowed, and only as far as somebody sees", async () => {
      const { database } = subject();
      const organizationId = await newOrganization(database);
      const { id: userId, email } = await newUser(database);
      await usage().add([
        useOf(organizationId, { userId, currency: "USD", costMicros: 7, failures: 1 }),
        useOf(organizationId, { userId, hour: new Date(START.getTime() + HOUR_MS), project: "web" }),
        useOf(organizationId, {
          hour: new Date(START.getTime() + 24 * HOUR_MS),
          model: "b/b",
          project: "web",
          currency: "EUR",
          costMicros: 1_000,
          estimatedInputTokens: 3,
        }),
      ]);
      expect(await usage().report(organizationId, query({ by: ["day", "person"] }))).toEqual([
        {
          by: { day: "2026-11-30", person: userId },
          name: email,
          requests: 2,
          failures: 1,
          inputTokens: 20,
          cachedInputTokens: 2,
          outputTokens: 10,
          reasoningTokens: 4,
          estimatedInputTokens: 0,
          estimatedOutputTokens: 0,
          costMicros: 7,
          unpricedRequests: 1,
        },
        expect.objectContaining({
          by: { day: "2026-12-01", person: "ada" },
          name: null,
          estimatedInputTokens: 3,
          costMicros: null,
          unpricedRequests: 1,
        }),
      ]);
      const byHour = await usage().report(organizationId, query({ by: ["hour"], where: { project: "web" } }));
      expect(byHour.map(({ by }) => by.hour)).toEqual(["2026-11-30T09:00:00Z", "2026-12-01T08:00:00Z"]);
      const counted = async (change: Partial<ModelUsageQuery>) =>
        (await usage().report(organizationId, query({ by: [], ...change }))).map(({ requests }) => requests);
      expect(await counted({})).toEqual([3]);
      expect(await counted({ sight: { userId, projects: [] } })).toEqual([2]);
      expect(await counted({ sight: { userId: "ada", projects: ["web"] } })).toEqual([2]);
      expect(await counted({ sight: { userId: "nobody", projects: [] } })).toEqual([]);
      expect(await counted({ where: { model: "b/b", person: userId } })).toEqual([]);
      expect(await counted({ to: START })).toEqual([]);
      expect(await usage().report(organizationId, query({ limit: 1 }))).toMatchObject([
        { by: { model: "echo/echo" } },
      ]);
    });

    it("count as much as can be counted, and are removed by their age", async () => {
      const organizationId = await newOrganization(subject().database);
      const much = useOf(organizationId, { inputTokens: Number.MAX_SAFE_INTEGER });
      await usage().add([much]);
      await usage().add([much]);
      expect(await usage().report(organizationId, query())).toMatchObject([
        { inputTokens: Number.MAX_SAFE_INTEGER, requests: 2 },
      ]);
      await usage().removeBefore(START);
      expect(await usage().report(organizationId, query())).toHaveLength(1);
      await usage().removeBefore(new Date(START.getTime() + 1));
      expect(await usage().report(organizationId, query())).toEqual([]);
    });
  });
};
