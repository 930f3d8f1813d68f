import type { Principal } from "@patchbay/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf, type Domain, openDomain, TestOrganization } from "./support/domain.ts";
import { failing, plain } from "./support/plugins.ts";

let domain: Domain;
let organization: TestOrganization;
let slug: string;
let owner: Principal;
let member: Principal;
let other: Principal;

beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain.close());
beforeEach(async () => {
  organization = await TestOrganization.create(domain);
  ({ slug, owner } = organization);
  member = await organization.join("member");
  other = await organization.join("member");
});

const ask = async (plugin: string, more: object = {}, by = member) =>
  await domain.requests.create(by, slug, { plugin, ...more });
const stateOf = async (id: string) => (await domain.requests.get(owner, slug, id)).state;
const titlesFor = (who: Principal) => organization.titlesFor(who);
const isInstalled = async (plugin: string) =>
  (await domain.database.installations.find(organization.id, plugin)) !== null;

describe("asking for a plugin", () => {
  it("asks for what it requires, in the newest version, and those who decide are told", async () => {
    await organization.bring(
      plain("ask.one", { manifest: { permissions: { required: ["storage.scoped"] } } }),
    );
    const admin = await organization.join("admin");
    expect(await ask("ask.one", { message: "For the report" })).toMatchObject({
      pluginId: "ask.one",
      version: "1.0.0",
      grants: [{ name: "storage.scoped" }],
      scope: { projects: "all" },
      state: "open",
    });
    for (const [who, titles] of [
      [owner, [`${member.user.name} asks for ask.one`]],
      [admin, [`${member.user.name} asks for ask.one`]],
      [other, []],
    ] as const)
      expect(await titlesFor(who)).toEqual(titles);
    expect(await organization.history("ask.one")).toEqual(["request.made"]);
  });

  it("is for members, of what can be had and granted and where they belong to", async () => {
    await organization.bring(plain("ask.one"));
    const viewer = await organization.join("viewer");
    const stranger = (await TestOrganization.create(domain)).owner;
    expect(await codeOf(ask("ask.one", {}, viewer))).toBe("forbidden");
    expect(await codeOf(ask("ask.one", {}, stranger))).toBe("organization_not_found");
    expect(await codeOf(ask("ask.nothing"))).toBe("package_not_found");
    expect(await codeOf(ask("ask.one", { grants: ["net.fetch"] }))).toBe("grant_invalid");
    expect(await codeOf(ask("ask.one", { scope: { projects: ["web"] } }))).toBe("project_not_found");
    const ofWeb = await organization.join("member", { web: "member" });
    expect(await codeOf(ask("ask.one", { scope: { projects: ["web"] } }, ofWeb))).toBeNull();
  });

  it("is done once by each person, until it is decided", async () => {
    await organization.bring(plain("ask.one"));
    const twice = await Promise.all([codeOf(ask("ask.one")), codeOf(ask("ask.one"))]);
    expect(twice.toSorted()).toEqual(["already_exists", null]);
    expect(await codeOf(ask("ask.one", {}, other))).toBeNull();
    const { page } = await domain.requests.list(member, slug, { limit: 10 });
    await domain.requests.refuse(owner, slug, page.items[0]?.id ?? "", "Not now.");
    expect(await codeOf(ask("ask.one"))).toBeNull();
  });

  it("is of no use where the policy does not let anybody have it", async () => {
    await organization.bring(plain("ask.never"));
    await organization.bring(plain("ask.top", { manifest: { dependencies: { "ask.never": "*" } } }));
    await domain.policies.put(owner, slug, { forbidden: ["ask.never"] });
    member = await organization.again(member);
    for (const id of ["ask.never", "ask.top"]) expect(await codeOf(ask(id))).toBe("policy_blocked");
    await domain.policies.put(owner, slug, { install: "nobody" });
    member = await organization.again(member);
    expect(await codeOf(ask("ask.top"))).toBe("policy_blocked");
  });

  it("is seen by who asked and by administrators, and taken back by who asked alone", async () => {
    await organization.bring(plain("ask.back"));
    const { id } = await ask("ask.back");
    const seen = async (who: Principal) => (await domain.requests.list(who, slug, { limit: 10 })).open;
    expect([await seen(member), await seen(owner), await seen(other)]).toEqual([1, 1, 0]);
    expect(await codeOf(domain.requests.get(other, slug, id))).toBe("request_not_found");
    for (const who of [other, owner])
      expect(await codeOf(domain.requests.withdraw(who, slug, id))).toBe("request_not_found");
    await domain.requests.withdraw(member, slug, id);
    expect(await codeOf(domain.requests.approve(owner, slug, id, {}))).toBe("request_decided");
    expect(await isInstalled("ask.back")).toBe(false);
  });
});

