import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { said } from "./support/model-plugin.ts";
import { chunk } from "./support/model-upstream.ts";
import { startOrganization, type TestOrganization } from "./support/organization.ts";
import { BOOTSTRAP_KEY } from "./support/server.ts";

const TRIALS = 30;
/** What is promised is 20 ms, which a machine that does much else at the same time cannot keep. */
const BOUND_MS = 250;
const WIRES = "acme.wires";

/** Providers of one server: asked by Patchbay, adapted, and by plugins that look at their signal or do not. */
const codeFor = (url: string) => `
const upstream = () => ({ format: "openai-chat", baseUrl: "${url}/v1" });
const list = () => [{ name: "one", kind: "chat" }];
const ask = (request, signal) => fetch("${url}/v1/chat/completions", {
  method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ stream: request.stream === true }), ...(signal && { signal }),
});
const streamed = async function* (request, signal) {
  const answer = await ask(request, signal);
  for await (const _ of answer.body) yield { type: "text", text: "a word " };
  yield { type: "finish", reason: "stop" };
};
const whole = async (request, signal) => { await (await ask(request, signal)).json(); return { parts: [], finish: "stop" }; };
const asks = (request, signal) => request.stream === true ? streamed(request, signal) : whole(request, signal);
export default { models: {
  direct: { list, upstream },
  adapted: { list, upstream, adapt: (body) => ({ ...body, seed: 7 }) },
  heedful: { list, chat: (request, { signal }) => asks(request, signal) },
  heedless: { list, chat: (request) => asks(request) },
} };
`;

let parts: TestOrganization;
let upstream: Server;
/** The request that the model's server has at this moment: when it came, and when its connection was closed. */
let arrived: PromiseWithResolvers<void>;
let left: PromiseWithResolvers<number>;
const expectOne = () => {
  arrived = Promise.withResolvers();
  left = Promise.withResolvers();
};

beforeAll(async () => {
  expectOne();
  upstream = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const part of incoming) chunks.push(part as Buffer);
    response.on("close", () => left.resolve(performance.now()));
    arrived.resolve();
    if (JSON.parse(Buffer.concat(chunks).toString()).stream !== true) return;
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (; !response.destroyed; await sleep(50)) response.write(chunk({ content: "a word " }));
  }).listen(0, "127.0.0.1");
  await once(upstream, "listening");
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  parts = await startOrganization({ PATCHBAY_EGRESS_ALLOW_PRIVATE: "127.0.0.1" });
  const models = ["direct", "adapted"].map((name) => ({ name, kinds: ["chat"], upstream: name }));
  const own = ["heedful", "heedless"].map((name) => ({ name, kinds: ["chat"] }));
  const manifest = {
    contributes: { models: [...models, ...own] },
    permissions: { required: [{ name: "net.fetch", hosts: ["127.0.0.1"], reason: "Asks its models." }] },
  };
  await parts.install({ id: WIRES, code: codeFor(url), manifest }, ["net.fetch"]);
  const enabled = await parts.owner.post(`/api/orgs/default/plugins/${WIRES}/enable`);
  expect(enabled.status, JSON.stringify(enabled.body)).toBe(200);
});
afterAll(async () => {
  upstream?.closeAllConnections();
  upstream?.close();
  await parts?.stop();
});

const FORMATS = [
  { path: "/v1/chat/completions", more: { messages: said("Hi") } },
  { path: "/v1/responses", more: { input: "Hi" } },
  { path: "/v1/messages", more: { messages: said("Hi"), max_tokens: 100 } },
] as const;

/** Milliseconds from a client's going, in the middle of its answer, to the upstream's seeing its own connection closed. */
const leave = async (trial: number, model: string, stream: boolean): Promise<number> => {
  const { path, more } = FORMATS[trial % FORMATS.length] ?? FORMATS[0];
  expectOne();
  const asked = request(new URL(path, parts.server.url), {
    method: "POST",
    agent: false,
    headers: { authorization: `Bearer ${BOOTSTRAP_KEY}`, "content-type": "application/json" },
  });
  asked.on("error", () => undefined);
  asked.end(JSON.stringify({ model, stream, ...more }));
  await arrived.promise;
  if (stream) {
    const [answer] = await once(asked, "response");
    for (let text = ""; !text.includes("a word "); ) text += String((await once(answer, "data"))[0]);
  }
  const went = performance.now();
  asked.destroy();
  return (await left.promise) - went;
};

const usageOf = async (model: string) => {
  const { items } = await parts.client.usage.get({ by: "model" });
  return items.find((item) => item.model === model);
};

describe.each([
  ["direct/one", true],
  ["direct/one", false],
  ["adapted/one", true],
  ["adapted/one", false],
  ["heedful/one", true],
  ["heedful/one", false],
  ["heedless/one", true],
  ["heedless/one", false],
])("a client that leaves %s, as a stream: %s", (model, stream) => {
  it("is followed by the connection to the model's server, and its account is kept", async () => {
    const before = await usageOf(model);
    const times: number[] = [];
    for (let trial = 0; trial < TRIALS; trial += 1) times.push(await leave(trial, model, stream));
    const [median, greatest] = [TRIALS / 2, TRIALS - 1].map((at) => times.toSorted((a, b) => a - b)[at] ?? 0);
    process.stdout.write(
      `${model}, ${stream ? "stream" : "whole"}: closed after ${median?.toFixed(1)} ms (median), ${greatest?.toFixed(1)} ms (greatest) of ${TRIALS}\n`,
    );
    expect(greatest).toBeLessThan(BOUND_MS);
    await expect.poll(async () => (await usageOf(model))?.requests).toBe((before?.requests ?? 0) + TRIALS);
    const after = await usageOf(model);
    expect((after?.estimatedInputTokens ?? 0) - (before?.estimatedInputTokens ?? 0)).toBeGreaterThan(0);
    if (stream)
      expect(
        (after?.estimatedOutputTokens ?? 0) - (before?.estimatedOutputTokens ?? 0),
      ).toBeGreaterThanOrEqual(TRIALS);
  });
});

it("budgets have nothing reserved for who has left", async () => {
  const budget = await parts.client.budgets.create({
    for: { kind: "organization" },
    of: "tokens",
    amount: 1_000_000,
    per: "total",
  });
  for (const stream of [true, false]) await leave(0, "direct/one", stream);
  await expect.poll(async () => (await parts.client.budgets.get(budget.id)).use[0]?.reserved).toBe(0);
  await parts.client.budgets.delete(budget.id);
});
