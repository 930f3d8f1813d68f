import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { makePackage } from "../support/packages.ts";
import { ConsoleTest, type Visit } from "./support/console-test.ts";

const HOOKS = "/api/orgs/default/models/hooks";

let test: ConsoleTest;
let visit: Visit;

const addHook = async (id: string, name: string, title: string): Promise<void> => {
  const manifest = {
    contributes: { messageHooks: [{ name, title }] },
    permissions: { required: ["chat.messages"] },
  };
  const code = `export default { messageHooks: { ${name}: { title: "${title}", run: () => undefined } } };`;
  const source = { id, code, manifest };
  expect((await test.api.upload("/api/orgs/default/uploads", await makePackage(source))).status).toBe(201);
  const asked = { plugin: id, grants: ["chat.messages"] };
  expect((await test.api.post("/api/orgs/default/plugins", asked)).status).toBe(201);
  expect((await test.api.post(`/api/orgs/default/plugins/${id}/enable`)).status).toBe(200);
};

beforeAll(async () => {
  test = await ConsoleTest.start();
  await addHook("acme.cards", "cards", "Hide cards");
  await addHook("acme.names", "names", "Hide names");
});
afterAll(async () => await test?.close());
beforeEach(async () => {
  visit = await test.visit();
});
afterEach(async () => {
  expect(visit.faults).toEqual([]);
  await visit.context.close();
});

const decided = async () =>
  (await test.api.get(HOOKS)).body.hooks.map(
    ({ name, on, onFailure }: { name: string; on: boolean; onFailure: string }) => [name, on, onFailure],
  );

it("an administrator orders message hooks, switches one off and lets questions go on without one", async () => {
  const { page } = visit;
  await page.goto("/o/default/models");
  const hook = (title: string, plugin: string) => page.getByRole("group", { name: `${title} of ${plugin}` });
  const cards = hook("Hide cards", "acme.cards");
  await page.getByRole("button", { name: "Move Hide names of acme.names up" }).click();
  await expect.poll(decided).toEqual([
    ["names", true, "refuse"],
    ["cards", true, "refuse"],
  ]);
  const on = cards.getByLabel("Messages pass it");
  await expect.poll(() => on.isEnabled()).toBe(true);
  await on.press("Space");
  await expect.poll(decided).toEqual([
    ["names", true, "refuse"],
    ["cards", false, "refuse"],
  ]);
  const failing = hook("Hide names", "acme.names").getByLabel("When it fails");
  await expect.poll(() => failing.isEnabled()).toBe(true);
  await failing.selectOption("Go on without it");
  await expect.poll(decided).toEqual([
    ["names", true, "continue"],
    ["cards", false, "refuse"],
  ]);
  if (process.env.SHOT) await page.screenshot({ path: process.env.SHOT, fullPage: true });
});
