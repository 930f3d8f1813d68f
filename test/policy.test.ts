import type { PolicyBody } from "@patchbay/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startOrganization, type TestOrganization } from "./support/organization.ts";
import { makePackage, type PluginSource } from "./support/packages.ts";
import { type Person, signedUp } from "./support/people.ts";

let organization: TestOrganization | undefined;
let owner: TestOrganization["owner"];
let client: TestOrganization["client"];
let stranger: TestOrganization["stranger"];
let upload: TestOrganization["upload"];
let member: Person;
let viewer: Person;

const POLICY = "/api/orgs/default/policy";
const PLUGINS = "/api/orgs/default/plugins";
const OPEN = {
  install: "administrators",
  debug: "administrators",
  sources: "all",
  badges: "all",
  allowed: "all",
};
const DEFAULT = {
  ...OPEN,
  signatures: "optional",
  required: [],
  forbidden: [],
  maxGrants: "all",
  callDays: 30,
  calls: "all",
  callContent: [],
};

const plain = (id: string): PluginSource => ({ id, code: "export default {};" });
const put = async (policy: PolicyBody) => {
  const answer = await owner.put(POLICY, policy);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
};
const blockedBy = (rule: string) => ({
  status: 403,
  body: { code: "policy_blocked", rule, changedBy: ["owner", "admin"] },
});

beforeAll(async () => {
  organization = await startOrganization();
  ({ owner, client, stranger, upload } = organization);
  const { url } = organization.server;
  member = await signedUp(url, "max@example.org", { organization: "default", role: "member" });
  viewer = await signedUp(url, "vic@example.org", { organization: "default", role: "viewer" });
});
afterAll(() => organization?.stop());
beforeEach(async () => {
  await put({});
});

describe("the policy of an organization", () => {
  it("is read by everyone in it, and changed by its owners and administrators only", async () => {
    expect((await member.get(POLICY)).body).toMatchObject({ ...DEFAULT, changedBy: ["owner", "admin"] });
    expect((await viewer.get(POLICY)).status).toBe(200);
    expect((await stranger.get(POLICY)).body.code).toBe("organization_not_found");
    await put({ install: "everyone", debug: "everyone" });
    for (const person of [member, viewer, stranger])
      expect((await person.call("PUT", POLICY, {})).status).toBeGreaterThanOrEqual(403);
    expect((await member.get(POLICY)).body.install).toBe("everyone");
    expect((await stranger.get("/api/orgs/other/policy")).body.install).toBe("administrators");
  });

  it("refuses what is no rule, and rules that contradict each other", async () => {
    for (const body of [
      { install: "members" },
      { allowed: ["acme"] },
      { forbidden: ["*"] },
      { sources: ["builtin"] },
      { maxGrants: ["net.fetsch"] },
      { allow: [] },
    ])
      expect((await owner.put(POLICY, body)).status, JSON.stringify(body)).toBe(400);
    expect(await owner.put(POLICY, { required: ["acme.must"], forbidden: ["acme.*"] })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: "/required/0" }] },
    });
  });
});

describe("who may install", () => {
  it("is told by the policy: administrators, everyone or nobody, at once", async () => {
    await upload(plain("who.any"));
    const answer = await member.post(PLUGINS, { plugin: "who.any" });
    expect(answer).toMatchObject({
      status: 403,
      body: { code: "forbidden", rule: "install", changedBy: ["owner", "admin"] },
    });
    expect(answer.body.detail).toContain("gives it to administrators");
    await put({ install: "everyone" });
    await expect
      .poll(async () => (await member.get("/api/me")).body.organizations[0].rights)
      .toContainEqual({
        right: "org.plugins.write",
        reach: "organization",
      });
    expect((await member.post(PLUGINS, { plugin: "who.any" })).status).toBe(201);
    expect((await viewer.post(PLUGINS, { plugin: "who.any" })).body.code).toBe("forbidden");
    await client.plugins.uninstall("who.any", { disable: true });
    await put({ install: "nobody" });
    await expect
      .poll(async () => (await owner.post(PLUGINS, { plugin: "who.any" })).body.code)
      .toBe("policy_blocked");
    expect(await owner.post(PLUGINS, { plugin: "who.any" })).toMatchObject(blockedBy("install"));
    const zip = await makePackage(plain("who.new"));
    expect(await owner.upload("/api/orgs/default/uploads", zip)).toMatchObject(blockedBy("install"));
    expect((await client.plugins.list()).length).toBeGreaterThan(0);
  });
});
