import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startOrganization, type TestOrganization } from "./support/organization.ts";
import { type Person, signedUp } from "./support/people.ts";

let organization: TestOrganization | undefined;
let owner: TestOrganization["owner"];
let client: TestOrganization["client"];
let stranger: TestOrganization["stranger"];
let member: Person;
let other: Person;
let viewer: Person;

const REQUESTS = "/api/orgs/default/requests";
const NOTES = "/api/orgs/default/notifications";

const made = async (id: string, manifest: Record<string, unknown> = {}) =>
  await organization?.upload({
    id,
    code: "export default {};",
    manifest: { name: id.toUpperCase(), ...manifest },
  });
/** Asks, and comes back with the request. */
const ask = async (plugin: string, more: Record<string, unknown> = {}, person = member) => {
  const answer = await person.post(REQUESTS, { plugin, ...more });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body;
};
const titles = async (person: Pick<Person, "get">) =>
  (await person.get(NOTES)).body.items.map(({ title }: { title: string }) => title);

beforeAll(async () => {
  organization = await startOrganization();
  ({ owner, client, stranger } = organization);
  const { url } = organization.server;
  member = await signedUp(url, "max@example.org", { organization: "default", role: "member" });
  other = await signedUp(url, "oda@example.org", { organization: "default", role: "member" });
  viewer = await signedUp(url, "vic@example.org", { organization: "default", role: "viewer" });
});
afterAll(() => organization?.stop());

describe("asking for a plugin", () => {
  it("is what members can do who may not install it, and administrators hear of it", async () => {
    await made("ask.one", { permissions: { required: ["storage.scoped"] } });
    expect((await member.post("/api/orgs/default/plugins", { plugin: "ask.one" })).status).toBe(403);
    const request = await ask("ask.one", { message: "For the weekly report" });
    expect(request).toMatchObject({
      plugin: "ask.one",
      version: "1.0.0",
      grants: [{ name: "storage.scoped" }],
      scope: { projects: "all" },
      message: "For the weekly report",
      askedBy: { name: "max@example.org" },
      state: "open",
    });
    expect(await titles(owner)).toContain("max@example.org asks for ASK.ONE");
    expect(await titles(other)).toEqual([]);
    const { items } = await client.activity.audit({ action: "request.made" });
    expect(items[0]).toMatchObject({ plugin: "ask.one", detail: { request: request.id, version: "1.0.0" } });
  });

  it("is refused twice for the same, and for what cannot be had", async () => {
    expect((await member.post(REQUESTS, { plugin: "ask.one" })).body.code).toBe("already_exists");
    expect((await member.post(REQUESTS, { plugin: "ask.nothing" })).body.code).toBe("package_not_found");
    expect((await member.post(REQUESTS, { plugin: "ask.one", grants: ["net.fetch"] })).body.code).toBe(
      "grant_invalid",
    );
    expect((await member.post(REQUESTS, { plugin: "ask.one", scope: { projects: ["web"] } })).body.code).toBe(
      "project_not_found",
    );
    expect((await viewer.post(REQUESTS, { plugin: "ask.one" })).body.code).toBe("forbidden");
    expect((await stranger.post(REQUESTS, { plugin: "ask.one" })).body.code).toBe("organization_not_found");
    await made("ask.never");
    await owner.put("/api/orgs/default/policy", { forbidden: ["ask.never"] });
    await expect
      .poll(async () => (await member.post(REQUESTS, { plugin: "ask.never" })).body)
      .toMatchObject({ code: "policy_blocked", rule: "forbidden" });
    await owner.put("/api/orgs/default/policy", {});
  });

  it("is seen by the one who asked and by administrators, and can be taken back", async () => {
    await made("ask.back");
    const { id } = await ask("ask.back");
    expect((await member.get(`${REQUESTS}?state=open`)).body).toMatchObject({ open: 2 });
    expect((await owner.get(REQUESTS)).body).toMatchObject({ open: 2, items: [{ id }, {}] });
    expect((await other.get(REQUESTS)).body).toEqual({ items: [], open: 0 });
    for (const person of [other, viewer]) {
      expect((await person.get(`${REQUESTS}/${id}`)).body.code).toBe("request_not_found");
      expect((await person.call("DELETE", `${REQUESTS}/${id}`)).body.code).toBe("request_not_found");
    }
    expect((await owner.delete(`${REQUESTS}/${id}`)).body.code).toBe("request_not_found");
    expect((await member.call("DELETE", `${REQUESTS}/${id}`)).status).toBe(204);
    expect((await member.get(`${REQUESTS}/${id}`)).body.state).toBe("withdrawn");
    expect((await owner.post(`${REQUESTS}/${id}/approve`, {})).body.code).toBe("request_decided");
    expect((await client.plugins.list()).map(({ plugin }) => plugin)).not.toContain("ask.back");
  });
});

