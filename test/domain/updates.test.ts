import { type AutoUpdateRules, type Principal, revisionOf } from "@patchbay/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf, type Domain, openDomain, TestOrganization } from "./support/domain.ts";
import { failing, plain } from "./support/plugins.ts";

const HOUR_MS = 3_600_000;
/** Longer than between two turns of an organization. */
const TURN_MS = 6 * 60_000;

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

const decide = (rules: Partial<AutoUpdateRules>, by = owner) => domain.autoUpdates.put(by, slug, rules);
const ALL = { strategy: "all", minimumAgeHours: 0 } as const;
const installed = async (plugin: string) => {
  const { version, state } = (await domain.installations.get(owner, slug, plugin)).installation;
  return `${version} ${state}`;
};
const planned = async (plugin: string, by = owner) =>
  (await domain.autoUpdates.get(by, slug)).planned.find((one) => one.plugin === plugin);
const runNow = () => domain.autoUpdates.runNow(owner, slug);

describe("an automatic update", () => {
  it("is made when the rules want it, told, and in the history under Patchbay's name", async () => {
    await organization.install(plain("auto.on"));
    await organization.bring(plain("auto.on", { version: "1.1.0" }));
    await runNow();
    expect(await installed("auto.on")).toBe("1.0.0 enabled");
    await decide(ALL);
    await runNow();
    expect(await installed("auto.on")).toBe("1.1.0 enabled");
    expect(await organization.titlesFor(owner)).toEqual(["auto.on was updated to 1.1.0"]);
    const { items } = await domain.database.audit.list(organization.id, {
      action: "plugin.updated",
      limit: 9,
    });
    expect(items.map(({ actor }) => actor.kind)).toEqual(["system"]);
  });

  it("waits until the version has been out long enough", async () => {
    await organization.install(plain("auto.young"));
    await organization.bring(plain("auto.young", { version: "1.1.0" }));
    await decide({ strategy: "all", minimumAgeHours: 2 });
    await runNow();
    expect(await planned("auto.young")).toMatchObject({ version: "1.1.0", waitsFor: "age" });
    domain.clock.pass(2 * HOUR_MS);
    await runNow();
    expect(await installed("auto.young")).toBe("1.1.0 enabled");
  });

  it("never widens what was granted: it waits for somebody", async () => {
    await organization.install(plain("auto.asks"));
    const permissions = { required: ["storage.scoped"] };
    await organization.bring(plain("auto.asks", { version: "1.1.0", manifest: { permissions } }));
    await decide(ALL);
    const { planned: left } = await runNow();
    expect(left).toMatchObject([{ plugin: "auto.asks", waitsFor: "permissions" }]);
    expect(await installed("auto.asks")).toBe("1.0.0 enabled");
  });

  it("does not send a secret to hosts that it was not given for", async () => {
    const settings = (hosts: string[]) => ({
      settings: { type: "object", properties: { key: { type: "string", format: "secret", hosts } } },
    });
    await organization.install(plain("auto.secret", { manifest: settings(["a.example"]) }));
    await domain.configuration.putSettings(owner, slug, "auto.secret", null, { key: "hunter2" });
    const wide = settings(["a.example", "b.example"]);
    await organization.bring(plain("auto.secret", { version: "1.0.1", manifest: wide }));
    await decide(ALL);
    expect((await runNow()).planned).toMatchObject([{ plugin: "auto.secret", waitsFor: "permissions" }]);
  });

  it("keeps to the policy", async () => {
    await organization.install(plain("auto.forbidden"));
    await organization.bring(plain("auto.forbidden", { version: "1.1.0" }));
    await domain.policies.put(owner, slug, { forbidden: ["auto.*"] });
    await decide(ALL);
    expect((await runNow()).planned).toMatchObject([{ plugin: "auto.forbidden", waitsFor: "policy" }]);
    expect(await installed("auto.forbidden")).toBe("1.0.0 enabled");
  });

  it("that fails leaves the plugin as it was, is told, and is not tried again but for a newer version", async () => {
    await organization.install(plain("auto.fails"));
    await organization.bring(failing("auto.fails", { version: "1.1.0" }));
    await decide(ALL);
    for (let time = 0; time < 2; time += 1) await runNow();
    expect(await installed("auto.fails")).toBe("1.0.0 enabled");
    const failed = "auto.fails could not be updated to 1.1.0; 1.0.0 goes on";
    expect(await organization.titlesFor(owner)).toEqual([failed]);
    expect(await planned("auto.fails")).toMatchObject({ version: "1.1.0", waitsFor: "failed" });
    await organization.bring(plain("auto.fails", { version: "1.1.1" }));
    await runNow();
    expect(await installed("auto.fails")).toBe("1.1.1 enabled");
  });

  it("does not come back to what somebody went back from", async () => {
    await organization.install(plain("auto.back"));
    await organization.bring(plain("auto.back", { version: "1.1.0" }));
    await domain.versions.update(owner, slug, "auto.back", {});
    await domain.versions.rollback(owner, slug, "auto.back");
    await decide(ALL);
    await runNow();
    expect(await installed("auto.back")).toBe("1.0.0 enabled");
    await organization.bring(plain("auto.back", { version: "1.2.0" }));
    await runNow();
    expect(await installed("auto.back")).toBe("1.2.0 enabled");
  });

  it("does not leave a pin, which holds people back too", async () => {
    await organization.install(plain("auto.pinned"));
    for (const version of ["1.0.5", "2.0.0"]) await organization.bring(plain("auto.pinned", { version }));
    await decide({ ...ALL, plugins: { "auto.pinned": { pin: "~1.0.0" } } });
    await runNow();
    expect(await installed("auto.pinned")).toBe("1.0.5 enabled");
    const byHand = domain.versions.update(owner, slug, "auto.pinned", { version: "2.0.0" });
    expect(await codeOf(byHand)).toBe("plugin_pinned");
  });

  it("breaks no plugin that needs the old version", async () => {
    await organization.install(plain("auto.low"));
    await organization.install(plain("auto.high", { manifest: { dependencies: { "auto.low": "^1.0.0" } } }));
    await organization.bring(plain("auto.low", { version: "2.0.0" }));
    await decide(ALL);
    await runNow();
    expect(await installed("auto.low")).toBe("1.0.0 enabled");
    expect(await organization.titlesFor(owner)).toEqual([]);
  });

  it("is made by whichever node comes first, once in a turn", async () => {
    await organization.install(plain("auto.turn"));
    await decide(ALL);
    domain.clock.pass(TURN_MS);
    await domain.autoUpdates.run();
    await organization.bring(plain("auto.turn", { version: "1.1.0" }));
    await domain.autoUpdates.run();
    expect(await installed("auto.turn")).toBe("1.0.0 enabled");
    domain.clock.pass(TURN_MS);
    await Promise.all([domain.autoUpdates.run(), domain.autoUpdates.run()]);
    expect(await installed("auto.turn")).toBe("1.1.0 enabled");
    expect(await organization.titlesFor(owner)).toEqual(["auto.turn was updated to 1.1.0"]);
  });
});