describe("deciding", () => {
  it("is for administrators, and installs what was asked for as it was asked for", async () => {
    await organization.bring(
      plain("ask.one", { manifest: { permissions: { optional: ["storage.scoped"] } } }),
    );
    const asker = await organization.join("member", { web: "manager" });
    const { id } = await ask("ask.one", { grants: ["storage.scoped"], scope: { projects: ["web"] } }, asker);
    // A newer one is not what was asked for.
    await organization.bring(plain("ask.one", { version: "2.0.0" }));
    for (const who of [asker, other]) {
      expect(await codeOf(domain.requests.approve(who, slug, id, {}))).toBe("forbidden");
      expect(await codeOf(domain.requests.refuse(who, slug, id, "No."))).toBe("forbidden");
    }
    const { installation } = await domain.requests.approve(owner, slug, id, {});
    expect(installation).toMatchObject({
      version: "1.0.0",
      state: "disabled",
      grants: [{ name: "storage.scoped" }],
      scope: { projects: ["web"] },
    });
    expect(await stateOf(id)).toBe("approved");
    expect(await titlesFor(asker)).toEqual(["ask.one is installed, as you asked"]);
  });

  it("is told with its reason to who asked, when it is a refusal", async () => {
    await organization.bring(plain("ask.no"));
    const { id } = await ask("ask.no");
    await domain.requests.refuse(owner, slug, id, "We have another one.");
    expect(await domain.requests.get(member, slug, id)).toMatchObject({
      state: "refused",
      reason: "We have another one.",
    });
    expect(await titlesFor(member)).toEqual(["ask.no was not installed"]);
  });

  it("grants nothing to what comes along but what the approval says", async () => {
    await organization.bring(
      plain("ask.base", { manifest: { permissions: { required: ["storage.scoped"] } } }),
    );
    await organization.bring(plain("ask.top", { manifest: { dependencies: { "ask.base": "*" } } }));
    const { id } = await ask("ask.top");
    await expect(domain.requests.approve(owner, slug, id, {})).rejects.toMatchObject({
      code: "grants_required",
      facts: { dependencies: [{ plugin: "ask.base" }] },
    });
    expect(await stateOf(id)).toBe("open");
    const dependencies = { "ask.base": { grants: ["storage.scoped"] } } as const;
    const { along } = await domain.requests.approve(owner, slug, id, { dependencies });
    expect(along.map(({ pluginId }) => pluginId)).toEqual(["ask.base"]);
  });

  it("happens once when several decide at the same time, and is true of what is installed", async () => {
    await organization.bring(plain("ask.race"));
    const { id } = await ask("ask.race");
    const decided = await Promise.all([
      codeOf(domain.requests.approve(owner, slug, id, {})),
      codeOf(domain.requests.refuse(owner, slug, id, "No.")),
      codeOf(domain.requests.withdraw(member, slug, id)),
      codeOf(domain.requests.approve(owner, slug, id, {})),
    ]);
    expect(decided.filter((code) => code === null)).toHaveLength(1);
    expect(await isInstalled("ask.race")).toBe((await stateOf(id)) === "approved");
  });

  it("leaves the request open when the installation fails", async () => {
    await organization.install(plain("ask.late"), { isOn: false });
    await domain.installer.uninstall(owner, slug, "ask.late", { disable: false });
    const { id } = await ask("ask.late");
    await domain.installer.install(owner, slug, { plugin: "ask.late" });
    expect(await codeOf(domain.requests.approve(owner, slug, id, {}))).toBe("already_installed");
    expect(await stateOf(id)).toBe("open");
  });
});

describe("those who asked", () => {
  it("are told once more when the plugin can be used, the first time", async () => {
    await organization.bring(plain("ask.one"));
    const { id } = await ask("ask.one");
    await domain.requests.approve(owner, slug, id, {});
    for (const change of ["enable", "disable", "enable"] as const)
      await domain.switching[change](owner, slug, "ask.one");
    const told = "ask.one, which you asked for, is enabled";
    expect((await titlesFor(member)).filter((title) => title === told)).toEqual([told]);
    expect(await titlesFor(other)).toEqual([]);
  });

  it("are told nothing of a plugin that was on for a moment, for another one that did not start", async () => {
    await organization.bring(plain("ask.ground"));
    const { id } = await ask("ask.ground");
    await domain.requests.approve(owner, slug, id, {});
    await organization.install(failing("ask.tower", { manifest: { dependencies: { "ask.ground": "*" } } }), {
      isOn: false,
    });
    expect(await codeOf(domain.switching.enable(owner, slug, "ask.tower"))).toBe("activation_failed");
    const told = "ask.ground, which you asked for, is enabled";
    expect(await titlesFor(member)).not.toContain(told);
    await domain.switching.enable(owner, slug, "ask.ground");
    expect(await titlesFor(member)).toContain(told);
  });
});
