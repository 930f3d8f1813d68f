import type { LockPlan, Principal } from "@patchbay/core";
import type { LockedPluginDto, LockFileDto } from "@patchbay/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf, type Domain, openDomain, TestOrganization } from "./support/domain.ts";
import { failing, plain } from "./support/plugins.ts";

const SETTINGS = {
  type: "object",
  properties: {
    units: { type: "string", enum: ["metric", "imperial"] },
    city: { type: "string" },
    key: { type: "string", format: "secret", hosts: ["api.example"] },
  },
};
const PERMISSIONS = { required: ["storage.scoped"], optional: ["ui.notifications"] };

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

const geo = (version: string) => plain("acme.geo", { version });
const weather = (version: string, more: object = {}) =>
  plain("acme.weather", {
    version,
    manifest: {
      settings: SETTINGS,
      permissions: PERMISSIONS,
      dependencies: { "acme.geo": `^${version}` },
      ...more,
    },
  });
/** The plugin acme.weather, on, with what it needs. */
const withWeather = async () => {
  await organization.bring(geo("1.0.0"));
  await organization.install(weather("1.0.0"), { grants: ["storage.scoped", "ui.notifications"] });
  await domain.configuration.putSettings(owner, slug, "acme.weather", null, {
    units: "imperial",
    key: "hunter2",
  });
  await domain.configuration.putSettings(owner, slug, "acme.weather", "web", { units: "metric" });
};
const read = (by = owner) => domain.locks.read(by, slug);
const apply = (lock: LockFileDto, more: object = {}, by = owner) =>
  domain.locks.apply(by, slug, { lock, ...more });
const planOf = (lock: LockFileDto, more: object = {}) => domain.locks.plan(owner, slug, { lock, ...more });
const steps = ({ changes }: LockPlan) => changes.map(({ plugin, action }) => `${plugin} ${action}`);
const stops = ({ changes }: LockPlan) =>
  Object.fromEntries(
    changes.flatMap(({ plugin, action, blocked }) =>
      blocked ? [[`${plugin} ${action}`, blocked.code]] : [],
    ),
  );
const changed = (lock: LockFileDto, id: string, change: Partial<LockedPluginDto>): LockFileDto => {
  const before = lock.plugins[id];
  if (before === undefined) throw new Error(`The file does not name ${id}.`);
  return { ...lock, plugins: { ...lock.plugins, [id]: { ...before, ...change } } };
};
const without = (lock: LockFileDto, id: string): LockFileDto => ({
  ...lock,
  plugins: Object.fromEntries(Object.entries(lock.plugins).filter(([plugin]) => plugin !== id)),
});

