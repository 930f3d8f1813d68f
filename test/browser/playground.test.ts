import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type ModelServer, startModelServer } from "../../packages/models/src/testing/model-server.ts";
import { BROKEN, REFUSED, STRUCTURED, THOUGHT } from "../../packages/models/src/testing/scripts.ts";
import { chunk } from "../support/model-upstream.ts";
import {
  ConsoleTest,
  faultsOfPage,
  LOOKS,
  type Person,
  setLook,
  type Visit,
} from "./support/console-test.ts";

const PLUGINS = "/api/orgs/default/plugins";
const PAGE = "/o/default/models/playground";

let test: ConsoleTest;
let visit: Visit;
let upstream: ModelServer;
let member: Person;
/** Says one word and no more, until it is left. */
let slow: Server;
const left = Promise.withResolvers<void>();

beforeAll(async () => {
  test = await ConsoleTest.start({ PATCHBAY_EGRESS_ALLOW_PRIVATE: "127.0.0.1" });
  upstream = await startModelServer();
  member = await test.addPerson("member");
  slow = createServer((request, response) => {
    if (request.method === "GET") return void response.end('{"data":[{"id":"slow"}]}');
    response.on("close", left.resolve);
    response.writeHead(200, { "content-type": "text/event-stream" }).write(chunk({ content: "begun" }));
  }).listen(0, "127.0.0.1");
  await once(slow, "listening");
  for (const plugin of ["patchbay.openai", "patchbay.echo", "patchbay.word-vectors"])
    expect((await test.api.post(`${PLUGINS}/${plugin}/enable`)).status).toBe(200);
  const settings = {
    openai: { url: `${upstream.url}/v1`, key: "sk" },
    other: { url: `http://127.0.0.1:${(slow.address() as AddressInfo).port}/v1`, key: "sk" },
  };
  expect((await test.api.put(`${PLUGINS}/patchbay.openai/settings`, settings)).status).toBe(200);
  expect((await test.api.put("/api/orgs/default/models/rules", { retries: 0 })).status).toBe(200);
});
afterAll(async () => {
  slow?.closeAllConnections();
  slow?.close();
  await upstream?.stop();
  await test?.close();
});
beforeEach(async () => {
  visit = await test.visit(member);
});
afterEach(async () => {
  expect(visit.faults).toEqual([]);
  await visit.context.close();
});

const open = async () => {
  const { page } = visit;
  await page.goto(PAGE);
  const model = page.getByLabel("Model", { exact: true });
  await model.locator("option").first().waitFor({ state: "attached" });
  return {
    page,
    model,
    ask: async (text: string, turn = "Turn 1") => {
      await page.getByLabel(turn, { exact: true }).fill(text);
      await page.getByRole("button", { name: "Send" }).click();
    },
    said: page.getByRole("region", { name: "What the model said" }),
    status: page.getByRole("region", { name: "Answer" }).getByRole("status"),
  };
};

it("somebody who uses plugins asks a model, reads how it answers, and goes on from there", async () => {
  const { page, model, ask, said, status } = await open();
  expect(await model.locator("option").allTextContents()).toEqual(
    expect.arrayContaining(["echo/echo", "echo/guide", "openai/one"]),
  );
  expect(await model.locator("option").allTextContents()).not.toContain("word-vectors/english-100d");
  await model.selectOption("echo/echo");
  expect(await page.getByRole("button", { name: "Send" }).isDisabled()).toBe(true);
  await ask("One two three.");
  await said.getByText("One two three.").waitFor();
  await status.getByText(/Answered in .*by echo\/echo.*first word after .*tokens: .* in, 3 out/).waitFor();
  await page.getByRole("button", { name: "Go on from this answer" }).click();
  await ask("And four.", "Turn 3");
  await said.getByText("And four.").waitFor();
  await page.getByRole("button", { name: "Remove turn 2" }).click();
  expect(await page.getByLabel("Turn 3", { exact: true }).count()).toBe(0);
});

it("sends what is set, and shows what comes whole", async () => {
  const { page, model, ask, said, status } = await open();
  await model.selectOption("openai/one");
  await page.getByLabel("System prompt").fill("Be brief.");
  await page.getByLabel("Temperature").fill("0.5");
  await page.getByLabel("Most tokens").fill("64");
  await page.getByLabel("JSON schema").fill("{ nothing");
  await page.getByText("This is no JSON Schema").waitFor();
  const schema = { type: "object", properties: { name: { type: "string" } } };
  await page.getByLabel("JSON schema").fill(JSON.stringify(schema));
  await page.getByLabel("Show the answer as it comes").press("Space");
  upstream.next(STRUCTURED);
  await ask("Who is it?");
  await said.getByText('{"name":"Ada","age":36}').waitFor();
  await status.getByText(/tokens: 20 in, 9 out/).waitFor();
  expect(upstream.requests.at(-1)).toMatchObject({
    model: "one",
    temperature: 0.5,
    maxOutputTokens: 64,
    output: { type: "schema", schema },
    messages: [{ role: "system" }, { role: "user", parts: [{ text: "Who is it?" }] }],
  });
});

it("shows what a model thinks, and errors as they are said", async () => {
  const { page, model, ask, said } = await open();
  await model.selectOption("openai/one");
  upstream.next(THOUGHT);
  await ask("Six times seven?");
  await said.getByText("It is 42.").waitFor();
  await page.getByText("Reasoning", { exact: true }).click();
  await page.getByText("Six times seven.", { exact: true }).waitFor();
  upstream.next(REFUSED);
  await ask("Again?");
  await page.getByRole("alert").getByText("Too many.").waitFor();
  await page.getByRole("alert").getByText("rate_limit_exceeded").waitFor();
  upstream.next(BROKEN);
  await ask("Once more?");
  await page.getByRole("alert").getByText("The model's server broke.").waitFor();
  await said.getByText("Half an ans").waitFor();
});

it("stops an answer, and its model is left", async () => {
  const { page, model, ask, said, status } = await open();
  await model.selectOption("other/slow");
  await ask("Go on and on.");
  await said.getByText("begun").waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  await status.getByText(/Stopped after/).waitFor();
  await left.promise;
  await page.getByRole("button", { name: "Send" }).waitFor();
});

it("shows the same question as code, to be copied", async () => {
  const { page, model } = await open();
  await model.selectOption("echo/echo");
  await page.getByLabel("Turn 1", { exact: true }).fill("It's me.");
  const code = page.getByRole("region", { name: "Code", exact: true });
  for (const [client, words] of [
    ["curl", `curl -N '${test.server.url}/v1/chat/completions'`],
    ["openai", `baseURL: "${test.server.url}/v1"`],
    ["ai", 'patchbay.chat("echo/echo")'],
  ] as const) {
    await code.getByText(client, { exact: true }).click();
    await code.getByText(words).waitFor();
    await page.getByRole("button", { name: `Copy the code for ${client}` }).click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain(words);
    expect(copied).toContain("PATCHBAY_API_KEY");
  }
});

it("can be used by everybody in every look", async () => {
  const { page, ask, said } = await open();
  await ask("One two three.");
  await said.getByText("One two three.").waitFor();
  for (const [name, look] of Object.entries(LOOKS)) {
    await setLook(page, look);
    expect(await faultsOfPage(page), name).toEqual([]);
    if (process.env.SHOT) await page.screenshot({ path: `${process.env.SHOT}-${name}.png`, fullPage: true });
  }
});
