import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { makePackage } from "../support/packages.ts";
import { ConsoleTest, faultsOfLooks, type Visit } from "./support/console-test.ts";
import { picture } from "./support/picture.ts";

const PLUGIN = "acme.talks";
const CODE = `
const said = (role, text) => ({ role, parts: [{ type: "text", text }] });
export default { tools: { begin: { description: "b", async run({ title, texts }, { api }) {
  const { id } = await api.conversations.create({ scope: "person", title });
  await api.conversations.append(id, texts.map((text, place) => said(place % 2 ? "assistant" : "user", text)));
  return id;
} } } };`;

let test: ConsoleTest;
let visit: Visit;

beforeAll(async () => {
  test = await ConsoleTest.start();
  const manifest = { permissions: { required: ["storage.conversations"] } };
  await test.upload(await makePackage({ id: PLUGIN, code: CODE, tools: ["begin"], manifest }));
  await test.install({ plugin: PLUGIN, grants: ["storage.conversations"] }, { enable: true });
  for (const [title, ...texts] of [
    ["Foxes", "What is a fox?", "An animal with **red** fur."],
    ["Boats", "What is a boat?"],
  ]) {
    const input = { title, texts };
    const made = await test.api.post(`/api/orgs/default/tools/${PLUGIN}/begin`, { input });
    expect(made.status, JSON.stringify(made.body)).toBe(200);
  }
});
afterAll(async () => await test?.close());
beforeEach(async () => {
  visit = await test.visit();
});
afterEach(async () => {
  expect(visit.faults).toEqual([]);
  await visit.context.close();
});

it("an administrator reads, finds and deletes conversations where the policy says so", async () => {
  const { page } = visit;
  await page.goto(`/o/default/plugins/${PLUGIN}/conversations`);
  await page.getByText("lets nobody read conversations of others").waitFor();
  await page.getByRole("link", { name: "Policy" }).last().click();
  await page.getByLabel("Who may read conversations of others").selectOption("Administrators");
  await page.getByRole("button", { name: "Save the policy" }).click();
  await page.getByText("The policy is in force.").waitFor();
  await page.goto(`/o/default/plugins/${PLUGIN}/conversations`);
  await page.getByRole("group", { name: "Boats" }).waitFor();
  await page.getByRole("searchbox", { name: "Search words in titles and messages" }).fill("red fur");
  await page.getByRole("group", { name: "Boats" }).waitFor({ state: "detached" });
  const foxes = page.getByRole("group", { name: "Foxes" });
  await foxes.getByText("An animal with **red** fur.").waitFor();
  await foxes.getByRole("button", { name: "Read “Foxes”" }).click();
  await page.getByRole("region", { name: "Messages of “Foxes”" }).getByText("What is a fox?").waitFor();
  expect(await faultsOfLooks(page)).toEqual({});
  await picture(page, "conversations");
  await foxes.getByRole("button", { name: "Delete “Foxes”" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText("No conversation has these words.").waitFor();
  const { body } = await test.api.get("/api/orgs/default/audit?limit=50");
  const actions = body.items.map(({ action }: { action: string }) => action);
  for (const action of ["conversations.listed", "conversation.read", "conversation.deleted"])
    expect(actions).toContain(action);
});
