import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ModelServer, startModelServer } from "../packages/models/src/testing/model-server.ts";
import { CALLED, SAID } from "../packages/models/src/testing/scripts.ts";
import type { Api } from "./support/api.ts";
import { said } from "./support/model-plugin.ts";
import { startOrganization, type TestOrganization } from "./support/organization.ts";
import { BOOTSTRAP_KEY } from "./support/server.ts";

const KEY = "sk-the-key-of-the-organization";
const OPENAI = "/api/orgs/default/plugins/patchbay.openai";
const ANTHROPIC = "/api/orgs/default/plugins/patchbay.anthropic";

let parts: TestOrganization;
let upstream: ModelServer;
/** Says what it is told about each request, and never more: an upstream that misbehaves. */
let raw: Server;
let rawUrl: string;
/** Headers of requests that reached it, and how many of them were left. */
const headers: Record<string, string | string[] | undefined>[] = [];
let left = 0;
let openai: OpenAI;
let anthropic: Anthropic;

beforeAll(async () => {
  parts = await startOrganization({ PATCHBAY_EGRESS_ALLOW_PRIVATE: "127.0.0.1" });
  upstream = await startModelServer();
  raw = createServer((request, response) => {
    headers.push(request.headers);
    response.on("close", () => {
      if (!response.writableFinished) left += 1;
    });
    if (request.url?.endsWith("/models") === true) return void response.end('{"data":[{"id":"raw"}]}');
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: "half " } }] })}\n\n`);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => raw.once("listening", resolve));
  rawUrl = `http://127.0.0.1:${(raw.address() as AddressInfo).port}/v1`;
  for (const plugin of [OPENAI, ANTHROPIC])
    expect((await parts.owner.post(`${plugin}/enable`)).status).toBe(200);
  const { url } = parts.server;
  openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: BOOTSTRAP_KEY, maxRetries: 0 });
  anthropic = new Anthropic({ baseURL: url, apiKey: BOOTSTRAP_KEY, maxRetries: 0 });
  await set(OPENAI, {
    openai: { url: `${upstream.url}/v1`, key: KEY },
    vllm: { url: `${upstream.url}/v1`, api: "responses" },
    other: { url: rawUrl, key: KEY },
  });
  await set(ANTHROPIC, { url: `${upstream.url}/v1`, key: KEY });
});
afterAll(async () => {
  raw?.closeAllConnections();
  raw?.close();
  await upstream?.stop();
  await parts?.stop();
});

const set = async (plugin: string, settings: object, project?: string): Promise<void> => {
  const answer = await parts.owner.put(
    `${plugin}/settings${project === undefined ? "" : `?project=${project}`}`,
    settings,
  );
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
};

const MODELS = ["openai/one", "vllm/one", "anthropic/one"];

it("lists the models of the servers that are set up", async () => {
  const ids = (await Array.fromAsync(openai.models.list())).map(({ id }) => id);
  expect(ids.sort()).toEqual(["anthropic/one", "openai/one", "other/raw", "vllm/one"]);
});

describe.each(MODELS)("%s", (model) => {
  it("answers clients of both kinds, whole and as a stream", async () => {
    for (const stream of [false, true]) {
      upstream.next(SAID);
      const chat = { model, messages: said("Hi") };
      const one = stream
        ? await openai.chat.completions.stream(chat).finalChatCompletion()
        : await openai.chat.completions.create(chat);
      expect(one.choices[0]?.message.content).toBe("The answer is 42 – “forty-two” 🎉.");
      upstream.next(CALLED);
      const message = {
        ...chat,
        max_tokens: 100,
        tools: [{ name: "weather", input_schema: { type: "object" as const } }],
      };
      const other = stream
        ? await anthropic.messages.stream(message).finalMessage()
        : await anthropic.messages.create(message);
      expect(other.stop_reason).toBe("tool_use");
      expect(other.content).toContainEqual(
        expect.objectContaining({ type: "tool_use", name: "weather", input: { city: "Oslo", days: 2 } }),
      );
    }
    expect(upstream.requests.at(-1)?.model).toBe("one");
  });

  it("counts as one call of the plugin's each time", async () => {
    const plugin = model.startsWith("anthropic") ? ANTHROPIC : OPENAI;
    const calls = async () => {
      const { body } = await parts.owner.get(`${plugin}/metrics`);
      return JSON.stringify(body.minutes ?? body);
    };
    const before = await calls();
    upstream.next(SAID);
    await openai.chat.completions.create({ model, messages: said("Hi") });
    await expect.poll(calls).not.toBe(before);
  });
});

it("makes embeddings", async () => {
  const { data, usage } = await openai.embeddings.create({ model: "openai/one", input: ["a", "b"] });
  expect(data.map(({ embedding }) => embedding)).toEqual([
    [0, 0.5, -0.25],
    [1, 0.5, -0.25],
  ]);
  expect(usage.prompt_tokens).toBe(7);
});

it("counts tokens as the server does, and about where it does not", async () => {
  const count = (model: string) =>
    anthropic.messages.countTokens({ model, messages: said("How many tokens is this?") });
  expect(await count("anthropic/one")).toEqual({ input_tokens: 12 });
  const { data, response } = await count("openai/one").withResponse();
  expect(data.input_tokens).toBeGreaterThan(5);
  expect(data.input_tokens).toBeLessThan(30);
  expect(response.headers.get("patchbay-estimate")).toBe("true");
  await expect(count("openai.none/one")).rejects.toMatchObject({ status: 404 });
});