describe("deciding", () => {
  it("installs what was asked for, as it was asked for, and tells the one who asked", async () => {
    const { id } = (await member.get(`${REQUESTS}?state=open`)).body.items[0];
    expect((await member.post(`${REQUESTS}/${id}/approve`, {})).body.code).toBe("forbidden");
    const approved = await owner.post(`${REQUESTS}/${id}/approve`);
    expect(approved).toMatchObject({
      status: 201,
      body: { plugin: "ask.one", state: "disabled", grants: [{ name: "storage.scoped" }], along: [] },
    });
    expect((await member.get(`${REQUESTS}/${id}`)).body).toMatchObject({
      state: "approved",
      decidedBy: expect.any(String),
      decidedAt: expect.any(String),
    });
    expect(await titles(member)).toEqual(["ASK.ONE is installed, as you asked"]);
    expect(await titles(other)).toEqual([]);
    expect((await client.activity.audit({ action: "request.approved" })).items[0]?.plugin).toBe("ask.one");
    expect((await owner.post(`${REQUESTS}/${id}/refuse`, { reason: "late" })).body.code).toBe(
      "request_decided",
    );
  });

  it("tells the one who asked once more when the plugin can be used, and only then", async () => {
    const plugin = "/api/orgs/default/plugins/ask.one";
    for (const change of ["enable", "disable", "enable"])
      expect((await owner.post(`${plugin}/${change}`)).status).toBe(200);
    const told = "ASK.ONE, which you asked for, is enabled";
    expect((await titles(member)).filter((title: string) => title === told)).toEqual([told]);
    expect(await titles(other)).toEqual([]);
  });

  it("tells nobody of a plugin that was enabled for another one and went off again with it", async () => {
    await made("ask.ground");
    const { id } = await ask("ask.ground");
    expect((await owner.post(`${REQUESTS}/${id}/approve`)).status).toBe(201);
    await organization?.upload({
      id: "ask.tower",
      code: "export default { onActivate() { throw new Error('never'); } };",
      manifest: { dependencies: { "ask.ground": "^1.0.0" } },
    });
    expect((await owner.post("/api/orgs/default/plugins", { plugin: "ask.tower" })).status).toBe(201);
    expect((await owner.post("/api/orgs/default/plugins/ask.tower/enable")).status).toBeGreaterThan(399);
    const told = "ASK.GROUND, which you asked for, is enabled";
    expect(await titles(member)).not.toContain(told);
    expect((await owner.post("/api/orgs/default/plugins/ask.ground/enable")).status).toBe(200);
    expect(await titles(member)).toContain(told);
  });

  it("refuses with a reason, which the one who asked reads", async () => {
    await made("ask.no");
    const { id } = await ask("ask.no");
    expect((await owner.post(`${REQUESTS}/${id}/refuse`, {})).status).toBe(400);
    expect((await other.post(`${REQUESTS}/${id}/refuse`, { reason: "x" })).body.code).toBe("forbidden");
    const refused = await client.requests.refuse(id, "We have another one.");
    expect(refused).toMatchObject({ state: "refused", reason: "We have another one." });
    const [note] = (await member.get(NOTES)).body.items;
    expect(note).toMatchObject({
      title: "ASK.NO was not installed",
      message: "We have another one.",
      level: "warning",
    });
    expect((await ask("ask.no", { message: "Please look again" })).state).toBe("open");
  });

  it("never grants what nobody has seen: what comes along is granted with the approval", async () => {
    await made("ask.base", { permissions: { required: ["storage.scoped"] } });
    await made("ask.top", { dependencies: { "ask.base": "*" } });
    const { id } = await ask("ask.top");
    const refused = await owner.post(`${REQUESTS}/${id}/approve`, {});
    expect(refused).toMatchObject({
      status: 422,
      body: { code: "grants_required", dependencies: [{ plugin: "ask.base" }] },
    });
    expect((await client.requests.get(id)).state).toBe("open");
    const approved = await client.requests.approve(id, {
      dependencies: { "ask.base": { grants: ["storage.scoped"] } },
      scope: { projects: ["web"] },
    });
    expect(approved).toMatchObject({
      plugin: "ask.top",
      scope: { projects: ["web"] },
      along: [{ plugin: "ask.base" }],
    });
  });

  it("happens once, when several administrators decide at the same time", async () => {
    await made("ask.race");
    const { id } = await ask("ask.race");
    const answers = await Promise.all([
      owner.post(`${REQUESTS}/${id}/approve`),
      owner.post(`${REQUESTS}/${id}/refuse`, { reason: "No." }),
      owner.post(`${REQUESTS}/${id}/approve`),
    ]);
    expect(answers.filter(({ status }) => status < 300)).toHaveLength(1);
    const { state } = await client.requests.get(id);
    const isInstalled = (await client.plugins.list()).some(({ plugin }) => plugin === "ask.race");
    expect(isInstalled).toBe(state === "approved");
  });

  it("is still possible when the installation fails, and the request stays open then", async () => {
    await made("ask.late");
    const { id } = await ask("ask.late");
    await client.plugins.install({ plugin: "ask.late" });
    expect((await owner.post(`${REQUESTS}/${id}/approve`)).body.code).toBe("already_installed");
    expect((await client.requests.get(id)).state).toBe("open");
    expect((await client.requests.refuse(id, "It is there already.")).state).toBe("refused");
  });
});