describe("a lock file", () => {
  it("says how the organization is, without its secrets, and the same each time", async () => {
    await withWeather();
    const lock = await read();
    expect(lock.plugins["acme.weather"]).toMatchObject({
      version: "1.0.0",
      enabled: true,
      grants: [{ name: "storage.scoped" }, { name: "ui.notifications" }],
      scope: { projects: "all" },
      settings: { units: "imperial", key: { $secret: "acme.weather/key" } },
      projects: { web: { units: "metric" } },
    });
    expect(JSON.stringify(lock)).not.toContain("hunter2");
    expect(Object.keys(lock.plugins)).toEqual(["acme.geo", "acme.weather"]);
    expect(JSON.stringify(await read())).toBe(JSON.stringify(lock));
  });

  it("changes nothing when all is so already, and makes another organization the same", async () => {
    await withWeather();
    const lock = await read();
    const before = (await organization.history()).length;
    expect(steps(await apply(lock))).toEqual([]);
    expect(await organization.history()).toHaveLength(before);
    const other = await TestOrganization.create(domain);
    for (const one of [geo("1.0.0"), weather("1.0.0")]) await other.bring(one);
    const secrets = { "acme.weather/key": "hunter3" };
    await domain.locks.apply(other.owner, other.slug, { lock, secrets });
    expect(await domain.locks.read(other.owner, other.slug)).toEqual(lock);
  });

  it("is planned without changing anything, and changes things once", async () => {
    await withWeather();
    const lock = changed(await read(), "acme.weather", {
      enabled: false,
      grants: [{ name: "storage.scoped" }],
      scope: { projects: ["web"] },
      settings: { key: { $secret: "acme.weather/key" } },
    });
    const wanted = ["disable", "grants", "scope", "settings"].map((step) => `acme.weather ${step}`);
    const before = await read();
    expect(steps(await planOf(lock))).toEqual(wanted);
    expect(await read()).toEqual(before);
    expect(steps(await apply(lock))).toEqual(wanted);
    expect(await read()).toEqual(lock);
    expect(steps(await apply(lock))).toEqual([]);
  });

  it("brings plugins to new versions together, of which neither goes with the old one of the other", async () => {
    await withWeather();
    const found = [await organization.bring(geo("2.0.0")), await organization.bring(weather("2.0.0"))];
    const byHand = domain.versions.update(owner, slug, "acme.geo", {});
    expect(await codeOf(byHand)).toBe("dependency_conflict");
    const lock = found.reduce(
      (file, { pluginId, version, digest }) => changed(file, pluginId, { version, digest }),
      await read(),
    );
    expect(steps(await apply(lock))).toEqual(["acme.geo update", "acme.weather update"]);
    expect(await read()).toEqual(lock);
  });

  it("brings an update together with the settings that only the new version knows", async () => {
    await withWeather();
    const days = { type: "integer" };
    const { version, digest } = await organization.bring(
      weather("1.1.0", {
        dependencies: {},
        settings: { ...SETTINGS, properties: { ...SETTINGS.properties, days }, required: ["days"] },
      }),
    );
    const lock = await read();
    const settings = { ...lock.plugins["acme.weather"]?.settings, days: 3 };
    const next = changed(lock, "acme.weather", { version, digest, settings });
    const lacking = changed(lock, "acme.weather", { version, digest });
    expect(stops(await planOf(lacking))).toEqual({ "acme.weather update": "settings_invalid" });
    await apply(next);
    expect(await read()).toEqual(next);
  });

  it("leaves what it does not name, unless it is told to prune; then those go first that need others", async () => {
    await withWeather();
    const lock = await read();
    const less = without(without(lock, "acme.weather"), "acme.geo");
    const plan = await planOf(less);
    expect([steps(plan), plan.unnamed]).toEqual([[], ["acme.geo", "acme.weather"]]);
    const pruned = await apply(less, { prune: true });
    expect(steps(pruned)).toEqual([
      "acme.weather disable",
      "acme.weather uninstall",
      "acme.geo disable",
      "acme.geo uninstall",
    ]);
    expect((await read()).plugins).toEqual({});
  });

  it("is for those who may change the plugins of all projects, and see them", async () => {
    await withWeather();
    await organization.install(plain("acme.app"), { scope: { projects: ["app"] } });
    const lock = await read();
    const manager = await organization.join("member", { web: "manager" });
    expect([await codeOf(read(manager)), await codeOf(apply(lock, {}, manager))]).toEqual([
      "forbidden",
      "forbidden",
    ]);
    await domain.policies.put(owner, slug, { install: "everyone" });
    const member = await organization.again(manager);
    // All is theirs to write, and not to see.
    expect([await codeOf(read(member)), await codeOf(apply(lock, {}, member))]).toEqual([
      "forbidden",
      "forbidden",
    ]);
  });
});

