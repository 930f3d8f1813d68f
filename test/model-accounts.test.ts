import { PatchbayClient } from "@patchbay/api-client";
import type { BudgetDto } from "@patchbay/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { said, startModels } from "./support/model-plugin.ts";
import type { TestOrganization } from "./support/organization.ts";
import { BOOTSTRAP_KEY } from "./support/server.ts";

let parts: TestOrganization;
let url: string;
let client: PatchbayClient;

beforeAll(async () => {
  parts = await startModels();
  url = parts.server.url;
  client = new PatchbayClient({ url, apiKey: BOOTSTRAP_KEY });
});
afterAll(async () => await parts?.stop());

const FORMATS = [
  { path: "/v1/chat/completions", body: { messages: said("Hi there"), max_completion_tokens: 9 } },
  { path: "/v1/responses", body: { input: "Hi there", max_output_tokens: 9 } },
  { path: "/v1/messages", body: { messages: said("Hi there"), max_tokens: 9 } },
] as const;
const ask = (path: string, body: object) =>
  fetch(`${url}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${BOOTSTRAP_KEY}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "echo/echo", ...body }),
  });

describe.each(FORMATS)("$path", ({ path, body }) => {
  it("is refused in its own words beyond a budget, whole and as a stream", async () => {
    const { id } = await client.budgets.create({
      for: { kind: "model", id: "echo/*" },
      of: "tokens",
      amount: 0,
      per: "month",
    });
    for (const stream of [false, true]) {
      const answer = await ask(path, { ...body, stream });
      const { error } = (await answer.json()) as { error: Record<string, unknown> };
      expect([answer.status, error.message]).toEqual([
        429,
        expect.stringMatching(/0 tokens a month .* is used up until/),
      ]);
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(JSON.stringify(error)).toMatch(/"budget_exceeded"/);
      expect(error.type).toBe("rate_limit_error");
    }
    const other = await ask(path, { ...body, model: "acme/whole" });
    expect(other.status).toBe(200);
    await client.budgets.delete(id);
    expect((await ask(path, body)).status).toBe(200);
  });
});

describe("budgets", () => {
  it("hold over all formats and embeddings, and are not asked again at once by their clients", async () => {
    const budget = await client.budgets.create({
      for: { kind: "organization" },
      of: "tokens",
      amount: 30,
      per: "total",
    });
    const used = async (): Promise<BudgetDto["use"]> => (await client.budgets.get(budget.id)).use;
    expect((await ask(FORMATS[0].path, FORMATS[0].body)).status).toBe(200);
    let round = 0;
    // What calls under way have reserved may be there again in a second: only what is used up is refused for good.
    const isUsedUp = async (): Promise<boolean> => {
      const { path, body } = FORMATS[round % 3] ?? FORMATS[0];
      round += 1;
      await (await ask(path, body)).text();
      const [use] = await used();
      return use?.reserved === 0 && use.left === 0;
    };
    await expect.poll(isUsedUp).toBe(true);
    for (const { path, body } of FORMATS) expect((await ask(path, body)).status).toBe(429);
    const embedding = await ask("/v1/embeddings", { model: "acme/letters", input: "Hi" });
    expect([embedding.status, embedding.headers.get("retry-after")]).toEqual([429, null]);
    expect(embedding.headers.get("x-should-retry")).toBe("false");
    expect((await used())[0]?.used).toBeGreaterThanOrEqual(30);
    expect((await used())[0]?.used).toBeLessThan(30 + 13);
    const changed = await client.budgets.change(budget.id, { amount: 1_000 }, budget.revision);
    expect(changed.use[0]?.left).toBeGreaterThan(900);
    await expect(client.budgets.change(budget.id, { amount: 1 }, budget.revision)).rejects.toMatchObject({
      code: "revision_changed",
    });
    expect((await client.budgets.list()).map(({ id }) => id)).toEqual([budget.id]);
    await client.budgets.delete(budget.id);
  });
});

describe("usage", () => {
  it("is told by model and day, with its cost, and as a table", async () => {
    const seen = await client.budgets.prices();
    const prices = { currency: "EUR", prices: [{ model: "echo/*", input: 1_000, output: 2_000 }] };
    await client.budgets.putPrices(prices, seen.revision);
    await expect(client.budgets.putPrices(prices, seen.revision ?? "")).rejects.toMatchObject({
      code: "revision_changed",
    });
    const before = (await client.usage.get()).total;
    await ask("/v1/messages", { messages: said("one two three"), max_tokens: 9 });
    const after = await client.usage.get({ by: "day,model" });
    expect(after.total.requests).toBe(before.requests + 1);
    expect((after.total.cost ?? 0) - (before.cost ?? 0)).toBeCloseTo((3 * 1_000 + 3 * 2_000) / 1e6, 6);
    expect(after.items.map(({ model }) => model)).toEqual(
      expect.arrayContaining(["echo/echo", "acme/whole"]),
    );
    const day = new Date().toISOString().slice(0, 10);
    const answer = await fetch(client.usage.tableUrl({ by: "day,model", model: "echo/echo" }), {
      headers: { authorization: `Bearer ${BOOTSTRAP_KEY}` },
    });
    expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(await answer.text()).toMatch(new RegExp(`^day,model,requests,.*\\r\\n${day},echo/echo,\\d+,`));
  });
});