describe("the connection of a plugin's providers", () => {
  const test = async (plugin: string, who: Pick<Api, "post"> = parts.owner, query = "") => {
    const { status, body } = await who.post(`${plugin}/models/test${query}`);
    return status === 200 ? body.items : { status, code: body.code };
  };

  it("is tested: which answer, which are not set up, and what failed in a sentence", async () => {
    await set(OPENAI, {
      lmstudio: { url: "http://127.0.0.1:1/v1" },
      azure: { url: `${rawUrl}/nothing/here`, key: "k" },
    });
    const told = await test(OPENAI);
    const of = (name: string) => told.find((one: { name: string }) => one.name === name);
    expect(of("openai")).toEqual({ name: "openai", title: "OpenAI", status: "answers", models: 1 });
    expect(of("openrouter")).toMatchObject({
      status: "not_set_up",
      message: "The settings do not say all that it needs.",
    });
    expect(of("lmstudio")).toMatchObject({
      status: "fails",
      message: expect.stringContaining("127.0.0.1:1 could not be reached"),
    });
    expect(await test(ANTHROPIC)).toMatchObject([{ name: "anthropic", status: "answers", models: 1 }]);
    await set(OPENAI, { lmstudio: { url: null }, azure: { url: null, key: null } });
  });

  it("is tested with the settings of a project, by who may set them", async () => {
    await set(OPENAI, { openai: { url: "http://127.0.0.1:1/v1", key: "of web" } }, "web");
    const web = await test(OPENAI, parts.manager, "?project=web");
    expect(web.find((one: { name: string }) => one.name === "openai")).toMatchObject({ status: "fails" });
    expect(await test(OPENAI, parts.manager)).toMatchObject({ status: 403 });
    expect(await test(OPENAI, parts.stranger)).toMatchObject({ status: 404 });
  });
});

describe("the key", () => {
  it("reaches the server, and never the plugin or a client", async () => {
    const stream = await openai.chat.completions.create({
      model: "other/raw",
      messages: said("Hi"),
      stream: true,
    });
    for await (const _ of stream) break;
    expect(headers.at(-1)?.authorization).toBe(`Bearer ${KEY}`);
    const { body } = await parts.owner.get(`${OPENAI}/settings`);
    expect(JSON.stringify(body)).not.toContain(KEY);
  });

  it("does not follow the address: it is given again, or the project's own is used", async () => {
    await set(OPENAI, { backendai: { url: "https://models.example.org/v1", key: KEY } });
    await set(OPENAI, { backendai: { url: rawUrl } });
    const before = headers.length;
    const asked = openai.chat.completions.create({ model: "backendai/raw", messages: said("Hi") });
    await expect(asked).rejects.toMatchObject({
      message: expect.stringContaining("was given for models.example.org"),
    });
    expect(headers).toHaveLength(before);
  });
});

it("texts that look like placeholders of secrets go out as they are", async () => {
  const { body } = await parts.owner.get(`${OPENAI}/settings`);
  expect(JSON.stringify(body)).not.toMatch(/pbs_/);
  const text = `What is pbs_${"0".repeat(40)}?`;
  upstream.next(SAID);
  await openai.chat.completions.create({ model: "openai/one", messages: said(text) });
  expect(JSON.stringify(upstream.bodies.at(-1))).toContain(text);
});

describe("an upstream", () => {
  it("is left as soon as the client goes", async () => {
    const before = left;
    const stream = await openai.chat.completions.create({
      model: "other/raw",
      messages: said("Hi"),
      stream: true,
    });
    for await (const _ of stream) break;
    await expect.poll(() => left).toBeGreaterThan(before);
  });

  it("is left when the plugin is disabled", async () => {
    const before = left;
    const stream = await openai.chat.completions.create({
      model: "other/raw",
      messages: said("Hi"),
      stream: true,
    });
    const reading = (async () => {
      for await (const _ of stream);
    })();
    reading.catch(() => undefined);
    expect((await parts.owner.post(`${OPENAI}/disable`)).status).toBe(200);
    await expect(reading).rejects.toThrow();
    await expect.poll(() => left).toBeGreaterThan(before);
    expect((await parts.owner.post(`${OPENAI}/enable`)).status).toBe(200);
  });

  it("that is not there is told in words", async () => {
    await set(OPENAI, { lmstudio: { url: "http://127.0.0.1:1/v1" } });
    const asked = openai.chat.completions.create({ model: "lmstudio/any", messages: said("Hi") });
    await expect(asked).rejects.toMatchObject({
      status: 502,
      message: expect.stringContaining("127.0.0.1:1 could not be reached"),
    });
  });

  it("that is not set up is told in words", async () => {
    const asked = openai.chat.completions.create({ model: "ollama/any", messages: said("Hi") });
    await expect(asked).rejects.toMatchObject({ message: expect.stringContaining("Ollama is not set up") });
  });

  it("refuses: its status and when to come again reach the client", async () => {
    upstream.next({ status: 429, code: "rate_limited", message: "Slow down.", retryAfterSeconds: 30 });
    const asked = openai.chat.completions.create({ model: "openai/one", messages: said("Hi") });
    const { status, headers: told } = await asked.catch((error) => error);
    expect([status, told.get("retry-after")]).toEqual([429, "30"]);
  });

  it("in the operator's own network is not asked unless that is allowed", async () => {
    await set(OPENAI, { ollama: { url: "http://127.0.0.2:11434/v1" } });
    const asked = openai.chat.completions.create({ model: "ollama/any", messages: said("Hi") });
    await expect(asked).rejects.toMatchObject({ message: expect.stringMatching(/private|127\.0\.0\.2/) });
  });
});