describe("what is in the way of a lock file", () => {
  it.each<[string, Partial<LockedPluginDto>, Record<string, string>]>([
    ["a version that is not to be had", { version: "9.9.9" }, { "acme.weather update": "package_not_found" }],
    ["other bytes of a version", { digest: "0".repeat(64) }, { "acme.weather update": "version_exists" }],
    ["grants that are too few", { grants: [] }, { "acme.weather grants": "grants_required" }],
    [
      "grants that were not asked for",
      { grants: ["storage.scoped", "net.fetch"] },
      { "acme.weather grants": "grant_invalid" },
    ],
    [
      "a project that is not there",
      { scope: { projects: ["nowhere"] } },
      { "acme.weather scope": "project_not_found" },
    ],
    [
      "a value that does not fit",
      { settings: { units: "stone" } },
      { "acme.weather settings": "settings_invalid" },
    ],
    [
      "a name that the plugin does not know",
      { settings: { gone: true } },
      { "acme.weather settings": "settings_invalid" },
    ],
    [
      "a secret of which nobody knows the value",
      { projects: { web: { key: { $secret: "web-key" } } } },
      { "acme.weather settings": "settings_invalid" },
    ],
  ])("is told by its plan, and nothing is changed: %s", async (_, change, expected) => {
    await withWeather();
    const before = await read();
    const lock = changed(before, "acme.weather", change);
    expect(stops(await planOf(lock))).toMatchObject(expected);
    await expect(apply(lock)).rejects.toMatchObject({ code: "lock_blocked" });
    expect(await read()).toEqual(before);
  });

  it("is what is required, forbidden or pinned", async () => {
    await withWeather();
    await domain.policies.put(owner, slug, { required: ["acme.geo"], forbidden: ["evil.*"] });
    owner = await organization.again(owner);
    await domain.autoUpdates.put(owner, slug, { plugins: { "acme.weather": { pin: "1.0.x" } } });
    const { digest } = await organization.bring(weather("1.1.0", { dependencies: {} }));
    const evil = await organization.bring(plain("evil.one"));
    const locked = changed(await read(), "acme.weather", { version: "1.1.0", digest });
    const lock: LockFileDto = {
      ...locked,
      plugins: {
        ...locked.plugins,
        "evil.one": {
          version: "1.0.0",
          digest: evil.digest,
          source: "upload",
          enabled: true,
          grants: [],
          scope: { projects: "all" },
        },
      },
    };
    expect(stops(await planOf(changed(lock, "acme.geo", { enabled: false })))).toEqual({
      "acme.geo disable": "policy_blocked",
      "acme.weather update": "plugin_pinned",
      "evil.one install": "policy_blocked",
      "evil.one enable": "policy_blocked",
    });
  });

  it("is a plugin that stays and needs what goes, is switched off or becomes another version", async () => {
    await withWeather();
    const lock = await read();
    const { digest } = await organization.bring(geo("2.0.0"));
    const files: [LockFileDto, object, Record<string, string>][] = [
      [
        without(lock, "acme.geo"),
        { prune: true },
        { "acme.geo disable": "dependency_in_use", "acme.geo uninstall": "dependency_in_use" },
      ],
      [changed(lock, "acme.geo", { enabled: false }), {}, { "acme.geo disable": "dependency_in_use" }],
      [
        without(changed(lock, "acme.geo", { version: "2.0.0", digest }), "acme.weather"),
        {},
        { "acme.geo update": "dependency_conflict" },
      ],
    ];
    for (const [file, more, expected] of files) {
      expect(stops(await planOf(file, more))).toEqual(expected);
      expect(await codeOf(apply(file, more))).toBe("lock_blocked");
    }
    expect(await read()).toEqual(lock);
    const off = changed(changed(lock, "acme.geo", { enabled: false }), "acme.weather", { enabled: false });
    expect(steps(await apply(off))).toEqual(["acme.weather disable", "acme.geo disable"]);
  });

  it("is a new version of a plugin that stays on and needs what is off, while it may come to one that is off", async () => {
    await withWeather();
    await organization.install(plain("acme.tides"), { isOn: false });
    const needy = weather("1.1.0", { dependencies: { "acme.tides": "*" } });
    const { version, digest } = await organization.bring(needy);
    const lock = changed(await read(), "acme.weather", { version, digest });
    expect(stops(await planOf(lock))).toEqual({ "acme.weather update": "dependency_disabled" });
    expect(stops(await planOf(changed(lock, "acme.weather", { enabled: false })))).toEqual({});
    expect(steps(await apply(changed(lock, "acme.tides", { enabled: true })))).toEqual([
      "acme.tides enable",
      "acme.weather update",
    ]);
  });

  it("stops at the first change that fails, and goes on from there the next time", async () => {
    await withWeather();
    const bad = await organization.bring(failing("acme.zebra"));
    const lock = changed(await read(), "acme.weather", { scope: { projects: ["web"] } });
    const zebra: LockedPluginDto = {
      version: "1.0.0",
      digest: bad.digest,
      source: "upload",
      enabled: true,
      grants: [],
      scope: { projects: "all" },
    };
    const both = { ...lock, plugins: { ...lock.plugins, "acme.zebra": zebra } };
    expect(await codeOf(apply(both))).toBe("activation_failed");
    expect((await read()).plugins["acme.weather"]?.scope).toEqual({ projects: ["web"] });
    expect(steps(await planOf(both))).toEqual(["acme.zebra enable"]);
  });
});
