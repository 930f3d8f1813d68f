import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Api } from "./support/api.ts";
import { runCli } from "./support/cli.ts";
import {
  ENDPOINT_PLUGIN,
  ENDPOINTS_OF,
  installEndpointPlugin,
  makeAddress,
} from "./support/endpoint-plugin.ts";
import { startOrganization, type TestOrganization } from "./support/organization.ts";
import { type Person, signedUp } from "./support/people.ts";
import { BOOTSTRAP_KEY } from "./support/server.ts";

let org: TestOrganization;
let api: Api;
let member: Person;

beforeAll(async () => {
  org = await startOrganization();
  api = org.owner;
  await org.client.organizations.createProject({ slug: "shop", name: "Shop" });
  member = await signedUp(org.server.url, "max@example.org", { organization: "default", role: "member" });
  await installEndpointPlugin(api);
});
afterAll(() => org?.stop());

const requestsOf = async (id: string) => (await api.get(`${ENDPOINTS_OF}/${id}/requests`)).body.items;
const made = { plugin: ENDPOINT_PLUGIN, endpoint: "orders" };

describe("Addresses", () => {
  it("are made for what plugins offer, with what they said of it", async () => {
    const { items } = (await api.get("/api/orgs/default/offered-endpoints")).body;
    expect(items[0]).toEqual({
      plugin: ENDPOINT_PLUGIN,
      endpoint: "orders",
      title: "Orders",
      description: "Takes orders.",
      methods: ["GET", "POST"],
      path: "/orders/{id}",
      authentication: "none",
      projects: ["default", "shop", "web"],
      forAll: true,
    });
    const { body, status, headers } = await api.post(ENDPOINTS_OF, made);
    expect(status).toBe(201);
    expect(headers.get("location")).toBe(`${ENDPOINTS_OF}/${body.endpoint.id}`);
    expect(body.endpoint).toMatchObject({
      title: "Orders",
      state: "serving",
      enabled: true,
      perMinute: 600,
      maxSeconds: 60,
      keepsBodies: false,
      secrets: [],
    });
    expect(body.secret).toBeUndefined();
    const wrong = [
      [{ ...made, endpoint: "nothing" }, "endpoint_not_found"],
      [{ ...made, plugin: "acme.nobody" }, "plugin_not_installed"],
      [{ ...made, project: "nowhere" }, "project_not_found"],
      [{ ...made, endpoint: "keyed", authentication: "none" }, "invalid_request"],
      [{ ...made, maxBodyBytes: 2_000_000_000 }, "invalid_request"],
    ] as const;
    for (const [input, code] of wrong) expect((await api.post(ENDPOINTS_OF, input)).body.code).toBe(code);
  });

  it("are changed by whoever has seen them as they are, and switched off at once", async () => {
    const { id, url } = await makeAddress(api, "small");
    const { headers } = await api.get(`${ENDPOINTS_OF}/${id}`);
    const patch = (body: object, seen = headers.get("etag") ?? "") =>
      api.call("PATCH", `${ENDPOINTS_OF}/${id}`, body, { "if-match": seen });
    const off = await patch({ enabled: false, title: "Small" });
    expect(off.body.endpoint).toMatchObject({ state: "off", title: "Small" });
    expect((await patch({ enabled: true })).body.code).toBe("revision_changed");
    await expect.poll(async () => (await fetch(url)).status).toBe(404);
    const { body } = await patch({ enabled: true, authentication: "key" }, off.headers.get("etag") ?? "");
    expect(body.secret).toMatch(/^pbe_/);
    await expect.poll(async () => (await fetch(url)).status).toBe(401);
    expect((await fetch(url, { headers: { "x-api-key": body.secret } })).status).toBe(200);
    expect((await api.delete(`${ENDPOINTS_OF}/${id}`)).status).toBe(204);
    await expect.poll(async () => (await fetch(url)).status).toBe(404);
    const { items } = (await api.get(`/api/orgs/default/plugins/${ENDPOINT_PLUGIN}/history`)).body;
    expect(items.slice(0, 4).map(({ action }: { action: string }) => action)).toEqual([
      "endpoint.deleted",
      "endpoint.changed",
      "endpoint.changed",
      "endpoint.created",
    ]);
    expect(JSON.stringify(items)).not.toContain(body.secret);
  });

  it("of a project are its manager's, and no others", async () => {
    const whole = await makeAddress(api, "small");
    const shop = await makeAddress(api, "small", { project: "shop" });
    const make = (body: object) => org.manager.post(ENDPOINTS_OF, { ...made, ...body });
    expect((await make({})).body.code).toBe("forbidden");
    expect((await make({ project: "shop" })).body.code).toBe("project_not_found");
    const own = await make({ project: "web" });
    expect(own.status).toBe(201);
    const seen = (await org.manager.get(ENDPOINTS_OF)).body.items.map(({ id }: { id: string }) => id);
    expect(seen).toEqual([own.body.endpoint.id]);
    for (const { id } of [whole, shop])
      expect((await org.manager.get(`${ENDPOINTS_OF}/${id}/requests`)).body.code).toBe("endpoint_not_found");
    expect((await member.get(ENDPOINTS_OF)).body.code).toBe("forbidden");
    expect((await org.stranger.get(ENDPOINTS_OF)).body.code).toBe("organization_not_found");
    const path = `/api/orgs/other/endpoints/${whole.id}`;
    expect((await org.stranger.get(path)).body.code).toBe("endpoint_not_found");
    const offered = (await org.manager.get("/api/orgs/default/offered-endpoints")).body.items;
    expect(offered[0]).toMatchObject({ projects: ["web"], forAll: false });
    const answer = await fetch(`${own.body.endpoint.url}/orders/1`);
    expect(await answer.json()).toMatchObject({ project: "web" });
  });

  it("of a project answer nothing once the plugin does not apply to it, and go with it", async () => {
    const { id, url } = await makeAddress(api, "small", { project: "shop" });
    const scope = `/api/orgs/default/plugins/${ENDPOINT_PLUGIN}/scope`;
    expect((await api.put(scope, { projects: ["web"] })).status).toBe(200);
    await expect.poll(async () => (await fetch(url)).status).toBe(503);
    expect((await api.get(`${ENDPOINTS_OF}/${id}`)).body).toMatchObject({ state: "failing" });
    expect((await api.put(scope, { projects: "all" })).status).toBe(200);
    await expect.poll(async () => (await fetch(url)).status).toBe(200);
    expect((await api.delete("/api/orgs/default/projects/shop")).status).toBe(204);
    await expect.poll(async () => (await fetch(url)).status).toBe(404);
  });

  it("answer nothing without the permission", async () => {
    const { url } = await makeAddress(api, "small");
    const grants = `/api/orgs/default/plugins/${ENDPOINT_PLUGIN}/grants`;
    const disable = `/api/orgs/default/plugins/${ENDPOINT_PLUGIN}/disable`;
    expect((await api.post(disable)).status).toBe(200);
    expect((await api.put(grants, { grants: ["storage.scoped"] })).status).toBe(200);
    expect((await api.post(ENDPOINTS_OF, made)).body.code).toBe("permission_denied");
    expect((await fetch(url)).status).toBe(503);
    expect((await api.put(grants, { grants: ["storage.scoped", "endpoints.serve"] })).status).toBe(200);
    expect((await api.post(`/api/orgs/default/plugins/${ENDPOINT_PLUGIN}/enable`)).status).toBe(200);
    await expect.poll(async () => (await fetch(url)).status).toBe(200);
  });
});

