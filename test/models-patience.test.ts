import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientsAt, type FormatName, type ModelClients, WAYS } from "./support/model-clients.ts";
import { said } from "./support/model-plugin.ts";
import {
  answers,
  type Behaviour,
  breaksOff,
  fails,
  hangsUp,
  refuses,
  sends,
  tells,
  WHOLE,
  WORDS,
} from "./support/model-upstream.ts";
import { startOrganization, type TestOrganization } from "./support/organization.ts";
import { BOOTSTRAP_KEY } from "./support/server.ts";

const PLUGIN = "/api/orgs/default/plugins/patchbay.openai";
const KEY = "sk-of-the-organization";
const EVENTS = { "content-type": "text/event-stream" };
const WHOLE_JSON = { "content-type": "application/json" };

/** Writes a text one character at a time, for longer than anybody waits. */
const drips = (response: ServerResponse, text: string): void => {
  let at = 0;
  const timer = setInterval(() => response.write(text[at++ % text.length]), 20);
  response.on("close", () => clearInterval(timer));
};

/** What a server does, and with which status and code a client hears of it where no other model answers. */
interface Fault {
  readonly does: Behaviour;
  readonly status: number;
  readonly code: string;
  /** The code of a whole answer, if it is another one. */
  readonly wholeCode?: string;
  /** Streams alone: they begin with words before they fail. Of whole answers nobody can say how far they came. */
  readonly begins?: true;
}

const FAULTS = {
  "no-headers": { does: () => undefined, status: 504, code: "timeout" },
  "headers-alone": {
    does: (response, isStream) => {
      response.writeHead(200, isStream ? EVENTS : WHOLE_JSON);
      response.flushHeaders();
    },
    status: 504,
    code: "timeout",
  },
  "late-first-word": {
    does: (response, isStream) => {
      response.writeHead(200, isStream ? EVENTS : WHOLE_JSON);
      drips(response, isStream ? ": patience\n\n" : " ");
    },
    status: 504,
    code: "timeout",
  },
  stalls: {
    does: (response, isStream) => {
      if (isStream) tells(response, WORDS.slice(0, 20));
      else response.writeHead(200, WHOLE_JSON).write('{"choices":[');
    },
    status: 504,
    code: "timeout",
    begins: true,
  },
  "slow-body": {
    does: (response, isStream) => {
      response.writeHead(200, isStream ? EVENTS : WHOLE_JSON);
      drips(response, `data: ${"x".repeat(10_000)}`);
    },
    status: 504,
    code: "timeout",
  },
  "slow-after-words": {
    does: (response, isStream) => {
      if (isStream) tells(response, WORDS.slice(0, 20));
      drips(response, `data: ${"x".repeat(10_000)}`);
    },
    status: 504,
    code: "timeout",
    begins: true,
  },
  "refuses-key": {
    does: refuses(401, { message: `Wrong key ${KEY}.` }),
    status: 502,
    code: "key_refused",
  },
  "refuses-access": {
    does: refuses(403, { message: `Not with ${KEY}.` }),
    status: 502,
    code: "access_refused",
  },
  "knows-no-model": {
    does: refuses(404, { code: "model_not_found", message: "No such model." }),
    status: 404,
    code: "model_not_found",
  },
  "is-limited": {
    does: refuses(429, { message: "Slow down." }, { "retry-after": "60" }),
    status: 429,
    code: "rate_limited",
  },
  breaks: { does: fails, status: 502, code: "upstream_failed" },
  "is-overloaded": { does: refuses(503, { message: "Full." }), status: 503, code: "overloaded" },
  "sends-broken-json": { does: sends("application/json", '{"choices": ['), status: 502, code: "malformed" },
  "sends-a-page": { does: sends("text/html", "<p>Login</p>"), status: 502, code: "malformed" },
  "sends-broken-events": {
    does: sends("text/event-stream", "data: {broken\n\n"),
    status: 502,
    code: "malformed",
  },
  "says-nothing": { does: sends("application/json", ""), status: 502, code: "empty" },
  "hangs-up": { does: hangsUp, status: 502, code: "upstream_failed" },
  "breaks-off": { does: breaksOff, status: 502, code: "cut", wholeCode: "upstream_failed", begins: true },
} as const satisfies Record<string, Fault>;

const NAMES = Object.keys(FAULTS) as (keyof typeof FAULTS)[];
const isKnown = (name: string): name is keyof typeof FAULTS => name in FAULTS;

let parts: TestOrganization;
let upstream: Server;
let clients: ModelClients;

