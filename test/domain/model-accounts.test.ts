import { randomUUID } from "node:crypto";
import {
  type Database,
  DEFAULT_MODEL_RULES,
  LEASE_MS,
  Nodes,
  type Principal,
  type World,
} from "@patchbay/core";
import {
  Budgets,
  FORMATS,
  type ModelCaller,
  Models,
  OrganizationRules,
  PriceLists,
  Upstreams,
  UsageAccounts,
  UsageReports,
  usageCsv,
} from "@patchbay/models";
import type { BudgetBody, ChatEvent, ChatRequest } from "@patchbay/protocol";
import { PatchbayError } from "@patchbay/protocol";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf, type Domain, openDomain, TestOrganization } from "./support/domain.ts";
import type { TestPlugin } from "./support/plugins.ts";
import { plain } from "./support/plugins.ts";
import { SILENT } from "./support/silence.ts";

const MINUTE_MS = 60_000;
const PROVIDER: TestPlugin = {
  ...plain("acme.models", {
    manifest: { contributes: { models: [{ name: "acme", kinds: ["chat", "embeddings"] }] } },
  }),
  script: `"use strict";
const said = (request) => request.messages.at(-1).parts.map(({ text }) => text).join("");
const usage = (inputTokens, outputTokens, more) => ({ type: "usage", usage: { inputTokens, outputTokens, ...more } });
const finish = { type: "finish", reason: "stop" };
const chats = {
  async *ten() { yield usage(4, 1); yield { type: "text", text: "Ten." }; yield usage(4, 6, { cachedInputTokens: 2, reasoningTokens: 1 }); yield finish; },
  async *waits() { yield { type: "text", text: "x".repeat(40) }; await new Promise((done) => setTimeout(done, 60)); yield usage(4, 6); yield finish; },
  async *silent(request) { yield { type: "text", text: said(request) }; yield finish; },
  async *begins() { yield usage(4, 1); yield { type: "text", text: "x".repeat(400) }; await new Promise((done) => setTimeout(done, 5000)); yield finish; },
  async *late() { await new Promise((done) => setTimeout(done, 5000)); yield finish; },
  whole: () => new Promise(() => undefined),
  async *refuses() { yield { type: "error", error: { code: "rate_limited", message: "Later." } }; },
  async *hostile() { yield usage(-1, 1e308); yield { type: "text", text: "?" }; yield finish; },
  async *throws() { throw new Error("It is down."); },
};
return { default: { models: { acme: {
  list: () => Object.keys(chats).map((name) => ({ name, kind: "chat" })),
  chat: (request) => chats[request.model](request),
  embed: ({ inputs }) => ({ embeddings: inputs.map(() => [1]), usage: { inputTokens: 7, outputTokens: 0 } }),
} } } };`,
};

let domain: Domain;
let organization: TestOrganization;
let node: Node;
let other: Node;
const closing: (() => Promise<void>)[] = [];

type Node = Awaited<ReturnType<typeof openNode>>;

/** What a node of the deployment has for models, over the domain's database and on its clock. */
const openNode = async (database: Database = domain.database) => {
  const { inForce, gateway, world } = domain;
  const own: World = { ...world, nodeId: randomUUID() };
  const nodes = new Nodes({
    stores: domain.database,
    durable: null,
    machine: { host: "test", pid: 1 },
    world: own,
  });
  await nodes.beat();
  const accounts = new UsageAccounts({
    stores: database,
    holder: () => nodes.identify(),
    now: world.now,
    ended: () => undefined,
    log: SILENT,
  });
  const upstreams = new Upstreams(gateway, {} as ConstructorParameters<typeof Upstreams>[1]);
  const models = new Models({
    hooks: { pass: async (_caller, request) => request },
    accounts,
    // Each attempt is a request of its own in the accounts: here there is one.
    rules: { of: async () => ({ ...DEFAULT_MODEL_RULES, retries: 0 }) },
    inForce,
    gateway,
    upstreams,
    log: SILENT,
  });
  const unsubscribe = domain.database.changes.subscribe((change) => {
    if (change.kind === "budget") accounts.rulesChanged(change.organizationId);
  });
  closing.push(async () => {
    unsubscribe();
    await accounts.close();
    await nodes.leave(0);
  });
  return {
    nodes,
    accounts,
    models,
    budgets: new Budgets(domain.database, world),
    prices: new PriceLists(domain.database),
    reports: new UsageReports(domain.database, world, () => accounts.flush()),
  };
};

beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain.close());
beforeEach(async () => {
  organization = await TestOrganization.create(domain);
  await organization.install(PROVIDER);
  node = await openNode();
  other = await openNode();
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const callerOf = (principal: Principal, more: Partial<ModelCaller> = {}): ModelCaller => ({
  by: { principal, organization: organization.slug },
  project: undefined,
  signal: new AbortController().signal,
  ...more,
});
const REQUESTS = {
  "openai-chat": { messages: [{ role: "user", content: "Hi" }], max_completion_tokens: 10 },
  "openai-responses": { input: "Hi", max_output_tokens: 10 },
  "anthropic-messages": { messages: [{ role: "user", content: "Hi" }], max_tokens: 10 },
} as const;
const requestOf = (model: string, format: keyof typeof REQUESTS = "openai-chat"): ChatRequest =>
  FORMATS[format].readRequest({ ...REQUESTS[format], model: `acme/${model}` });
const ask = async (
  model: string,
  { at = node, caller = callerOf(organization.owner), request = requestOf(model) } = {},
): Promise<ChatEvent[]> => {
  const { events } = await at.models.chat(caller, request);
  return (await Array.fromAsync(events)).flat();
};
const budget = async (body: Partial<BudgetBody> & Pick<BudgetBody, "amount">) => {
  const full: BudgetBody = { for: { kind: "organization" }, of: "tokens", per: "day", ...body };
  return await node.budgets.create(organization.owner, organization.slug, full);
};
/** A call that holds what it has reserved of the budget, and has no answer, until it is left. */
const underWay = async (held: { readonly id: string }) => {
  const stop = new AbortController();
  const caller = callerOf(organization.owner, { signal: stop.signal });
  const { events } = await node.models.chat(caller, requestOf("late"));
  const reading = Array.fromAsync(events).catch(() => undefined);
  await expect.poll(async () => (await useOf(held))[0]?.[1]).toBeGreaterThan(0);
  return {
    leave: async () => {
      stop.abort();
      await reading;
    },
  };
};
const useOf = async ({ id }: { readonly id: string }) => {
  const found = await node.budgets.get(organization.owner, organization.slug, id);
  return found.use.map(({ used, reserved }) => [used, reserved]);
};
const settled = async (one: { readonly id: string }, used: number) =>
  await expect.poll(() => useOf(one)).toEqual([[used, 0]]);
/** Calls until nothing is left, and nothing reserved. */
const usedUp = async (): Promise<void> =>
  await expect
    .poll(async () =>
      ask("ten").then(
        () => "",
        (error: Error) => error.message,
      ),
    )
    .toMatch(/is used up/);
const reported = async (by = "model", principal: Principal = organization.owner) =>
  (await node.reports.report(principal, organization.slug, { by })).items;
const refusalOf = async (work: Promise<unknown>): Promise<PatchbayError> => {
  const error = await work.then(
    () => undefined,
    (refused: unknown) => refused,
  );
  if (error instanceof PatchbayError) return error;
  throw new Error("It was not refused.", { cause: error });
};

describe("a budget under many calls at once", () => {
  it("is not overspent by more than the call that was let in last, over three formats and two nodes", async () => {
    const all = await budget({ amount: 95 });
    const mine = await budget({ amount: 1_000, for: { kind: "person" } });
    const formats = Object.keys(REQUESTS) as (keyof typeof REQUESTS)[];
    const asked = Array.from({ length: 50 }, async (_, index) => {
      const request = requestOf("waits", formats[index % 3]);
      return await codeOf(ask("waits", { at: index % 2 === 0 ? node : other, request }));
    });
    const codes = await Promise.all(asked);
    const answered = codes.filter((code) => code === null).length;
    expect(new Set(codes)).toEqual(new Set([null, "budget_exceeded"]));
    await settled(all, answered * 10);
    await settled(mine, answered * 10);
    // Each reserves what it may take at most, some 20 of which 10 are used: 95 are enough for five at once.
    expect(answered).toBeGreaterThanOrEqual(4);
    await usedUp();
    const [[used = 0] = []] = await useOf(all);
    expect(used).toBeGreaterThanOrEqual(95);
    expect(used).toBeLessThan(95 + 10);
  });

  it("is deleted and changed while calls run, which go on", async () => {
    const all = await budget({ amount: 10_000 });
    const running = Array.from({ length: 10 }, () => ask("waits"));
    await node.budgets.remove(organization.owner, organization.slug, all.id);
    for (const events of await Promise.all(running)) expect(events.at(-1)?.type).toBe("finish");
    expect(await codeOf(node.budgets.get(organization.owner, organization.slug, all.id))).toBe(
      "budget_not_found",
    );
    const next = await budget({ amount: 0 });
    expect(await codeOf(ask("ten"))).toBe("budget_exceeded");
    const { owner, slug } = organization;
    await node.budgets.change(owner, slug, next.id, { amount: 1 }, [next.revision]);
    expect(await codeOf(ask("ten"))).toBeNull();
    expect(await codeOf(node.budgets.change(owner, slug, next.id, { amount: 9 }, [next.revision]))).toBe(
      "revision_changed",
    );
  });
});

describe("a budget that is used up", () => {
  it("says which one it is and until when, and starts anew with its period", async () => {
    await budget({ amount: 10, title: "Small", per: "hour" });
    await ask("ten");
    await usedUp();
    const refused = await refusalOf(ask("ten"));
    expect(refused.code).toBe("budget_exceeded");
    expect(refused.message).toMatch(
      /budget "Small" \(10 tokens an hour for the organization\) is used up until 2/,
    );
    expect(refused.facts.retryAfterSeconds).toBeLessThanOrEqual(3_600);
    domain.clock.pass(60 * MINUTE_MS);
    expect(await codeOf(ask("ten"))).toBeNull();
  });

  it("for ever has no time to wait for, and one by the minute limits the rate", async () => {
    const total = await budget({ amount: 1, per: "total" });
    await ask("ten");
    await settled(total, 10);
    const refused = await refusalOf(ask("ten"));
    expect([refused.code, refused.facts]).toEqual(["budget_exceeded", { budget: total.id }]);
    await node.budgets.remove(organization.owner, organization.slug, total.id);
    const each = await budget({ amount: 1, of: "requests", per: "minute" });
    const running = await underWay(each);
    const limited = await refusalOf(ask("ten"));
    expect([limited.code, limited.message]).toEqual([
      "rate_limited",
      expect.stringMatching(/1 requests a minute .* is used up until/),
    ]);
    await running.leave();
  });

  it("may have something again when the calls under way have ended, and says so", async () => {
    const small = await budget({ amount: 20 });
    const running = await underWay(small);
    const refused = await refusalOf(ask("ten"));
    expect([refused.code, refused.facts.retryAfterSeconds]).toEqual(["budget_exceeded", 1]);
    expect(refused.message).toMatch(/is reserved by calls that are under way/);
    await running.leave();
    // Of its input alone it is known that it was sent: some of the twenty are left.
    await expect.poll(() => codeOf(ask("ten"))).toBeNull();
  });

  it("is refused before the provider hears of it, and binds whom it is for", async () => {
    const { owner } = organization;
    const nia = await organization.join("member", { web: "member" });
    const key = await organization.keyOf(nia, ["org.plugins.use"]);
    const before = (await reported()).length;
    const zero = async (
      subject: BudgetBody["for"],
      refused: readonly ModelCaller[],
      free: readonly ModelCaller[],
    ) => {
      const { id } = await budget({ amount: 0, for: subject });
      for (const caller of refused) expect(await codeOf(ask("ten", { caller }))).toBe("budget_exceeded");
      for (const caller of free) expect(await codeOf(ask("ten", { caller }))).toBeNull();
      await node.budgets.remove(owner, organization.slug, id);
    };
    const [ofOwner, ofNia, ofKey] = [callerOf(owner), callerOf(nia), callerOf(key)];
    const inWeb = callerOf(nia, { project: "web" });
    await zero({ kind: "person" }, [ofOwner, ofNia, ofKey], []);
    expect(await reported()).toHaveLength(before);
    await zero({ kind: "person", id: nia.user.id }, [ofNia, ofKey], [ofOwner]);
    await zero({ kind: "api_key" }, [ofKey], [ofNia]);
    await zero({ kind: "api_key", id: key.key?.id ?? "" }, [ofKey], [ofOwner]);
    await zero({ kind: "project", id: "web" }, [inWeb], [ofNia]);
    await zero({ kind: "plugin" }, [], [ofNia]);
    await zero({ kind: "model" }, [ofOwner], []);
    for (const id of ["acme/ten", "ACME/*", "acme.models:acme/ten", "*"])
      await zero({ kind: "model", id }, [ofOwner], []);
    await zero({ kind: "model", id: "acme/tenth" }, [], [ofOwner]);
  });

  it("does not let anybody in when the database does not answer", async () => {
    await budget({ amount: 1_000 });
    await ask("ten");
    const { modelBudgets, modelUsage } = domain.database;
    const gone = new PatchbayError("unavailable", "The database cannot be reached.");
    const store = Object.assign(Object.create(modelBudgets) as typeof modelBudgets, {
      rules: (id: string) => modelBudgets.rules(id),
      reserve: () => Promise.reject(gone),
    });
    const alone = await openNode({ modelBudgets: store, modelUsage } as unknown as Database);
    expect(await codeOf(ask("ten", { at: alone }))).toBe("unavailable");
  });
});

describe("what calls hold", () => {
  it("is given back when their node dies, and not while it lives", async () => {
    const all = await budget({ amount: 5 });
    const dying = await openNode();
    const { events } = await dying.models.chat(callerOf(organization.owner), requestOf("begins"));
    await events.next();
    expect(await codeOf(ask("ten"))).toBe("budget_exceeded");
    const id = await dying.nodes.identify();
    await domain.database.nodes.claimLeft(await node.nodes.identify(), LEASE_MS, 1);
    expect(await codeOf(ask("ten"))).toBe("budget_exceeded");
    await domain.database.nodes.leave(id);
    expect(await useOf(all)).toEqual([[0, 0]]);
    expect(await codeOf(ask("ten"))).toBeNull();
    await events.return(undefined);
  });

  it("is given back once, whoever leaves and however", async () => {
    const all = await budget({ amount: 100_000 });
    // Whose answer nobody reads is not asked.
    const unread = await node.models.chat(callerOf(organization.owner), requestOf("begins"));
    await unread.events.return(undefined);
    await unread.events.return(undefined);
    const begun = await node.models.chat(callerOf(organization.owner), requestOf("begins"));
    // The usage of its beginning, a text of 400 bytes, and then nobody waits any more.
    await begun.events.next();
    await begun.events.return(undefined);
    await expect.poll(async () => (await useOf(all))[0]?.[1]).toBe(0);
    const [row] = await reported();
    expect(row).toMatchObject({ requests: 1, failures: 0, inputTokens: 0, outputTokens: 0 });
    expect(row?.estimatedOutputTokens).toBe(100);
    const { estimatedInputTokens = 0 } = row ?? {};
    expect(estimatedInputTokens).toBeGreaterThan(0);
    expect(await useOf(all)).toEqual([[100 + estimatedInputTokens, 0]]);
  });

  it("waits for nothing that another organization has locked", async () => {
    const theirs = await budget({ amount: 100_000 });
    const they = organization;
    organization = await TestOrganization.create(domain);
    await organization.install(PROVIDER);
    const own = await budget({ amount: 100_000 });
    const locked = Promise.withResolvers<void>();
    const unlock = Promise.withResolvers<void>();
    const deleting = domain.database.transaction(async (stores) => {
      await stores.modelBudgets.remove(they.id, theirs.id);
      locked.resolve();
      await unlock.promise;
    });
    await locked.promise;
    const caller = { ...callerOf(they.owner), by: { principal: they.owner, organization: they.slug } };
    const waiting = codeOf(ask("ten", { caller }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    try {
      const began = performance.now();
      expect(await codeOf(ask("ten"))).toBeNull();
      expect(performance.now() - began).toBeLessThan(3_000);
      await settled(own, 10);
    } finally {
      unlock.resolve();
      await deleting;
      await waiting;
    }
  });

  it("counts for a whole answer that is left while the model is at it", async () => {
    const all = await budget({ amount: 100_000 });
    const stop = new AbortController();
    const { events } = await node.models.chat(callerOf(organization.owner, { signal: stop.signal }), {
      ...requestOf("whole"),
      stream: false,
    });
    const reading = codeOf(Array.fromAsync(events));
    await expect.poll(async () => (await useOf(all))[0]?.[1]).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    stop.abort();
    expect(await reading).toBe("cancelled");
    await expect.poll(async () => (await useOf(all))[0]?.[1]).toBe(0);
    const [row] = await reported();
    expect(row?.estimatedInputTokens).toBeGreaterThan(0);
    // As long as that takes to write, and no more than was asked for.
    expect(row?.estimatedOutputTokens).toBeGreaterThan(4);
    expect(row?.estimatedOutputTokens).toBeLessThanOrEqual(10);
  });
});

describe("accounts", () => {
  it("have what providers told, and what they did not tell as an estimate", async () => {
    await ask("ten");
    await ask("silent");
    await ask("hostile");
    await ask("refuses");
    await ask("throws");
    await node.models.embed(callerOf(organization.owner), { model: "acme/letters", inputs: ["a", [1, 2]] });
    const rows = new Map((await reported()).map((row) => [row.model, row]));
    expect(rows.get("acme/ten")).toMatchObject({
      requests: 1,
      failures: 0,
      inputTokens: 4,
      cachedInputTokens: 2,
      outputTokens: 6,
      reasoningTokens: 1,
      estimatedInputTokens: 0,
      estimatedOutputTokens: 0,
      cost: null,
      unpricedRequests: 1,
    });
    expect(rows.get("acme/silent")).toMatchObject({
      inputTokens: 0,
      outputTokens: 0,
      estimatedOutputTokens: 1,
    });
    expect(rows.get("acme/silent")?.estimatedInputTokens).toBeGreaterThan(1);
    expect(rows.get("acme/hostile")).toMatchObject({ failures: 1, inputTokens: 0, outputTokens: 0 });
    expect(rows.get("acme/refuses")).toMatchObject({ failures: 1, estimatedInputTokens: 0 });
    expect(rows.get("acme/throws")).toMatchObject({ requests: 1, failures: 1 });
    expect(rows.get("acme/letters")).toMatchObject({ requests: 1, inputTokens: 7 });
  });

  it("are everybody's for administrators, of their projects for managers, and one's own for members", async () => {
    const manager = await organization.join("member", { web: "manager" });
    const member = await organization.join("member", { web: "member", app: "member" });
    const viewer = await organization.join("viewer");
    for (const project of ["web", "app"]) await ask("ten", { caller: callerOf(member, { project }) });
    await ask("ten", { caller: callerOf(manager) });
    await ask("ten");
    const counted = async (principal: Principal) =>
      (await node.reports.report(principal, organization.slug, { by: "person,project" })).total.requests;
    expect(await Promise.all([organization.owner, manager, member].map(counted))).toEqual([4, 2, 2]);
    expect(await codeOf(counted(viewer))).toBe("forbidden");
    const mine = await node.reports.report(member, organization.slug, {
      by: "person,project",
      project: "web",
    });
    expect(mine.items).toMatchObject([{ person: member.user.id, name: member.user.email, project: "web" }]);
    for (const query of [
      { by: "price" },
      { by: "day,model,person" },
      { from: "yesterday" },
      { from: "2020-01-01" },
    ])
      expect(await codeOf(node.reports.report(member, organization.slug, query))).toBe("invalid_request");
  });

  it("are a table that no program takes for something to compute", async () => {
    await domain.database.modelUsage.add([
      {
        organizationId: organization.id,
        hour: new Date(Date.now() - 60 * MINUTE_MS),
        model: '=1+"1"',
        plugin: "a.b",
        asker: null,
        userId: null,
        apiKeyId: null,
        project: null,
        currency: null,
        requests: 1,
        failures: 0,
        inputTokens: 1,
        cachedInputTokens: 0,
        outputTokens: 0,
        reasoningTokens: 0,
        estimatedInputTokens: 0,
        estimatedOutputTokens: 0,
        costMicros: 0,
      },
    ]);
    const table = usageCsv(
      await node.reports.report(organization.owner, organization.slug, { by: "model,person" }),
    );
    const [head, line] = table.split("\r\n");
    expect(head).toMatch(
      /^model,person,name,requests,failures,inputTokens,.*,cost,unpricedRequests,currency$/,
    );
    expect(line).toBe(`"'=1+""1""",,,1,0,1,0,0,0,0,0,,1,USD`);
  });
});

it("rules of models, which name those of hidden plugins, are read by those who set plugins up alone", async () => {
  const rules = new OrganizationRules(domain.database);
  const { owner, slug } = organization;
  const member = await organization.join("member", { web: "member" });
  expect(await codeOf(rules.get(member, slug))).toBe("forbidden");
  expect(await rules.get(owner, slug)).toEqual(DEFAULT_MODEL_RULES);
});

describe("prices", () => {
  const put = async (
    prices: { model: string; input: number; output: number; cachedInput?: number }[],
    currency = "EUR",
  ) => await node.prices.put(organization.owner, organization.slug, { currency, prices });

  it("make costs, of which the one that says the most holds", async () => {
    await put([
      { model: "acme/*", input: 100, output: 100 },
      { model: "acme/ten", input: 1.5, cachedInput: 0.25, output: 2.000_001 },
    ]);
    await ask("ten");
    await ask("silent");
    const rows = new Map((await reported()).map((row) => [row.model, row]));
    // Two of 1.5, two of 0.25 and six of 2.000001 for a million: 15.500006 millionths.
    expect(rows.get("acme/ten")).toMatchObject({ cost: 0.000_016, unpricedRequests: 0 });
    const { estimatedInputTokens = 0, estimatedOutputTokens = 0, cost } = rows.get("acme/silent") ?? {};
    expect(cost).toBe((estimatedInputTokens + estimatedOutputTokens) / 10_000);
  });

  it("bind budgets of costs, which no model without one gets round", async () => {
    const all = await budget({ amount: 0.001, of: "cost" });
    const refused = await refusalOf(ask("ten"));
    expect([refused.code, refused.facts.retryAfterSeconds]).toEqual(["budget_exceeded", undefined]);
    expect(refused.message).toMatch(/"acme\/ten" has no price/);
    expect(await codeOf(put([]))).toBe("invalid_request");
    await put([{ model: "*", input: 100, output: 100 }], "USD");
    await ask("ten");
    await settled(all, 0.001);
    expect(await codeOf(ask("ten"))).toBe("budget_exceeded");
    await put([{ model: "*", input: 0, output: 0 }], "USD");
    expect(await codeOf(ask("ten"))).toBe("budget_exceeded");
  });

  it("are changed by administrators who saw them, without anything that would be rounded", async () => {
    const member = await organization.join("member");
    const { owner, slug } = organization;
    expect(await codeOf(node.prices.get(member, slug))).toBe("forbidden");
    expect(await codeOf(node.prices.put(member, slug, { currency: "EUR", prices: [] }))).toBe("forbidden");
    expect(await codeOf(put([{ model: "a/b", input: 0.000_000_1, output: 0 }]))).toBe("invalid_request");
    const twice = ["a/b", "A/B"].map((model) => ({ model, input: 0, output: 0 }));
    expect(await codeOf(put(twice))).toBe("invalid_request");
    await put([{ model: "a/b", input: 0.1, output: 0.7 }]);
    expect(await node.prices.get(owner, slug)).toEqual({
      currency: "EUR",
      prices: [{ model: "a/b", input: 0.1, cachedInput: 0.1, output: 0.7 }],
    });
    expect(await codeOf(node.prices.put(owner, slug, { currency: "CHF", prices: [] }, ["old"]))).toBe(
      "revision_changed",
    );
  });
});

describe("budgets", () => {
  it("are made by administrators, for those who are there, and written down", async () => {
    const { owner, slug } = organization;
    const manager = await organization.join("member", { web: "manager" });
    const member = await organization.join("member");
    const body: BudgetBody = { for: { kind: "project", id: "web" }, of: "cost", amount: 1.5, per: "month" };
    for (const principal of [manager, member])
      expect(await codeOf(node.budgets.create(principal, slug, body))).toBe("forbidden");
    const made = await node.budgets.create(owner, slug, body);
    expect(made).toMatchObject({ ...body, currency: "USD", use: [{ id: "web", used: 0, left: 1.5 }] });
    await budget({ amount: 1 });
    expect((await node.budgets.list(manager, slug)).map(({ id }) => id)).toEqual([made.id]);
    expect(await node.budgets.list(owner, slug)).toHaveLength(2);
    expect(await codeOf(node.budgets.list(member, slug))).toBe("forbidden");
    const refused: readonly [Partial<BudgetBody> & { amount: number }, string][] = [
      [{ amount: 1.5 }, "invalid_request"],
      [{ amount: 0.000_000_1, of: "cost" }, "invalid_request"],
      [{ amount: 1e15, of: "cost" }, "invalid_request"],
      [{ amount: 1, for: { kind: "organization", id: "x" } }, "invalid_request"],
      [{ amount: 1, for: { kind: "person", id: "nobody" } }, "user_not_found"],
      [{ amount: 1, for: { kind: "api_key", id: "none" } }, "api_key_not_found"],
      [{ amount: 1, for: { kind: "project", id: "none" } }, "project_not_found"],
      [{ amount: 1, for: { kind: "plugin", id: "No Plugin" } }, "invalid_request"],
      [{ amount: 1, for: { kind: "model", id: "a*b" } }, "invalid_request"],
      [{ amount: 1, for: { kind: "model", id: "a\ud800b" } }, "invalid_request"],
    ];
    for (const [wrong, code] of refused) expect(await codeOf(budget(wrong))).toBe(code);
    await node.budgets.change(owner, slug, made.id, { amount: 2 });
    await node.budgets.remove(owner, slug, made.id);
    expect((await organization.history()).filter((action) => action.startsWith("budget."))).toEqual([
      "budget.created",
      "budget.created",
      "budget.changed",
      "budget.deleted",
    ]);
  });
});
