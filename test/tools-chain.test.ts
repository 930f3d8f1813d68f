import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startOrganization, type TestOrganization } from "./support/organization.ts";
import { BOOTSTRAP_KEY } from "./support/server.ts";

const TRIALS = 20;
/** What is promised is 100 ms, which a machine that does much else at the same time cannot keep. */
const BOUND_MS = 500;
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
