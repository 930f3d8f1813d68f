import { PatchbayClient } from "@patchbay/api-client";
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
const DEFAULT = { ...OPEN, signatures: "optional", required: [], forbidden: [], maxGrants: "all" };

const plain = (id: string, more: Partial<PluginSource> = {}): PluginSource => ({
  ...{ id, code: "export default {};" },
  ...more,
});
const asks = (id: string, ...required: unknown[]) => plain(id, { manifest: { permissions: { required } } });
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

  it("goes into the audit log with what changed, and only then", async () => {
    await put({ forbidden: ["bad.*"] });
    await put({ forbidden: ["bad.*"] });
    const { items } = await client.activity.audit({ action: "policy.changed", limit: 1 });
    expect(items[0]?.detail).toEqual({ before: { forbidden: [] }, after: { forbidden: ["bad.*"] } });
    const all = (await client.activity.audit({ action: "policy.changed", q: "bad" })).items;
    expect(all).toHaveLength(1);
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

  it("says what is installed against it, and switches nothing off", async () => {
    await organization?.install(plain("acme.running"));
    await client.plugins.step("acme.running", "enable");
    const { violations } = await put({ forbidden: ["acme.running"], required: ["acme.absent"] });
    expect(violations).toEqual([
      { plugin: "acme.running", rule: "forbidden", message: expect.any(String) },
      {
        plugin: "acme.absent",
        rule: "required",
        message: 'The required plugin "acme.absent" is not installed.',
      },
    ]);
    expect((await client.plugins.get("acme.running")).state).toBe("enabled");
    await client.plugins.step("acme.running", "disable");
    expect(await owner.post(`${PLUGINS}/acme.running/enable`)).toMatchObject(blockedBy("forbidden"));
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

describe("which plugins", () => {
  it("are forbidden, allowed, or of an allowed source and badge, is looked at for all that come along too", async () => {
    await upload(plain("which.base"));
    await upload(plain("which.top", { manifest: { dependencies: { "which.base": "*" } } }));
    const install = () => owner.post(PLUGINS, { plugin: "which.top" });
    const rules: [string, PolicyBody][] = [
      ["forbidden", { forbidden: ["which.base"] }],
      ["allowed", { allowed: ["which.top"] }],
      ["sources", { sources: ["directory"] }],
      ["badges", { badges: ["official", "partner"] }],
    ];
    for (const [rule, policy] of rules) {
      await put(policy);
      await expect.poll(async () => (await install()).body.rule).toBe(rule);
      expect(await install()).toMatchObject(blockedBy(rule));
      const resolution = "/api/orgs/default/catalog/which.top/versions/1.0.0/resolution";
      expect(await owner.get(resolution)).toMatchObject(blockedBy(rule));
    }
    const zip = await makePackage(plain("which.new"));
    await put({ sources: ["directory"] });
    await expect
      .poll(async () => (await owner.upload("/api/orgs/default/uploads", zip)).body.rule)
      .toBe("sources");
    await put({ allowed: ["which.*"] });
    await expect.poll(async () => (await install()).status).toBe(201);
  });

  it("are required can be neither disabled nor uninstalled", async () => {
    await organization?.install(plain("which.must"));
    await client.plugins.step("which.must", "enable");
    await put({ required: ["which.must"] });
    await expect
      .poll(async () => (await owner.post(`${PLUGINS}/which.must/disable`)).body.rule)
      .toBe("required");
    expect(await owner.delete(`${PLUGINS}/which.must?disable=true`)).toMatchObject(blockedBy("required"));
    expect((await client.plugins.get("which.must")).state).toBe("enabled");
  });

  it("do not come by an update either", async () => {
    await organization?.install(plain("which.grows"));
    await upload(plain("which.grows", { version: "2.0.0" }));
    await put({ forbidden: ["which.grows"] });
    await expect
      .poll(async () => (await owner.post(`${PLUGINS}/which.grows/update`, {})).body.rule)
      .toBe("forbidden");
  });
});

describe("how much may be granted without an administrator", () => {
  it("binds those who may install, at installing, updating and granting", async () => {
    const hosts = ["a.example"];
    await upload(
      asks("max.fetches", { name: "net.fetch", hosts: ["a.example", "b.example"] }, "storage.scoped"),
    );
    await put({ install: "everyone", maxGrants: ["storage.scoped", { name: "net.fetch", hosts }] });
    await expect.poll(async () => (await member.get(POLICY)).body.install).toBe("everyone");
    const install = (grants: unknown[]) => member.post(PLUGINS, { plugin: "max.fetches", grants });
    const refused = await install(["net.fetch", "storage.scoped"]);
    expect(refused).toMatchObject(blockedBy("maxGrants"));
    expect(refused.body).toMatchObject({
      plugin: "max.fetches",
      beyond: [{ name: "net.fetch", hosts: ["a.example", "b.example"] }],
    });
    expect((await install([{ name: "net.fetch", hosts }, "storage.scoped"])).status).toBe(201);
    const grants = `${PLUGINS}/max.fetches/grants`;
    const wide = { grants: ["net.fetch", "storage.scoped"] };
    expect(await member.call("PUT", grants, wide)).toMatchObject(blockedBy("maxGrants"));
    expect((await owner.put(grants, wide)).status).toBe(200);
    expect((await member.call("PUT", grants, wide)).status).toBe(200);
    await upload(
      plain("max.fetches", {
        version: "2.0.0",
        manifest: {
          permissions: { required: [{ name: "net.fetch", hosts: ["*.example"] }, "storage.scoped"] },
        },
      }),
    );
    const update = `${PLUGINS}/max.fetches/update`;
    expect(await member.post(update, { grants: ["net.fetch"] })).toMatchObject(blockedBy("maxGrants"));
    expect((await client.plugins.update("max.fetches", { grants: ["net.fetch"] })).version).toBe("2.0.0");
    expect((await member.post(`${PLUGINS}/max.fetches/rollback`)).body.version).toBe("1.0.0");
  });

  it("binds an API key of a member as it binds the member", async () => {
    await put({ install: "everyone", maxGrants: [] });
    await upload(asks("max.stores", "storage.scoped"));
    await expect.poll(async () => (await member.get(POLICY)).body.maxGrants).toEqual([]);
    const body = { organization: "default", name: "ci", rights: ["org.plugins.read", "org.plugins.write"] };
    const { token } = (await member.post("/api/api-keys", body)).body;
    const byKey = new PatchbayClient({ url: organization?.server.url ?? "", apiKey: token });
    await expect(
      byKey.plugins.install({ plugin: "max.stores", grants: ["storage.scoped"] }),
    ).rejects.toMatchObject({ code: "policy_blocked" });
  });
});
