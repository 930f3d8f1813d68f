import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { ConsoleTest, faultsOfLooks, type Person, saving, type Visit } from "./support/console-test.ts";

const USAGE = "/o/default/models/usage";
const BUDGETS = "/o/default/models/budgets";
const QUESTION = { model: "echo/echo", messages: [{ role: "user", content: "Say this again" }] };

let test: ConsoleTest;
let member: Person;
let visit: Visit;

beforeAll(async () => {
  test = await ConsoleTest.start();
  member = await test.addPerson("member");
  expect((await test.api.post("/api/orgs/default/plugins/patchbay.echo/enable")).status).toBe(200);
});
afterAll(async () => await test?.close());
beforeEach(async () => {
  visit = await test.visit();
});
afterEach(async () => {
  expect(visit.faults).toEqual([]);
  await visit.context.close();
});

/** The status of a question to the model that repeats what it is told. */
const ask = async (): Promise<number> => (await test.api.post("/v1/chat/completions", QUESTION)).status;

/** The same as somebody who is signed in. */
const askAs = async ({ context }: Visit): Promise<number> =>
  (await context.request.post("/v1/chat/completions", { data: QUESTION })).status();

const rowOf = (page: Page, table: string, name: string) =>
  page.getByRole("table", { name: table }).getByRole("row").filter({ hasText: name });

it("says how there would be something to see, then shows what was asked, by whom and as a file", async () => {
  const { page } = visit;
  await page.goto(USAGE);
  await page.getByRole("heading", { name: "No model was asked in this time" }).waitFor();
  expect([await ask(), await ask()]).toEqual([200, 200]);
  await page.reload();
  const model = rowOf(page, "By model", "echo/echo");
  await model.getByText("unknown").waitFor();
  expect(await model.getByRole("cell").first().textContent()).toBe("2");
  await page.getByRole("img", { name: /Tokens by the day: .*echo\/echo/ }).waitFor();
  expect(await faultsOfLooks(page)).toEqual({});

  await page.getByRole("button", { name: "Show as a table" }).press("Enter");
  await page
    .getByRole("table", { name: "Tokens by the day" })
    .getByRole("columnheader", { name: "echo/echo" })
    .waitFor();
  await page.getByLabel("By", { exact: true }).selectOption("Person");
  await rowOf(page, "By person", "admin@example.org").waitFor();
  await page.getByLabel("Chart of").selectOption("Cost");
  await page.getByText("No cost is known").waitFor();
  await page.waitForURL(/by=person&of=cost/);

  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download as CSV" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("usage.csv");
  expect(await readFile(await download.path(), "utf8")).toMatch(/^person,day,.*\r?\n.+,20\d\d-/);
});

it("is about days of one's own, the last one included", async () => {
  const { page } = visit;
  await ask();
  await page.goto(USAGE);
  await rowOf(page, "By model", "echo/echo").waitFor();
  const end = (name: "From" | "To") => page.getByRole("textbox", { name, exact: true });
  await page.getByLabel("Time").selectOption("Own dates");
  await rowOf(page, "By model", "echo/echo").waitFor();
  await end("From").fill("2026-01-01");
  await end("To").fill("2026-01-02");
  await page.getByRole("heading", { name: "No model was asked in this time" }).waitFor();
  await end("From").fill("2026-01-03");
  await page.getByText("The time begins before it ends").first().waitFor();
  await page.getByLabel("Time").selectOption("7 days");
  await rowOf(page, "By model", "echo/echo").waitFor();
});

it("an administrator sets prices, which costs are computed from", async () => {
  const { page } = visit;
  await page.goto(BUDGETS);
  await page.getByLabel("Currency").fill("eur");
  await page.getByRole("button", { name: "Add a price" }).click();
  const price = page.getByRole("group", { name: "Price 1" });
  await price.getByRole("combobox", { name: "Model" }).fill("echo/*");
  const named = page.getByRole("group", { name: "echo/*" });
  const input = named.getByRole("textbox", { name: "Input", exact: true });
  const output = named.getByRole("textbox", { name: "Output" });
  await input.fill("2.5");
  await output.fill("10");
  const save = page.getByRole("button", { name: "Save the prices" });
  await saving(page, () => save.click());
  await page.getByText("The prices are in force.").waitFor();
  expect(await page.getByLabel("Currency").inputValue()).toBe("EUR");
  expect((await test.api.get("/api/orgs/default/model-prices")).body).toEqual({
    currency: "EUR",
    prices: [{ model: "echo/*", input: 2.5, cachedInput: 2.5, output: 10 }],
  });
  expect(await ask()).toBe(200);
  await page.goto(`${USAGE}?of=cost`);
  await rowOf(page, "By model", "echo/echo").getByText("€0.00").waitFor();
  await page.getByRole("img", { name: /Cost by the day: €/ }).waitFor();

  // What somebody else changes meanwhile is taken over.
  await page.goto(BUDGETS);
  await output.waitFor();
  await page.getByLabel("Currency").fill("USD");
  await test.api.put("/api/orgs/default/model-prices", {
    currency: "EUR",
    prices: [{ model: "echo/*", input: 3, output: 10 }],
  });
  await page.getByText("Somebody else").first().waitFor();
  expect(await input.inputValue()).toBe("3");
});

