import { type OrganizationPolicy, type Principal, revisionOf } from "@patchbay/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf, type Domain, openDomain, TestOrganization } from "./support/domain.ts";
import { plain, sourceOf, type TestPlugin } from "./support/plugins.ts";

let domain: Domain;
let organization: TestOrganization;
let slug: string;
let owner: Principal;

beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain.close());
beforeEach(async () => {
  organization = await TestOrganization.create(domain);
  ({ slug, owner } = organization);
});

/** Puts the rules into force, also for the owner as a caller. */
const decide = async (policy: Partial<OrganizationPolicy>) => {
  const decided = await domain.policies.put(owner, slug, policy);
  owner = await organization.again(owner);
  return decided;
};
const install = (plugin: string, by = owner, more: object = {}) =>
  domain.installer.install(by, slug, { plugin, ...more });
const blockedBy = (rule: string) => ({
  code: "policy_blocked",
  facts: { rule, changedBy: ["owner", "admin"] },
});
const asking = (id: string, required: readonly unknown[], version = "1.0.0"): TestPlugin =>
  plain(id, { version, manifest: { permissions: { required } } });

describe("the policy of an organization", () => {
  it("is read by everyone in it, and changed by its owners and administrators only", async () => {
    await decide({ install: "everyone", debug: "everyone" });
    const stranger = (await TestOrganization.create(domain)).owner;
    for (const role of ["member", "viewer"] as const) {
      const who = await organization.join(role, { web: "manager" });
      expect((await domain.policies.get(who, slug)).policy.install).toBe("everyone");
      expect(await codeOf(domain.policies.put(who, slug, {}))).toBe("forbidden");
    }
    expect(await codeOf(domain.policies.get(stranger, slug))).toBe("organization_not_found");
    expect(await codeOf(domain.policies.put(stranger, slug, {}))).toBe("organization_not_found");
    expect(await codeOf(domain.policies.put(await organization.join("admin"), slug, {}))).toBeNull();
  });

  it("goes into the history with what changed, and only when something did", async () => {
    for (let time = 0; time < 2; time += 1) await decide({ forbidden: ["bad.*"] });
    const { items } = await domain.database.audit.list(organization.id, {
      action: "policy.changed",
      limit: 9,
    });
    const detail = { before: { forbidden: [] }, after: { forbidden: ["bad.*"] } };
    expect(items.map((one) => one.detail)).toEqual([detail]);
  });

  it("does not want and forbid the same plugin", async () => {
    await expect(decide({ required: ["acme.must"], forbidden: ["acme.*"] })).rejects.toMatchObject({
      code: "invalid_request",
      errors: [{ pointer: "/required/0" }],
    });
    expect((await domain.policies.get(owner, slug)).policy.forbidden).toEqual([]);
  });

  it("says what is installed against it, as far as whoever asks sees that, and switches nothing off", async () => {
    await organization.install(plain("acme.on"));
    await organization.install(plain("acme.web"), { scope: { projects: ["web"] } });
    const { violations } = await decide({ forbidden: ["acme.on", "acme.web"], required: ["acme.absent"] });
    const named = violations.map(({ plugin, rule }) => `${rule} ${plugin}`);
    expect(named).toEqual(["forbidden acme.on", "forbidden acme.web", "required acme.absent"]);
    const seen = (await domain.policies.get(await organization.join("member"), slug)).violations;
    expect(seen.map(({ plugin }) => plugin)).toEqual(["acme.on", "acme.absent"]);
    expect((await domain.installations.get(owner, slug, "acme.on")).installation.state).toBe("enabled");
    await domain.switching.disable(owner, slug, "acme.on");
    await expect(domain.switching.enable(owner, slug, "acme.on")).rejects.toMatchObject(
      blockedBy("forbidden"),
    );
  });

  it("is replaced by one of two who saw the same rules", async () => {
    const seen = [revisionOf((await domain.policies.get(owner, slug)).policy)];
    const both = await Promise.all([
      codeOf(domain.policies.put(owner, slug, { debug: "nobody" }, seen)),
      codeOf(domain.policies.put(owner, slug, { signatures: "required" }, seen)),
    ]);
    expect(both.toSorted()).toEqual([null, "revision_changed"].toSorted());
  });
});

describe("who may install", () => {
  it("is told by the policy: administrators, everyone, or nobody at all", async () => {
    await organization.bring(plain("who.any"));
    const joined = await organization.join("member");
    const viewer = await organization.join("viewer");
    await expect(install("who.any", joined)).rejects.toMatchObject({
      code: "forbidden",
      facts: { rule: "install", changedBy: ["owner", "admin"] },
    });
    await decide({ install: "everyone" });
    expect(await codeOf(install("who.any", await organization.again(viewer)))).toBe("forbidden");
    await install("who.any", await organization.again(joined));
    await decide({ install: "nobody" });
    await organization.bring(plain("who.next"));
    for (const who of [owner, await organization.again(joined)])
      expect(await codeOf(install("who.next", who))).not.toBeNull();
    await expect(install("who.next")).rejects.toMatchObject(blockedBy("install"));
    await expect(organization.upload(sourceOf("who.new"), owner)).rejects.toMatchObject(blockedBy("install"));
  });
});