describe("the rules for automatic updates", () => {
  it("are changed by those who may change every plugin, and mean something", async () => {
    const manager = await organization.join("member", { web: "manager" });
    for (const who of [manager, await organization.join("member")]) {
      expect(await codeOf(decide(ALL, who))).toBe("forbidden");
      expect(await codeOf(domain.autoUpdates.runNow(who, slug))).toBe("forbidden");
    }
    const window = { days: ["mon"], from: "01:00", to: "02:00", timeZone: "Europe/Nowhere" } as const;
    for (const [rules, pointer] of [
      [{ plugins: { "acme.one": { pin: "some" } } }, "/plugins/acme.one/pin"],
      [{ window }, "/window/timeZone"],
    ] as const)
      await expect(decide(rules)).rejects.toMatchObject({ code: "invalid_request", errors: [{ pointer }] });
    expect((await domain.autoUpdates.get(manager, slug)).rules.strategy).toBe("off");
  });

  it("are replaced by one of two who saw the same", async () => {
    const seen = [revisionOf((await domain.autoUpdates.get(owner, slug)).rules)];
    const both = await Promise.all([
      codeOf(domain.autoUpdates.put(owner, slug, { strategy: "all" }, seen)),
      codeOf(domain.autoUpdates.put(owner, slug, { strategy: "patch" }, seen)),
    ]);
    expect(both.toSorted()).toEqual([null, "revision_changed"].toSorted());
  });

  it("keep what they say of plugins that are hidden from who replaces them, and do not tell it", async () => {
    await organization.install(plain("auto.app"), { scope: { projects: ["app"] } });
    await organization.bring(plain("auto.app", { version: "1.1.0" }));
    await domain.policies.put(owner, slug, { install: "everyone" });
    await decide({ ...ALL, exclude: ["auto.app"], plugins: { "auto.app": { pin: "1.x" } } });
    const member = await organization.join("member", { web: "member" });
    const { rules, planned: seen } = await domain.autoUpdates.get(member, slug);
    expect([rules.exclude, rules.plugins, seen]).toEqual([[], {}, []]);
    await decide({ strategy: "patch" }, member);
    expect((await domain.autoUpdates.get(owner, slug)).rules).toMatchObject({
      strategy: "patch",
      exclude: ["auto.app"],
      plugins: { "auto.app": { pin: "1.x" } },
    });
  });
});
