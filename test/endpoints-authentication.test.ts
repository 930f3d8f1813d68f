import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import {
  ENDPOINT_PLUGIN,
  ENDPOINTS_OF,
  installEndpointPlugin,
  makeAddress,
} from "./support/endpoint-plugin.ts";
import { startServer, type TestServer, temporaryFolder } from "./support/server.ts";
import { signedHeaders } from "./support/signed-messages.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
let api: Api;

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await startServer({ dataDir: folder.path });
  api = new Api(server.url);
  await installEndpointPlugin(api);
});
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

const statusOf = async (answer: Response | Promise<Response>) => (await answer).status;
const withKey = (url: string, key: string) => fetch(url, { headers: { authorization: `Bearer ${key}` } });
const rotate = (id: string, body: object) => api.post(`${ENDPOINTS_OF}/${id}/rotate`, body);

const signed = (
  { url, secret }: { url: string; secret: string },
  {
    id = "msg_1",
    body = '{"n":1}',
    at = new Date(),
    sent = body,
  }: Partial<Record<"id" | "body" | "sent", string>> & { at?: Date } = {},
) =>
  fetch(url, {
    method: "POST",
    body: sent,
    headers: signedHeaders(secret, id, body, at),
  });
const seen = async () =>
  (await api.post(`/api/orgs/default/tools/${ENDPOINT_PLUGIN}/seen`, {})).body.output.map(
    ({ id }: { id: string }) => id,
  );

