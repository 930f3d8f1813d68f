import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startOrganization, type TestOrganization } from "./support/organization.ts";
import { type Person, signedUp } from "./support/people.ts";

let organization: TestOrganization | undefined;
let owner: TestOrganization["owner"];
let client: TestOrganization["client"];
let member: Person;
let other: Person;

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
  ({ owner, client } = organization);
  const { url } = organization.server;
  member = await signedUp(url, "max@example.org", { organization: "default", role: "member" });
  other = await signedUp(url, "oda@example.org", { organization: "default", role: "member" });
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
});
