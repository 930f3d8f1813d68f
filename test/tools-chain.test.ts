import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { CallDto } from "@patchbay/protocol";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runCli } from "./support/cli.ts";
import { startOrganization, type TestOrganization } from "./support/organization.ts";
import { BOOTSTRAP_KEY } from "./support/server.ts";

const TRIALS = 20;
/** What is promised is 100 ms, which a machine that does much else at the same time cannot keep. */
const BOUND_MS = 500;
const PROMISED_MS = 100;
const CHAIN = ["acme.first", "acme.middle", "acme.last"];

/** Each has the next one of the way do it; the last one does it. None of them passes its signal on. */
const codeFor = (url: string) => `
export default { tools: { run: { description: "Goes on.", run: async ({ way = [], does }, { api }) => {
  const [next, ...rest] = way;
  if (next !== undefined) return await api.tools.invoke(next, { way: rest, does });
  if (does === "wait") return await (await fetch("${url}")).text();
  const answer = await api.chat.sendMessage({ messages: [{ role: "user", parts: [{ type: "text", text: "One two three." }] }] });
  return answer.parts;
} } } };`;

let parts: TestOrganization;
let server: Server;
let arrived: PromiseWithResolvers<void>;
let left: PromiseWithResolvers<number>;

beforeAll(async () => {
  server = createServer((_request, response) => {
    response.on("close", () => left.resolve(performance.now()));
    arrived.resolve();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  parts = await startOrganization({ PATCHBAY_EGRESS_ALLOW_PRIVATE: "127.0.0.1" });
  const permissions = {
    required: [
      { name: "tools.invoke", ids: ["acme.middle/*", "acme.last/run"], reason: "Has others do it." },
      { name: "net.fetch", hosts: ["127.0.0.1"], reason: "Waits there." },
      { name: "chat.inference", reason: "Asks models." },
    ],
  };
  for (const id of CHAIN) {
    const source = { id, code: codeFor(url), tools: ["run"], manifest: { permissions } };
    await parts.install(source, ["tools.invoke", "net.fetch", "chat.inference"]);
    await parts.client.plugins.step(id, "enable");
  }
  await parts.client.plugins.step("patchbay.echo", "enable");
});
afterAll(async () => {
  server?.closeAllConnections();
  server?.close();
  await parts?.stop();
});

const WAY = { way: ["acme.middle/run", "acme.last/run"] };
const PATH = "/api/orgs/default/tools/acme.first/run";

it("a client that leaves is followed through all of a chain", async () => {
  const times: number[] = [];
  for (let trial = 0; trial < TRIALS; trial += 1) {
    arrived = Promise.withResolvers();
    left = Promise.withResolvers();
    const asked = request(new URL(PATH, parts.server.url), {
      method: "POST",
      agent: false,
      headers: { authorization: `Bearer ${BOOTSTRAP_KEY}`, "content-type": "application/json" },
    });
    asked.on("error", () => undefined);
    asked.end(JSON.stringify({ input: { ...WAY, does: "wait" } }));
    await arrived.promise;
    const went = performance.now();
    asked.destroy();
    times.push((await left.promise) - went);
  }
  const [median, greatest] = [TRIALS / 2, TRIALS - 1].map((at) => times.toSorted((a, b) => a - b)[at] ?? 0);
  process.stdout.write(
    `Three plugins: all ended after ${median?.toFixed(1)} ms (median), ${greatest?.toFixed(1)} ms (greatest) of ${TRIALS}\n`,
  );
  expect(greatest).toBeLessThan(BOUND_MS);
  expect(median).toBeLessThan(PROMISED_MS);
});

/** The calls of the newest chain that began with the trace, as they were made. */
const chainOf = async (trace: string): Promise<CallDto[]> => {
  const find = async () =>
    (await parts.client.calls.list({ plugin: "acme.first" })).items.find((one) => one.trace === trace);
  await expect.poll(find).toBeDefined();
  const first = await find();
  return (await parts.client.calls.get(first?.id ?? "")).calls;
};

it("the log of calls has a chain that a client has left with each call below the one that made it", async () => {
  arrived = Promise.withResolvers();
  left = Promise.withResolvers();
  const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const asked = request(new URL(PATH, parts.server.url), {
    method: "POST",
    agent: false,
    headers: {
      authorization: `Bearer ${BOOTSTRAP_KEY}`,
      "content-type": "application/json",
      traceparent: `00-${trace}-00f067aa0ba902b7-01`,
    },
  });
  asked.on("error", () => undefined);
  asked.end(JSON.stringify({ input: { ...WAY, does: "wait" } }));
  await arrived.promise;
  asked.destroy();
  await left.promise;
  await expect.poll(async () => (await chainOf(trace)).length).toBe(3);
  const chain = await chainOf(trace);
  const [first, middle] = chain;
  expect(
    chain.map(({ plugin, parent, caller, surface, code }) => [plugin, parent, caller, surface, code]),
  ).toEqual([
    ["acme.first", undefined, undefined, "api", "cancelled"],
    ["acme.middle", first?.id, "acme.first", "api", "cancelled"],
    ["acme.last", middle?.id, "acme.middle", "api", "cancelled"],
  ]);
  for (const call of chain) expect(call.apiKey?.id).toBe(first?.apiKey?.id);
});

it("the command line prints calls, of one plugin and of all", async () => {
  const environment = { PATCHBAY_URL: parts.server.url, PATCHBAY_API_KEY: BOOTSTRAP_KEY };
  const printed = await runCli(["plugin", "calls", "acme.last", "--ended", "cancelled", "--limit", "2"], {
    environment,
  });
  expect(printed).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/WHEN +MS +CALLED[\s\S]*acme\.last\/run +acme\.middle +cancelled/),
  });
  const all = await runCli(["plugin", "calls", "--limit", "1", "--json"], { environment });
  expect(JSON.parse(all.stdout)).toMatchObject([{ kind: "tools" }]);
  expect((await runCli(["plugin", "calls", "--limit", "many"], { environment })).code).toBe(2);
});