describe("which plugins may be installed", () => {
  it.each<[string, Partial<OrganizationPolicy>]>([
    ["forbidden", { forbidden: ["which.base"] }],
    ["allowed", { allowed: ["which.top"] }],
    ["sources", { sources: ["directory"] }],
    ["badges", { badges: ["official", "partner"] }],
    ["signatures", { signatures: "required" }],
  ])("is looked at for all that come along too: %s", async (rule, policy) => {
    await organization.bring(plain("which.base"));
    await organization.bring(plain("which.top", { manifest: { dependencies: { "which.base": "*" } } }));
    await decide(policy);
    await expect(install("which.top")).rejects.toMatchObject(blockedBy(rule));
    const looked = domain.installer.resolution(owner, slug, "which.top", "1.0.0");
    await expect(looked).rejects.toMatchObject(blockedBy(rule));
    expect(await domain.database.installations.list(organization.id)).toEqual([]);
    await decide({});
    expect((await install("which.top")).along).toHaveLength(1);
  });

  it("is looked at for updates and enabling too", async () => {
    await organization.install(plain("which.grows"), { isOn: false });
    await organization.bring(plain("which.grows", { version: "2.0.0" }));
    await decide({ forbidden: ["which.*"] });
    const update = domain.versions.update(owner, slug, "which.grows", {});
    await expect(update).rejects.toMatchObject(blockedBy("forbidden"));
    const enable = domain.switching.enable(owner, slug, "which.grows");
    await expect(enable).rejects.toMatchObject(blockedBy("forbidden"));
  });

  it("does not touch those that are required: they are allowed, and stay", async () => {
    await organization.bring(plain("which.must"));
    await decide({ allowed: [], required: ["which.must"] });
    await install("which.must");
    await domain.switching.enable(owner, slug, "which.must");
    await expect(domain.switching.disable(owner, slug, "which.must")).rejects.toMatchObject(
      blockedBy("required"),
    );
    const gone = domain.installer.uninstall(owner, slug, "which.must", { disable: true });
    await expect(gone).rejects.toMatchObject(blockedBy("required"));
    expect((await domain.installations.get(owner, slug, "which.must")).installation.state).toBe("enabled");
  });
});

describe("the most that is granted without an administrator", () => {
  const NARROW = { name: "net.fetch", hosts: ["a.example"] } as const;
  const WIDE = { name: "net.fetch", hosts: ["a.example", "b.example"] } as const;

  it("binds those who may install, at installing, granting and updating", async () => {
    await organization.bring(asking("max.fetches", [WIDE, "storage.scoped"]));
    await decide({ install: "everyone", maxGrants: [{ name: "storage.scoped" }, NARROW] });
    const member = await organization.join("member");
    await expect(
      install("max.fetches", member, { grants: ["net.fetch", "storage.scoped"] }),
    ).rejects.toMatchObject({ code: "policy_blocked", facts: { rule: "maxGrants", beyond: [WIDE] } });
    await install("max.fetches", member, { grants: [NARROW, "storage.scoped"] });
    const grant = (who: Principal) =>
      domain.configuration.putGrants(who, slug, "max.fetches", ["net.fetch", "storage.scoped"]);
    await expect(grant(member)).rejects.toMatchObject(blockedBy("maxGrants"));
    await grant(owner);
    // What an administrator has granted may stay.
    expect(await codeOf(grant(member))).toBeNull();
    await organization.bring(
      asking("max.fetches", [{ name: "net.fetch", hosts: ["*.example"] }, "storage.scoped"], "2.0.0"),
    );
    const update = (who: Principal) =>
      domain.versions.update(who, slug, "max.fetches", { grants: ["net.fetch"] });
    await expect(update(member)).rejects.toMatchObject(blockedBy("maxGrants"));
    expect((await update(owner)).version).toBe("2.0.0");
    expect((await domain.versions.rollback(member, slug, "max.fetches")).version).toBe("1.0.0");
  });

  it("binds an API key of a member as it binds the member", async () => {
    await organization.bring(asking("max.stores", ["storage.scoped"]));
    await decide({ install: "everyone", maxGrants: [] });
    const member = await organization.join("member");
    const key = await organization.keyOf(member, ["org.plugins.read", "org.plugins.write"]);
    await expect(install("max.stores", key, { grants: ["storage.scoped"] })).rejects.toMatchObject(
      blockedBy("maxGrants"),
    );
  });
});