beforeAll(async () => {
  const seconds = "1";
  parts = await startOrganization({
    PATCHBAY_EGRESS_ALLOW_PRIVATE: "127.0.0.1",
    PATCHBAY_MODEL_FIRST_SECONDS: seconds,
    PATCHBAY_MODEL_SILENCE_SECONDS: seconds,
    PATCHBAY_MODEL_ANSWER_SECONDS: seconds,
  });
  upstream = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const part of request) chunks.push(part as Buffer);
    if (request.url?.endsWith("/models") === true)
      return void response.setHeader("content-type", "application/json").end('{"data":[{"id":"one"}]}');
    const body = JSON.parse(Buffer.concat(chunks).toString());
    // Each way asks a model of its own, so that none is left out for what it did to others.
    const [name] = String(body.model).split("--");
    const does: Behaviour = isKnown(name ?? "") ? FAULTS[name as keyof typeof FAULTS].does : answers;
    does(response, body.stream === true, request);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => upstream.once("listening", resolve));
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`;
  expect((await parts.owner.post(`${PLUGIN}/enable`)).status).toBe(200);
  const settings = { openai: { url, key: KEY }, other: { url, key: KEY } };
  expect((await parts.owner.put(`${PLUGIN}/settings`, settings)).status).toBe(200);
  const aliases = WAYS.flatMap((way) =>
    NAMES.map((name) => ({
      name: `helped-${nameFor(name, way)}`,
      models: [`openai/${nameFor(name, way)}`, "other/one"],
    })),
  );
  const rules = await parts.owner.put("/api/orgs/default/models/rules", { retries: 0, aliases });
  expect(rules.status, JSON.stringify(rules.body)).toBe(200);
  clients = clientsAt(parts.server.url);
});
afterAll(async () => {
  upstream?.closeAllConnections();
  upstream?.close();
  await parts?.stop();
});

const nameFor = (fault: string, { name, isStream }: { name: string; isStream: boolean }): string =>
  `${fault}--${name.replace(" ", "-")}-${isStream ? "stream" : "whole"}`;

const ROUTES = {
  "chat completions": { path: "/v1/chat/completions", more: { messages: said("Hi") } },
  responses: { path: "/v1/responses", more: { input: "Hi", store: false } },
  messages: { path: "/v1/messages", more: { max_tokens: 100, messages: said("Hi") } },
} as const;

const ask = async (name: FormatName, model: string, stream: boolean) => {
  const { path, more } = ROUTES[name];
  const response = await fetch(`${parts.server.url}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${BOOTSTRAP_KEY}`, "content-type": "application/json" },
    body: JSON.stringify({ model, stream, ...more }),
  });
  return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
};

/** By OpenAI's clients known by another name. */
const OPENAI_CODES: Readonly<Record<string, string>> = { rate_limited: "rate_limit_exceeded" };

/** The body of an error, as clients of each format read it. */
const errorOf = (name: FormatName, code: string): object => {
  const message = expect.stringMatching(/\.$/);
  if (name === "messages")
    return { type: "error", error: { type: expect.any(String), message, details: { error_code: code } } };
  const param = name === "responses" ? "" : null;
  return {
    error: { message, type: expect.stringMatching(/_error$/), param, code: OPENAI_CODES[code] ?? code },
  };
};

/** What the last event of a stream that broke off says. */
const lastEvent = (name: FormatName, code: string): object => {
  if (name === "messages") return errorOf(name, code);
  if (name === "chat completions") return errorOf(name, code);
  const error = expect.objectContaining({ code: OPENAI_CODES[code] ?? code });
  return { type: "response.failed", response: expect.objectContaining({ status: "failed", error }) };
};

const CLEAN_END = /"finish_reason":"|message_stop|response\.completed|"stop_reason":"/;
/** What nobody outside needs to know: keys, files of ours, and what libraries say. */
const INSIDE = new RegExp(`${KEY}|node_modules|/packages/|\\.ts:|\\bat .*\\(|UND_ERR|undici`);

const dataOf = (text: string): unknown[] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("data: "))
    .filter((line) => line !== "data: [DONE]")
    .map((line) => JSON.parse(line.slice(6)));

describe.concurrent.each(WAYS)("$name, as a stream: $isStream", (way) => {
  const { name, isStream } = way;

  it.each(NAMES)("is answered by the fallback where a server %s", async (fault) => {
    const { text, model } = await clients[name](`helped-${nameFor(fault, way)}`, isStream);
    expect(text).toBe(WHOLE);
    // Some clients read who answers where a stream begins.
    const hasBegun = isStream && "begins" in FAULTS[fault];
    expect(model).toMatch(hasBegun ? /^(?:openai|other)\/real-name$/ : /^other\/real-name$/);
  });

  it.each(NAMES)("fails in its own format where a server %s and no other is there", async (fault) => {
    const { status, code, ...more } = FAULTS[fault];
    const { text, ...told } = await ask(name, `openai/${nameFor(fault, way)}`, isStream);
    expect(text).not.toMatch(INSIDE);
    expect(text).not.toMatch(CLEAN_END);
    if (isStream && "begins" in more) {
      expect(told).toEqual({ status: 200, type: "text/event-stream; charset=utf-8" });
      expect(text).toContain("w0 ");
      expect(dataOf(text).at(-1)).toMatchObject(lastEvent(name, code));
      return;
    }
    expect({ ...told, text }).toMatchObject({ status, type: "application/json; charset=utf-8" });
    const wholeCode = !isStream && "wholeCode" in more ? more.wholeCode : code;
    expect(JSON.parse(text)).toMatchObject(errorOf(name, wholeCode));
  });
});
