import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { HostCall } from "@patchbay/core";
import {
  type ChatEvent,
  type FetchParams,
  type ModelFormat,
  type ModelUpstream,
  PatchbayError,
} from "@patchbay/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FORMATS } from "../formats/formats.ts";
import { retryAfterIn } from "./retry-after.ts";
import { UpstreamClient } from "./upstream-client.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

let server: Server;
let handler: Handler;
/** Requests that arrived, and those whose sender has gone before they were answered. */
let arrived: IncomingMessage[];
let gone: number;

beforeAll(async () => {
  server = createServer((request, response) => {
    arrived.push(request);
    response.on("close", () => {
      if (!response.writableFinished) gone += 1;
    });
    void handler(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  arrived = [];
  gone = 0;
});

/** As the platform sends, without its rules. */
const send = async (call: HostCall) => {
  const { url, method, headers } = call.params as FetchParams;
  const body = new Uint8Array(call.attachment);
  const answer = await fetch(url, {
    method,
    headers: headers.map(([name, value]) => [name, value]),
    body,
    signal: call.signal,
  });
  const head = {
    status: answer.status,
    statusText: "",
    headers: [...answer.headers],
    url,
    redirected: false,
  };
  return { value: head, ...(answer.body !== null && { body: answer.body as AsyncIterable<Uint8Array> }) };
};

const client = new UpstreamClient(send, { firstMs: 400, silenceMs: 200, wholeMs: 300 });
const spec = { installationId: "i", organizationId: "o", pluginId: "acme.models", version: "1.0.0" };
const callTo = (
  format: ModelFormat,
  more: Partial<ModelUpstream> = {},
  signal = new AbortController().signal,
) => ({
  spec,
  project: undefined,
  upstream: { format, baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`, ...more },
  signal,
});
const chat = FORMATS["openai-chat"];
const ask = (signal?: AbortSignal) =>
  client.ask(callTo("openai-chat", {}, signal), chat, "/chat/completions", {});
const stream = (signal?: AbortSignal) =>
  client.stream(callTo("openai-chat", {}, signal), chat, "/chat/completions", { stream: true });
const streamed = async (): Promise<ChatEvent[]> => (await Array.fromAsync(stream())).flat();

const EVENTS = { "content-type": "text/event-stream" };
const said = (content: string) =>
  `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", model: "m", choices: [{ index: 0, delta: { content } }] })}\n\n`;
const END = `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] })}\n\ndata: [DONE]\n\n`;
const WHOLE = {
  choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
};

describe("a request to an upstream", () => {
  it("goes to the format's path behind the base, with the provider's headers and query", async () => {
    handler = (_, response) => void response.end("{}");
    const call = callTo("anthropic-messages", {
      headers: { "X-Api-Key": "k" },
      query: { "api-version": "2" },
    });
    await client.ask(call, FORMATS["anthropic-messages"], "/messages", {});
    expect(arrived[0]?.url).toBe("/v1/messages?api-version=2");
    expect(arrived[0]?.headers).toMatchObject({
      "x-api-key": "k",
      "anthropic-version": "2023-06-01",
      "content-type": "application/json",
    });
  });

  it.each(["http://name:word@127.0.0.1/", "http://", "https://exa mple.com"])(
    "is not sent to %s",
    async (baseUrl) => {
      const asked = client.ask(callTo("openai-chat", { baseUrl }), chat, "/chat/completions", {});
      await expect(asked).rejects.toMatchObject({ name: "ModelFailure", error: { code: "upstream_failed" } });
    },
  );
});

describe("an upstream that fails", () => {
  it.each([
    ["refuses the key", 401, { error: { message: "no" } }, "key_refused"],
    ["has no such model", 404, { error: { code: "model_not_found", message: "no" } }, "model_not_found"],
    ["is limited", 429, { error: { message: "slow down" } }, "rate_limited"],
    ["breaks", 500, "<html>oh no</html>", "upstream_failed"],
    ["is overloaded", 503, "", "overloaded"],
  ])("%s: so it is told", async (_, status, body, code) => {
    handler = (_request, response) => {
      response.writeHead(status, { "retry-after": "7" });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    };
    const error = expect.objectContaining({ code, status, retryAfterSeconds: 7 });
    await expect(ask()).rejects.toMatchObject({ error });
    await expect(streamed()).rejects.toMatchObject({ error });
  });

  it.each([
    ["nothing", "application/json", "", "empty"],
    ["no JSON", "application/json", '{"choices": [', "malformed"],
    ["a page", "text/html", "<html>Welcome</html>", "malformed"],
  ])("by answering with %s", async (_, type, body, code) => {
    handler = (_request, response) => void response.writeHead(200, { "content-type": type }).end(body);
    await expect(ask()).rejects.toMatchObject({ error: { code } });
    await expect(streamed()).rejects.toMatchObject({ error: { code } });
  });

  it("by a stream that breaks off", async () => {
    handler = async (_, response) => {
      response.writeHead(200, EVENTS).write(said("half"));
      await sleep(30);
      response.destroy();
    };
    const events: ChatEvent[] = [];
    await expect(
      (async () => {
        for await (const batch of stream()) events.push(...batch);
      })(),
    ).rejects.toMatchObject({ error: { code: "cut" } });
    expect(events).toContainEqual({ type: "text", text: "half" });
  });

  it("by a stream that ends without an end", async () => {
    handler = (_, response) => void response.writeHead(200, EVENTS).end(said("half"));
    expect((await streamed()).at(-1)).toMatchObject({ type: "error", error: { code: "cut" } });
  });
});

describe("an upstream that is slow", () => {
  const timeout = (words: string) => ({
    error: { code: "timeout", message: expect.stringContaining(words) },
  });

  it("is left when it never answers", async () => {
    handler = () => undefined;
    await expect(ask()).rejects.toMatchObject(timeout("did not answer"));
    await expect(streamed()).rejects.toMatchObject(timeout("did not begin to answer"));
    await expect.poll(() => gone).toBe(2);
  });

  it("is left when it only says that it lives", async () => {
    handler = async (_, response) => {
      response.writeHead(200, EVENTS);
      for (let count = 0; count < 100 && !response.destroyed; count += 1) {
        response.write(": still here\n\n");
        await sleep(20);
      }
    };
    await expect(streamed()).rejects.toMatchObject(timeout("did not begin to answer"));
  });

  it("is left when it falls silent, and what it had said was handed on", async () => {
    handler = (_, response) => void response.writeHead(200, EVENTS).write(said("half"));
    const events: ChatEvent[] = [];
    await expect(
      (async () => {
        for await (const batch of stream()) events.push(...batch);
      })(),
    ).rejects.toMatchObject(timeout("was silent"));
    expect(events).toContainEqual({ type: "text", text: "half" });
    await expect.poll(() => gone).toBe(1);
  });

  it("is not left for the time that its reader takes", async () => {
    handler = (_, response) => {
      response.writeHead(200, EVENTS).write(said("one"));
      setTimeout(() => response.end(said("two") + END), 50);
    };
    const events: ChatEvent[] = [];
    for await (const batch of stream()) {
      events.push(...batch);
      await sleep(300);
    }
    expect(events.at(-1)).toEqual({ type: "finish", reason: "stop" });
  });
});

it("an upstream that has said its last need not close its stream", async () => {
  handler = (_, response) => void response.writeHead(200, EVENTS).write(said("one") + END);
  const events = await streamed();
  expect(events.at(-1)).toEqual({ type: "finish", reason: "stop" });
  await expect.poll(() => gone).toBe(1);
});

it.each([
  ["many values", `{"junk":[${"[],".repeat(200_000)}[]]}`],
  ["many bytes", JSON.stringify({ junk: "x".repeat(9 * 1024 * 1024) })],
])("an upstream's answer of %s is not taken", async (_, body) => {
  handler = (_request, response) =>
    void response.writeHead(200, { "content-type": "application/json" }).end(body);
  await expect(ask()).rejects.toMatchObject({ error: { code: "too_large" } });
});

describe("an upstream is left", () => {
  it("at once when nobody waits any more", async () => {
    handler = (_, response) => void response.writeHead(200, EVENTS).write(said("one"));
    const ending = new AbortController();
    const reading = stream(ending.signal);
    await reading.next();
    const next = reading.next();
    ending.abort(new PatchbayError("cancelled", "Gone."));
    await expect(next).rejects.toThrow();
    await expect.poll(() => gone).toBe(1);
  });

  it("when its stream is not read to the end", async () => {
    handler = (_, response) => void response.writeHead(200, EVENTS).write(said("one"));
    const reading = stream();
    await reading.next();
    await reading.return(undefined);
    await expect.poll(() => gone).toBe(1);
  });
});

it("an upstream that cannot stream is read whole", async () => {
  handler = (_, response) =>
    void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(WHOLE));
  const events = await streamed();
  expect(events).toContainEqual({ type: "text", text: "Hi" });
  expect(events.at(-1)).toEqual({ type: "finish", reason: "stop" });
});

it.each([
  [{ "retry-after": "7" }, 7],
  [{ "retry-after": "0.5" }, 0.5],
  [{ "retry-after-ms": "1500", "retry-after": "9" }, 1.5],
  [{ "retry-after": "Thu, 01 Jan 1970 00:01:30 GMT" }, 90],
  [{ "retry-after": "Thu, 01 Jan 1960 00:00:00 GMT" }, 0],
  [{ "retry-after": "soon" }, undefined],
  [{ "retry-after": "-5" }, undefined],
  [{}, undefined],
])("%j asks to come again in %s seconds", (headers: Record<string, string>, seconds) => {
  expect(retryAfterIn((name) => headers[name], 0)).toEqual(seconds);
});