describe("What has come", () => {
  it("is listed with secrets masked, and made once more", async () => {
    const { id, url } = await makeAddress(api, "orders", { keepsBodies: true });
    const ask = `${url}/orders/7?access_token=hidden&page=2`;
    await fetch(ask, { method: "POST", body: "what was sent", headers: { "x-gitlab-token": "hidden" } });
    await expect.poll(() => requestsOf(id)).toHaveLength(1);
    const [request] = await requestsOf(id);
    expect(request).toMatchObject({
      method: "POST",
      path: "/orders/7",
      query: "?access_token=•••&page=2",
      status: 200,
      requestBytes: 13,
      replayable: true,
    });
    // A list of many would be as long as all that they have sent.
    expect(request).not.toHaveProperty("body");
    const whole = (await api.get(`${ENDPOINTS_OF}/${id}/requests/${request.id}`)).body;
    expect(whole).toEqual({ ...request, body: Buffer.from("what was sent").toString("base64") });
    expect(JSON.stringify(request)).not.toContain("hidden");
    const again = await api.post(`${ENDPOINTS_OF}/${id}/requests/${request.id}/replay`);
    expect(again.body).toMatchObject({
      status: 200,
      replayOf: request.id,
      requestBytes: 13,
      query: "?page=2",
    });
    expect((await requestsOf(id)).map((one: { id: string }) => one.id)).toEqual([again.body.id, request.id]);
  });

  it("is made once more only where all of it has come", async () => {
    const { id, url } = await makeAddress(api, "keyed", { keepsBodies: true });
    expect((await fetch(`${url}/a`, { method: "POST", body: "what was sent" })).status).toBe(401);
    await fetch(`${url}/b`);
    await expect.poll(() => requestsOf(id)).toHaveLength(2);
    const [without, refused] = await requestsOf(id);
    expect([without.replayable, refused.replayable]).toEqual([true, false]);
    expect((await api.get(`${ENDPOINTS_OF}/${id}/requests/${refused.id}`)).body).toEqual(refused);
    const replay = await api.post(`${ENDPOINTS_OF}/${id}/requests/${refused.id}/replay`);
    expect(replay.body.code).toBe("endpoint_body_not_kept");
  });

  it("has no bodies unless the address keeps them, and is not made once more without", async () => {
    const { id, url } = await makeAddress(api, "orders");
    await fetch(`${url}/orders/7`, { method: "POST", body: "what was sent" });
    await fetch(`${url}/orders/8`);
    await expect.poll(() => requestsOf(id)).toHaveLength(2);
    const [without, withBody] = await requestsOf(id);
    expect(withBody).toMatchObject({ requestBytes: 13, replayable: false });
    expect((await api.get(`${ENDPOINTS_OF}/${id}/requests/${withBody.id}`)).body).toEqual(withBody);
    const replay = (request: { id: string }) =>
      api.post(`${ENDPOINTS_OF}/${id}/requests/${request.id}/replay`);
    expect((await replay(withBody)).body.code).toBe("endpoint_body_not_kept");
    expect((await replay(without)).body).toMatchObject({ status: 200, replayOf: without.id });
    expect((await replay({ id: "nothing" })).body.code).toBe("endpoint_request_not_found");
    const foreign = `${ENDPOINTS_OF}/${(await makeAddress(api, "small")).id}/requests/${without.id}`;
    expect((await api.get(foreign)).body.code).toBe("endpoint_request_not_found");
  });
});