it("a budget is made, refuses a call, is changed and deleted", async () => {
  const { page } = visit;
  await page.goto(BUDGETS);
  await page.getByText("There are no budgets").waitFor();
  await page.getByRole("button", { name: "Make a budget" }).click();
  const dialog = page.getByRole("dialog", { name: "Make a budget" });
  await dialog.getByLabel("For", { exact: true }).selectOption("Models");
  await dialog.getByRole("combobox", { name: "For which one" }).fill("echo/*");
  await dialog.getByLabel("Amount").fill("1");
  await dialog.getByLabel("Of what").selectOption("Requests");
  await dialog.getByLabel("Title").fill("Only once");
  await dialog.getByRole("button", { name: "Make a budget" }).click();
  const budget = page.getByRole("group", { name: "Only once" });
  await budget.getByText("1 request a day, for the model echo/*").waitFor();
  await budget.getByText("0 requests used · 1 request left").waitFor();
  expect([await ask(), await ask()]).toEqual([200, 429]);
  await page.reload();
  await budget.getByText("1 request used · 0 requests left").waitFor();
  expect(await faultsOfLooks(page)).toEqual({});

  await budget.getByRole("button", { name: "Change Only once" }).click();
  const change = page.getByRole("dialog", { name: "Change the budget" });
  await change.getByLabel("Amount").fill("3");
  await saving(page, () => change.getByRole("button", { name: "Save" }).click());
  await budget.getByText("1 request used · 2 requests left").waitFor();
  expect(await ask()).toBe(200);

  // Made elsewhere, it is here at once.
  const other = { title: "Of each", for: { kind: "person" }, of: "tokens", amount: 50_000, per: "month" };
  expect((await test.api.post("/api/orgs/default/budgets", other)).status).toBe(201);
  await page.getByRole("group", { name: "Of each" }).getByText("Nobody has used any of it yet.").waitFor();

  await budget.getByRole("button", { name: "Delete Only once" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete the budget" }).click();
  await budget.waitFor({ state: "detached" });
  expect([await ask(), await ask()]).toEqual([200, 200]);
});

it("two who change a budget at the same time are told of each other", async () => {
  const { page } = visit;
  const made = await test.api.post("/api/orgs/default/budgets", {
    title: "Of two",
    for: { kind: "organization" },
    of: "tokens",
    amount: 1_000_000,
    per: "month",
  });
  await page.goto(BUDGETS);
  await page.getByRole("button", { name: "Change Of two" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Amount").fill("5");
  const path = `/api/orgs/default/budgets/${made.body.id}`;
  expect((await test.api.put(path, { title: "Of us", amount: 7 })).status).toBe(200);
  await dialog.getByRole("alert").getByText("Amount").first().waitFor();
  expect(await dialog.getByLabel("Title").inputValue()).toBe("Of us");
  await dialog.getByRole("button", { name: "Keep yours" }).click();
  await saving(page, () => dialog.getByRole("button", { name: "Save" }).click());
  expect((await test.api.get(path)).body).toMatchObject({ title: "Of us", amount: 5 });
  expect((await test.api.delete(path)).status).toBe(204);
});

it("a member finds what they have used themselves, and nothing else", async () => {
  expect(await ask()).toBe(200);
  const theirs = await test.visit(member);
  const { page } = theirs;
  await page.goto("/o/default/plugins");
  await page.getByRole("link", { name: "Models" }).click();
  await page.waitForURL(`**${USAGE}`);
  await page.getByRole("heading", { name: "No model was asked in this time" }).waitFor();
  expect(await page.getByRole("tab").allTextContents()).toEqual(["Playground", "Usage"]);
  expect(await askAs(theirs)).toBe(200);
  await page.goto(`${USAGE}?by=person`);
  await rowOf(page, "By person", member.email).waitFor();
  expect(await page.getByRole("row").filter({ hasText: "admin@example.org" }).count()).toBe(0);
  await page.goto(BUDGETS);
  await page.getByRole("alert").filter({ hasText: "You may not do this" }).first().waitFor();
  expect(theirs.faults).toEqual([]);
  await theirs.context.close();
});