it("a chain that would go round is refused with the way that it took, through all of it", async () => {
  const refused = await parts.owner.post(PATH, {
    input: { way: ["acme.middle/run", "acme.last/run", "acme.middle/run"] },
  });
  expect(refused).toMatchObject({
    status: 409,
    body: {
      code: "call_loop",
      detail: expect.stringContaining("acme.first/run → acme.middle/run → acme.last/run → acme.middle/run"),
    },
  });
  const codes = async () =>
    (await parts.client.calls.list({ ended: "call_loop" })).items.map(({ plugin }) => plugin);
  await expect.poll(codes).toEqual(CHAIN.toReversed());
});

it("what a chain costs is on the account of who began it, with the key that they used", async () => {
  expect((await parts.manager.post(PATH, { input: { ...WAY, does: "ask" } })).status).toBe(200);
  expect((await parts.owner.post(PATH, { input: { ...WAY, does: "ask" } })).status).toBe(200);
  const items = async (by: "person" | "key") => (await parts.client.usage.get({ by })).items;
  await expect
    .poll(async () => (await items("person")).find(({ name }) => name === parts.manager.email)?.requests)
    .toBe(1);
  await expect.poll(async () => (await items("key")).filter(({ key }) => key !== null).length).toBe(1);
});

it("a budget of a person holds in what their call has plugins do", async () => {
  const { user } = (await parts.manager.get("/api/me")).body;
  await parts.client.budgets.create({
    for: { kind: "person", id: user.id },
    of: "requests",
    amount: 1,
    per: "day",
  });
  expect((await parts.manager.post(PATH, { input: { does: "ask" } })).status).toBe(200);
  const refused = await parts.manager.post(PATH, { input: { ...WAY, does: "ask" } });
  expect(refused.body).toMatchObject({ detail: expect.stringMatching(/budget|used up/i) });
  expect(refused.status).toBeGreaterThanOrEqual(400);
  expect((await parts.owner.post(PATH, { input: { ...WAY, does: "ask" } })).status).toBe(200);
});
