import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenResponses } from "@ai-sdk/open-responses";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import Anthropic from "@anthropic-ai/sdk";
import { APICallError, generateText, type LanguageModel, RetryError, streamText } from "ai";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { said, startModels } from "./support/model-plugin.ts";
import { chunk } from "./support/model-upstream.ts";
import type { TestOrganization } from "./support/organization.ts";
import { BOOTSTRAP_KEY } from "./support/server.ts";

const PLUGIN = "/api/orgs/default/plugins/patchbay.openai";
const WAITING = "other/one";

let parts: TestOrganization;
/** Says one word of a stream and nothing of a whole answer, until it is left. */
let upstream: Server;
let arrived: PromiseWithResolvers<void>;
let left: PromiseWithResolvers<void>;

beforeAll(async () => {
  globalThis.AI_SDK_LOG_WARNINGS = false;
  upstream = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const part of request) chunks.push(part as Buffer);
    if (request.method === "GET") return void response.end('{"data":[{"id":"one"}]}');
    response.on("close", () => left.resolve());
    arrived.resolve();
    if (JSON.parse(Buffer.concat(chunks).toString()).stream !== true) return;
    response.writeHead(200, { "content-type": "text/event-stream" }).write(chunk({ content: "begun" }));
  }).listen(0, "127.0.0.1");
  await once(upstream, "listening");
  parts = await startModels({ PATCHBAY_EGRESS_ALLOW_PRIVATE: "127.0.0.1" });
  expect((await parts.owner.post(`${PLUGIN}/enable`)).status).toBe(200);
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`;
  expect((await parts.owner.put(`${PLUGIN}/settings`, { other: { url, key: "sk" } })).status).toBe(200);
  expect((await parts.owner.put("/api/orgs/default/models/rules", { retries: 0 })).status).toBe(200);
});
afterAll(async () => {
  upstream?.closeAllConnections();
  upstream?.close();
  await parts?.stop();
});

interface Asked {
  readonly model: string;
  readonly stream: boolean;
  readonly signal?: AbortSignal;
  readonly key?: string;
}

/** Reads an answer to its end, and hears of each word of a stream. Throws what its program would read. */
type Client = (asked: Asked, onWord?: () => void) => Promise<unknown>;

const settings = (key = BOOTSTRAP_KEY) => ({ baseURL: `${parts.server.url}/v1`, apiKey: key });
const openai = (key?: string) => new OpenAI({ ...settings(key), maxRetries: 0 });
const anthropic = (key = BOOTSTRAP_KEY) =>
  new Anthropic({ baseURL: parts.server.url, apiKey: key, maxRetries: 0 });

const read = async (
  events: AsyncIterable<unknown>,
  hasWord: (text: string) => boolean,
  onWord?: () => void,
) => {
  for await (const event of events) if (hasWord(JSON.stringify(event))) onWord?.();
};
const saysBegun = (text: string): boolean => text.includes("begun");

const ai =
  (modelOf: (key: string | undefined) => (name: string) => LanguageModel): Client =>
  async ({ model, stream, signal, key }, onWord) => {
    const options = {
      model: modelOf(key)(model),
      prompt: "Hi",
      maxRetries: 0,
      ...(signal && { abortSignal: signal }),
    };
    if (!stream) return await generateText(options);
    const failed: unknown[] = [];
    const answer = streamText({ ...options, onError: ({ error }) => void failed.push(error) });
    for await (const part of answer.fullStream) {
      if (part.type === "text-delta") onWord?.();
      if (part.type === "abort") throw new DOMException("It was given up.", "AbortError");
    }
    if (failed.length > 0) throw failed[0];
    return undefined;
  };

const CLIENTS: Readonly<Record<string, Client>> = {
  "openai, chat completions": async ({ model, stream, signal, key }, onWord) => {
    const body = { model, messages: said("Hi") };
    const options = signal && { signal };
    if (!stream) return await openai(key).chat.completions.create(body, options);
    const events = await openai(key).chat.completions.create({ ...body, stream: true }, options);
    await read(events, saysBegun, onWord);
    signal?.throwIfAborted();
    return undefined;
  },
  "openai, responses": async ({ model, stream, signal, key }, onWord) => {
    const body = { model, input: "Hi" };
    const options = signal && { signal };
    if (!stream) return await openai(key).responses.create(body, options);
    const events = await openai(key).responses.create({ ...body, stream: true }, options);
    await read(events, saysBegun, onWord);
    signal?.throwIfAborted();
    return undefined;
  },
  "@anthropic-ai/sdk": async ({ model, stream, signal, key }, onWord) => {
    const body = { model, max_tokens: 100, messages: said("Hi") };
    const options = signal && { signal };
    if (!stream) return await anthropic(key).messages.create(body, options);
    const events = anthropic(key).messages.stream(body, options);
    await read(events, saysBegun, onWord);
    signal?.throwIfAborted();
    return undefined;
  },
  "ai, @ai-sdk/openai, responses": ai((key) => createOpenAI(settings(key))),
  "ai, @ai-sdk/openai, chat completions": ai((key) => createOpenAI(settings(key)).chat),
  "ai, @ai-sdk/open-responses": ai((key = BOOTSTRAP_KEY) =>
    createOpenResponses({ name: "patchbay", url: `${parts.server.url}/v1/responses`, apiKey: key }),
  ),
  "ai, @ai-sdk/openai-compatible": ai((key) =>
    createOpenAICompatible({ ...settings(key), name: "patchbay", includeUsage: true }),
  ),
  "ai, @ai-sdk/anthropic": ai((key) => createAnthropic(settings(key))),
};

const statusOf = (error: unknown): number | undefined => {
  if (RetryError.isInstance(error)) return statusOf(error.lastError);
  if (APICallError.isInstance(error)) return error.statusCode;
  return error instanceof OpenAI.APIError || error instanceof Anthropic.APIError ? error.status : undefined;
};
const failure = (asking: Promise<unknown>): Promise<Error> =>
  asking.then(
    () => expect.fail("It answered."),
    (thrown) => thrown,
  );

describe.each(Object.entries(CLIENTS))("%s", (_, ask) => {
  it.each([true, false])(
    "gives an answer up, and the model's server is left (streamed: %s)",
    async (stream) => {
      arrived = Promise.withResolvers();
      left = Promise.withResolvers();
      const stop = new AbortController();
      const begun = Promise.withResolvers<void>();
      const failed = failure(ask({ model: WAITING, stream, signal: stop.signal }, begun.resolve));
      await arrived.promise;
      if (stream) await begun.promise;
      stop.abort();
      expect((await failed).message + (await failed).name).toMatch(/abort/i);
      await left.promise;
    },
  );

  it.each([true, false])("reads refusals with their status and words (streamed: %s)", async (stream) => {
    for (const [asked, status, words] of [
      [{ model: "acme/limited" }, 429, "Too many requests at once."],
      [{ model: "acme/filtered" }, 400, "That is not answered."],
      [{ model: "acme/fails" }, 502, "The wire is down."],
      [{ model: "nobody/none" }, 404, "There is no model provider"],
      [{ model: "echo/echo", key: "pb_nobody-has-this-key" }, 401, ""],
    ] as const) {
      const error = await failure(ask({ ...asked, stream }));
      expect([statusOf(error), error.message], asked.model).toEqual([status, expect.stringContaining(words)]);
    }
  });

  it("is never told that an answer is whole which broke off", async () => {
    for (const model of ["acme/cut", "acme/late"]) {
      const error = await failure(ask({ model, stream: true }));
      expect(error.message, model).toMatch(/broke off|wire is down/);
    }
  });
});
