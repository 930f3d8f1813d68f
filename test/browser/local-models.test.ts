import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { PRODUCTS, startLocalProduct } from "../../packages/models/src/testing/local-product.ts";
import { ConsoleTest, faultsOfLooks, type Visit } from "./support/console-test.ts";

const PAGE = "/o/default/plugins/patchbay.openai/settings";

let test: ConsoleTest;
let visit: Visit;
let ollama: Awaited<ReturnType<typeof startLocalProduct>>;

beforeAll(async () => {
  ollama = await startLocalProduct(PRODUCTS.ollama);
  test = await ConsoleTest.start({}, [ollama.port]);
});
afterAll(async () => {
  await ollama?.stop();
  await test?.close();
});
beforeEach(async () => {
  visit = await test.visit();
});
afterEach(async () => {
  expect(visit.faults).toEqual([]);
  await visit.context.close();
});

it("an administrator is told of a model server on this machine, and has its models by one click", async () => {
  const { page } = visit;
  await page.goto("/o/default/plugins");
  const hint = page.getByRole("note").filter({ hasText: "Ollama answers on the machine of this server" });
  await hint.getByRole("link", { name: "Show it" }).click();
  const card = page.getByRole("region", { name: "On this machine" });
  await card.getByText("Ollama 0.9.0 with 2 models").waitFor();
  await card.getByText("llama3.2:3b, nomic-embed-text").waitFor();
  await card.getByText(`reach 127.0.0.1:${ollama.port} on the server's machine`).waitFor();
  await card.getByText("It enables the plugin.").waitFor();
  expect(await faultsOfLooks(page)).toEqual({});
  await card.getByRole("button", { name: "Use it: Ollama" }).click();
  await page.getByText("Ollama is set up and answers, with 2 models.").waitFor();
  await card.getByText("In use").waitFor();
  const address = page.getByRole("group", { name: "Ollama" }).getByLabel("Address");
  await expect.poll(() => address.inputValue()).toBe(`http://127.0.0.1:${ollama.port}/v1`);
  await page.getByRole("button", { name: "Test connection" }).click();
  await page.getByRole("status").getByText("Ollama: 2 models").waitFor();
  if (process.env.SHOT) await page.screenshot({ path: process.env.SHOT, fullPage: true });
  await page.goto("/o/default/plugins");
  await page.getByRole("heading", { name: "Plugins" }).waitFor();
  await page.getByRole("status").first().waitFor();
  expect(await hint.count()).toBe(0);
});

it("a server that is gone is not offered any more once it was looked for, and the error says so before", async () => {
  const { page } = visit;
  await test.api.put("/api/orgs/default/plugins/patchbay.openai/settings", { ollama: null });
  await ollama.stop();
  await page.goto(PAGE);
  const card = page.getByRole("region", { name: "On this machine" });
  await card.getByRole("button", { name: "Use it: Ollama" }).click();
  await page.getByRole("alert").getByText("nothing was changed").waitFor();
  await card.getByRole("button", { name: "Look for local model servers" }).click();
  await card.getByText("No model server answers on this machine.").waitFor();
});

it("who does not administer the deployment is shown nothing of the server's machine", async () => {
  const admin = await test.addPerson("admin", "ada");
  const { page, context } = await test.visit(admin);
  await page.goto(PAGE);
  await page.getByRole("group", { name: "Ollama" }).waitFor();
  expect(await page.getByRole("region", { name: "On this machine" }).count()).toBe(0);
  await context.close();
});