describe("A key", () => {
  it("opens its endpoint alone, by either header, and stays with the platform", async () => {
    const { url, secret } = await makeAddress(api, "keyed");
    const other = await makeAddress(api, "keyed");
    expect(secret).toMatch(/^pbe_.{43}$/);
    const answer = await withKey(url, secret);
    expect(answer.status).toBe(200);
    expect(await answer.text()).not.toContain(secret);
    expect(await statusOf(fetch(url, { headers: { "x-api-key": secret } }))).toBe(200);
    expect(await statusOf(fetch(url))).toBe(401);
    expect(await statusOf(withKey(url, other.secret))).toBe(401);
    expect(await statusOf(withKey(url, `${secret}x`))).toBe(401);
  });

  it("holds beside the next one for as long as was said", async () => {
    const { url, secret, id } = await makeAddress(api, "keyed");
    const next = (await rotate(id, { of: "secret", keptSeconds: 3_600 })).body;
    expect(next.endpoint.secrets).toHaveLength(2);
    expect(await statusOf(withKey(url, secret))).toBe(200);
    expect(await statusOf(withKey(url, next.secret))).toBe(200);
    const last = (await rotate(id, { of: "secret", keptSeconds: 0 })).body;
    expect(last.endpoint.secrets).toHaveLength(1);
    await expect.poll(() => statusOf(withKey(url, secret))).toBe(401);
    expect(await statusOf(withKey(url, next.secret))).toBe(401);
    expect(await statusOf(withKey(url, last.secret))).toBe(200);
    for (let more = 0; more < 4; more += 1) expect((await rotate(id, { of: "secret" })).status).toBe(200);
    expect((await rotate(id, { of: "secret" })).body.code).toBe("quota_exceeded");
  });

  it("that holds no more ends what it opened", async () => {
    const { url, secret, id } = await makeAddress(api, "ticking", { authentication: "key" });
    const answer = await withKey(url, secret);
    expect(answer.status).toBe(200);
    expect((await rotate(id, { of: "secret", keptSeconds: 0 })).status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
    const requests = async () => (await api.get(`${ENDPOINTS_OF}/${id}/requests`)).body.items;
    await expect.poll(requests).toMatchObject([{ status: 200, code: "endpoint_unauthenticated" }]);
  });

  it("is asked for no more often by a network that goes on failing, which keeps out nobody who has one", async () => {
    const { url, secret } = await makeAddress(api, "keyed");
    const statuses: number[] = [];
    for (let failed = 0; failed < 61; failed += 1) statuses.push(await statusOf(withKey(url, "wrong")));
    expect(statuses.slice(0, 60)).toEqual(Array.from({ length: 60 }, () => 401));
    expect(statuses[60]).toBe(429);
    expect(await statusOf(withKey(url, secret))).toBe(200);
  });
});

it("keeps what it opened out of caches, and is asked for however the address is written", async () => {
  const { url, secret } = await makeAddress(api, "private", { address: "kept-out" });
  const answer = await withKey(url.replace("default.kept", "default%2Ekept"), secret);
  expect([answer.status, await answer.text()]).toEqual([200, "for you"]);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  const written = await withKey(url.replace("/e/", "/%65/"), secret);
  expect([written.status, written.headers.get("cache-control")]).toEqual([200, "no-store"]);
  expect(await statusOf(fetch(url.replace("/e/", "/%65/")))).toBe(401);
});

describe("A signed message", () => {
  it("is delivered once, whoever sends it again", async () => {
    const made = await makeAddress(api, "signed");
    expect(made.secret).toMatch(/^whsec_/);
    expect(await statusOf(signed(made, { id: "msg_once" }))).toBe(202);
    expect(await statusOf(signed(made, { id: "msg_once" }))).toBe(204);
    const together = await Promise.all([1, 2, 3].map(() => statusOf(signed(made, { id: "msg_together" }))));
    expect(together.filter((status) => status === 202)).toHaveLength(1);
    expect(together.filter((status) => status === 204 || status === 409)).toHaveLength(2);
    expect((await seen()).filter((id: string) => id === "msg_once")).toEqual(["msg_once"]);
    expect((await seen()).filter((id: string) => id === "msg_together")).toEqual(["msg_together"]);
  });

  it("that the plugin did not take comes again", async () => {
    const made = await makeAddress(api, "signed");
    await api.post(`/api/orgs/default/tools/${ENDPOINT_PLUGIN}/failNext`, { input: { times: 1 } });
    expect(await statusOf(signed(made, { id: "msg_again" }))).toBe(500);
    expect(await statusOf(signed(made, { id: "msg_again" }))).toBe(202);
    expect(await statusOf(signed(made, { id: "msg_again" }))).toBe(204);
  });

  it("is refused with another body, another secret, an old time, or without a text that could be signed", async () => {
    const made = await makeAddress(api, "signed");
    const other = await makeAddress(api, "signed");
    const before = (await seen()).length;
    const minutes = (count: number) => new Date(Date.now() + count * 60_000);
    const refused = [
      signed(made, { id: "msg_x", sent: '{"n":2}' }),
      signed({ ...made, secret: other.secret }, { id: "msg_x" }),
      signed(made, { id: "msg_x", at: minutes(-6) }),
      signed(made, { id: "msg_x", at: minutes(6) }),
      signed(made, { id: "msg.x" }),
      fetch(made.url, { method: "POST", body: "{}" }),
    ];
    for (const answer of refused) expect(await statusOf(answer)).toBe(401);
    const large = JSON.stringify({ text: "x".repeat(1024 * 1024) });
    expect(await statusOf(signed(made, { id: "msg_large", body: large }))).toBe(413);
    expect((await seen()).length).toBe(before);
    expect(await statusOf(signed(made, { id: "msg_x" }))).toBe(202);
  });
});

describe("An address", () => {
  it("takes so many requests of a network in a minute", async () => {
    const { url } = await makeAddress(api, "small", { perMinute: 2 });
    const answers = [await fetch(url), await fetch(url), await fetch(url)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(Number(answers[2]?.headers.get("retry-after"))).toBeGreaterThan(50);
  });

  it("can be chosen, and can be given up for another", async () => {
    const chosen = await makeAddress(api, "small", { address: "shop-orders" });
    expect(chosen.url).toBe(`${server.url}/e/default.shop-orders`);
    const again = await api.post(ENDPOINTS_OF, {
      plugin: ENDPOINT_PLUGIN,
      endpoint: "small",
      address: "shop-orders",
    });
    expect([again.status, again.body.code]).toEqual([409, "address_taken"]);
    const { body } = await rotate(chosen.id, { of: "address" });
    await expect.poll(() => statusOf(fetch(chosen.url))).toBe(404);
    expect(await statusOf(fetch(body.endpoint.url))).toBe(200);
    expect(body.endpoint.url).toMatch(/\/e\/[0-9a-f]{40}$/);
  });
});