it("is all done from the command line", async () => {
  const environment = { PATCHBAY_URL: org.server.url, PATCHBAY_API_KEY: BOOTSTRAP_KEY };
  const run = async (...args: string[]) => await runCli(["endpoints", ...args], { environment });
  const out = (await run("make", ENDPOINT_PLUGIN, "keyed", "--title", "By hand", "--address", "by-hand"))
    .stdout;
  const url = `${org.server.url}/e/default.by-hand`;
  expect(out).toContain(`By hand is at ${url}`);
  const secret = /pbe_\S+/.exec(out)?.[0] ?? "";
  expect((await fetch(`${url}/a`, { headers: { "x-api-key": secret } })).status).toBe(200);
  const { id } = JSON.parse((await run("list", "--json")).stdout).find(
    (one: { title: string }) => one.title === "By hand",
  );
  await expect.poll(async () => (await run("requests", id)).stdout).toMatch(/GET \/a +200/);
  const [request] = await requestsOf(id);
  expect((await run("replay", id, request.id)).stdout).toMatch(/answered with 200/);
  expect((await run("rotate", id, "--keep", "0")).stdout).toMatch(/pbe_/);
  expect((await run("off", id)).stdout).toContain("By hand is off.");
  expect((await run("rotate", id, "--keep", "soon")).code).toBe(2);
  expect((await runCli(["plugin", "calls", "--limit", "many"], { environment })).code).toBe(2);
  expect((await run("delete", id)).code).toBe(0);
  expect((await run("list")).stdout).not.toContain("By hand");
});
