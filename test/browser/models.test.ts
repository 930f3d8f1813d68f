import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type ModelServer, startModelServer } from "../../packages/models/src/testing/model-server.ts";
import { ConsoleTest, type Visit } from "./support/console-test.ts";

const PLUGIN = "/api/orgs/default/plugins/patchbay.openai";
const PAGE = "/o/default/plugins/patchbay.openai";

let test: ConsoleTest;
let visit: Visit;
let upstream: ModelServer;

beforeAll(async () => {
  test = await ConsoleTest.start({ PATCHBAY_EGRESS_ALLOW_PRIVATE: "127.0.0.1" });
  upstream = await startModelServer();
  expect((await test.api.post(`${PLUGIN}/enable`)).status).toBe(200);
});
afterAll(async () => {
  await upstream?.stop();
  await test?.close();
});
beforeEach(async () => {
  visit = await test.visit();
});
afterEach(async () => {
  expect(visit.faults).toEqual([]);
  await visit.context.close();
});

it("an administrator sets up a server of models, and tests its connection", async () => {
  const { page } = visit;
  await page.goto(`${PAGE}/settings`);
  const button = page.getByRole("button", { name: "Test connection" });
  const result = page.getByRole("status").filter({ hasText: /Ollama|OpenAI/ });
  await button.click();
  await result.getByText("Not set up").first().waitFor();
  const ollama = page.getByRole("group", { name: "Ollama" });
  await ollama.getByRole("button", { name: "Ollama" }).click();
  await ollama.getByLabel("Address").fill(`${upstream.url}/v1`);
  expect(await button.isDisabled()).toBe(true);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("are saved").waitFor();
  await button.click();
  await result.getByText("Ollama: 1 model").waitFor();
  await upstream.stop();
  await button.click();
  await result.getByText(/Ollama: .*could not be reached/).waitFor();
  if (process.env.SHOT) await page.screenshot({ path: process.env.SHOT, fullPage: true });
});

it("groups in which nothing is set are folded, and open by keys, by what is set and by what is wrong", async () => {
  const { page } = visit;
  await page.goto(`${PAGE}/settings`);
  const group = (name: string) => page.getByRole("group", { name, exact: true });
  const fold = (name: string) => group(name).getByRole("button", { name, exact: true });
  // Set by the test before.
  await group("Ollama").getByLabel("Address").waitFor();
  expect(await group("vLLM").getByLabel("Address").isVisible()).toBe(false);
  expect(await fold("vLLM").getAttribute("aria-expanded")).toBe("false");
  await fold("vLLM").focus();
  await page.keyboard.press("Enter");
  await group("vLLM").getByLabel("Address").fill("no address");
  await fold("vLLM").press("Space");
  expect(await group("vLLM").getByLabel("Address").isVisible()).toBe(false);
  await page.getByRole("button", { name: "Save" }).click();
  await group("vLLM")
    .getByText(/address|URI/)
    .last()
    .waitFor();
  expect(await group("vLLM").getByLabel("Address").inputValue()).toBe("no address");
  await fold("vLLM").press("Space");
  expect(await group("vLLM").getByLabel("Address").isVisible()).toBe(true);
  await group("Another server").getByRole("button", { name: "Another server" }).click();
  await group("Another server").getByText("what the setting “Another server, Address” says").waitFor();
});

it("permissions say in words which host a setting chooses", async () => {
  const { page } = visit;
  await page.goto(`${PAGE}/permissions`);
  await page.getByText("what the setting openai.url says").waitFor();
});

it("an administrator decides which models are asked, and who answers when one fails", async () => {
  const { page } = visit;
  for (const plugin of ["patchbay.echo", "patchbay.word-vectors"])
    expect((await test.api.post(`/api/orgs/default/plugins/${plugin}/enable`)).status).toBe(200);
  await page.goto("/o/default/models");
  const echo = page.getByRole("row").filter({ hasText: "echo/echo" });
  await echo.getByText("Ready").waitFor();
  await page.getByRole("combobox", { name: "Default model" }).fill("smart");
  await page.getByRole("button", { name: "Add an alias" }).click();
  const alias = page.getByRole("group", { name: "Alias 1" });
  await alias.getByLabel("Name").fill("smart");
  const models = page
    .getByRole("group", { name: "smart" })
    .getByRole("combobox", { name: "Models, in their order" });
  await models.fill("smart");
  await models.press("Enter");
  await page.getByRole("button", { name: "Save the rules" }).click();
  await page.getByText("an alias stands for no other alias").first().waitFor();
  await models.press("Backspace");
  for (const name of ["gone/away", "echo/echo"]) {
    await models.fill(name);
    await models.press("Enter");
  }
  await page.getByLabel("Only models of a list may be asked").press("Space");
  const allowed = page.getByRole("combobox", { name: "Allowed models" });
  await allowed.fill("echo/*");
  await allowed.press("Enter");
  await page.getByRole("button", { name: "Save the rules" }).click();
  await page.getByText("The rules are in force.").waitFor();
  await page
    .getByRole("row")
    .filter({ hasText: "word-vectors/english-100d" })
    .getByText("Not allowed")
    .waitFor();
  await echo.getByText("Ready").waitFor();
  const asked = { model: "default", messages: [{ role: "user", content: "Hello" }] };
  const { status, body } = await test.api.post("/v1/chat/completions", asked);
  expect([status, body.model]).toEqual([200, "echo/echo"]);
  if (process.env.SHOT) await page.screenshot({ path: process.env.SHOT, fullPage: true });
});
