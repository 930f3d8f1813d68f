import { type Principal, type ProjectScope, revisionOf } from "@patchbay/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf, type Domain, openDomain, TestOrganization } from "./support/domain.ts";
import { plain, running } from "./support/plugins.ts";

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

const needing = (id: string, dependencies: Record<string, string>, version = "1.0.0") =>
  plain(id, { version, manifest: { dependencies } });
const asking = (id: string, permissions: object, version = "1.0.0") =>
  plain(id, { version, manifest: { permissions } });
const install = (plugin: string, more: object = {}, by = owner) =>
  domain.installer.install(by, slug, { plugin, ...more });
const uninstall = (plugin: string, by = owner, options = { disable: true }) =>
  domain.installer.uninstall(by, slug, plugin, options);
const installed = async () =>
  Object.fromEntries(
    (await domain.installations.list(owner, slug)).map(({ installation: { pluginId, version } }) => [
      pluginId,
      version,
    ]),
  );
const WEB: ProjectScope = { projects: ["web"] };

describe("installing a plugin", () => {
  it("takes the newest version unless one is named, and leaves it off", async () => {
    for (const version of ["1.9.0", "1.10.0", "2.0.0-beta.1"])
      await organization.bring(plain("in.one", { version }));
    expect((await install("in.one")).installation).toMatchObject({ version: "1.10.0", state: "disabled" });
    await uninstall("in.one");
    expect((await install("in.one", { version: "1.9.0" })).installation.version).toBe("1.9.0");
    expect(await organization.history("in.one")).toEqual([
      "plugin.installed",
      "plugin.uninstalled",
      "plugin.installed",
    ]);
  });

  it("happens once, when several ask at the same time", async () => {
    await organization.bring(plain("in.race"));
    const codes = await Promise.all([1, 2, 3].map(() => codeOf(install("in.race"))));
    expect(codes.toSorted()).toEqual(["already_installed", "already_installed", null]);
    expect(await organization.history("in.race")).toEqual(["plugin.installed"]);
  });

  it("is done with all its parts or not at all", async () => {
    const settings = { type: "object", properties: { days: { type: "integer" } } };
    await organization.bring(
      plain("in.whole", { manifest: { settings, dependencies: { "in.needed": "*" } } }),
    );
    await organization.bring(plain("in.needed"));
    expect(await codeOf(install("in.whole", { settings: { days: "three" } }))).toBe("settings_invalid");
    expect(await codeOf(install("in.whole", { scope: { projects: ["nowhere"] } }))).toBe("project_not_found");
    expect(await codeOf(install("in.whole", { scope: { projects: [] } }))).toBe("invalid_request");
    expect(await installed()).toEqual({});
    await install("in.whole", { settings: { days: 3 } });
    const { values } = await domain.configuration.settings(owner, slug, "in.whole", null);
    expect(values).toEqual({ days: 3 });
  });

  it("needs the grants that the plugin requires, and no others than it asks for", async () => {
    await organization.bring(
      asking("in.asks", {
        required: [{ name: "net.fetch", hosts: ["api.example"] }],
        optional: ["storage.scoped"],
      }),
    );
    await expect(install("in.asks")).rejects.toMatchObject({
      code: "grants_required",
      facts: { missing: [{ name: "net.fetch", hosts: ["api.example"] }] },
    });
    const wide = { name: "net.fetch", hosts: ["*"] };
    for (const grants of [["net.fetch", "metrics.read"], [wide], ["net.fetch", "net.fetch"]])
      expect(await codeOf(install("in.asks", { grants }))).toBe("grant_invalid");
    expect(await codeOf(install("in.asks", { grants: ["net.fetch", "data.read"] }))).toBe(
      "permission_unavailable",
    );
    expect((await install("in.asks", { grants: ["net.fetch"] })).installation.grants).toHaveLength(1);
  });

  it("is for who may write for all that it reaches", async () => {
    await organization.bring(plain("in.web"));
    const manager = await organization.join("member", { web: "manager", app: "member" });
    for (const scope of ["all", ["web", "app"], ["app"]])
      expect(await codeOf(install("in.web", { scope: { projects: scope } }, manager))).toBe("forbidden");
    for (const who of [await organization.join("member"), await organization.join("viewer")])
      expect(await codeOf(install("in.web", { scope: WEB }, who))).toBe("forbidden");
    expect((await install("in.web", { scope: WEB }, manager)).installation.scope).toEqual(WEB);
  });

  it("tells a manager that a plugin of other projects is not theirs to install, and changes nothing of it", async () => {
    await organization.install(plain("in.hidden"), { scope: { projects: ["app"] }, isOn: false });
    const manager = await organization.join("member", { web: "manager" });
    expect(await codeOf(install("in.hidden", { scope: WEB }, manager))).toBe("forbidden");
    expect(await codeOf(domain.installations.get(manager, slug, "in.hidden"))).toBe("plugin_not_installed");
    const { installation } = await domain.installations.get(owner, slug, "in.hidden");
    expect(installation.scope).toEqual({ projects: ["app"] });
  });

  it("is of the organization's own catalog", async () => {
    const elsewhere = await TestOrganization.create(domain);
    await elsewhere.bring(plain("in.theirs"));
    expect(await codeOf(install("in.theirs"))).toBe("package_not_found");
    expect(await codeOf(domain.installer.install(owner, elsewhere.slug, { plugin: "in.theirs" }))).toBe(
      "organization_not_found",
    );
  });
});

describe("what a plugin needs", () => {
  it("comes along, in order, where the plugin applies, with what was granted to it", async () => {
    await organization.bring(asking("in.tiles", { required: ["storage.scoped"] }));
    await organization.bring(needing("in.geo", { "in.tiles": "^1.0.0" }));
    await organization.bring(needing("in.geo", {}, "2.0.0"));
    await organization.bring(needing("in.maps", { "in.geo": "^1.0.0" }));
    const request = { scope: WEB, dependencies: { "in.tiles": { grants: ["storage.scoped"] } } };
    await expect(install("in.maps", { scope: WEB })).rejects.toMatchObject({
      code: "grants_required",
      facts: { missing: [], dependencies: [{ plugin: "in.tiles", version: "1.0.0" }] },
    });
    expect(await installed()).toEqual({});
    const { along } = await install("in.maps", request);
    expect(along.map(({ pluginId, version }) => `${pluginId} ${version}`)).toEqual([
      "in.tiles 1.0.0",
      "in.geo 1.0.0",
    ]);
    for (const one of along) expect(one.scope).toEqual(WEB);
  });

  it("is granted only to what comes along", async () => {
    await organization.bring(plain("in.geo"));
    await organization.bring(needing("in.maps", { "in.geo": "*" }));
    const dependencies = (id: string, grants: string[]) => ({ dependencies: { [id]: { grants } } });
    await expect(install("in.maps", dependencies("in.geo", ["metrics.read"]))).rejects.toMatchObject({
      code: "grant_invalid",
      errors: [{ pointer: "/dependencies/in.geo/grants/0" }],
    });
    await expect(install("in.maps", dependencies("in.elsewhere", []))).rejects.toMatchObject({
      code: "grant_invalid",
      errors: [{ pointer: "/dependencies/in.elsewhere" }],
    });
  });

  it.each<[string, Record<string, string>, string]>([
    ["is nowhere", { "in.nowhere": "^1.0.0" }, "dependency_missing"],
    ["is there in no version that it can do with", { "in.maps": "^3.0.0" }, "dependency_missing"],
    ["is installed in another version", { "in.geo": "^2.0.0" }, "dependency_conflict"],
    ["needs it in turn", { "in.hen": "*" }, "dependency_cycle"],
  ])("keeps it out when it %s", async (_, dependencies, code) => {
    await organization.install(plain("in.geo"), { isOn: false });
    await organization.bring(plain("in.geo", { version: "2.0.0" }));
    await organization.bring(needing("in.hen", { "in.egg": "*" }));
    await organization.bring(needing("in.egg", dependencies));
    await organization.bring(plain("in.maps"));
    expect(await codeOf(install("in.egg"))).toBe(code);
    expect(await codeOf(domain.installer.resolution(owner, slug, "in.egg", "1.0.0"))).toBe(code);
    expect(await installed()).toEqual({ "in.geo": "1.0.0" });
  });

  it("comes once, when several that need it are installed at the same time", async () => {
    await organization.bring(plain("in.shared"));
    const ids = ["in.one", "in.two", "in.three"];
    for (const id of ids) await organization.bring(needing(id, { "in.shared": "*" }));
    const all = await Promise.all(ids.map((id) => install(id)));
    expect(all.flatMap(({ along }) => along.map(({ pluginId }) => pluginId))).toEqual(["in.shared"]);
  });

  it("is not taken away from it, also at the same time", async () => {
    await organization.bring(plain("race.low"));
    await organization.bring(needing("race.high", { "race.low": "*" }));
    for (let round = 0; round < 4; round += 1) {
      await install("race.low");
      await Promise.all([codeOf(install("race.high")), codeOf(uninstall("race.low"))]);
      const left = Object.keys(await installed());
      if (left.includes("race.high")) {
        expect(left).toContain("race.low");
        expect(await codeOf(uninstall("race.low"))).toBe("dependency_in_use");
      }
      for (const plugin of ["race.high", "race.low"]) if (left.includes(plugin)) await uninstall(plugin);
    }
  });
});

describe("uninstalling a plugin", () => {
  it("takes settings and stored data with it", async () => {
    const settings = { type: "object", properties: { days: { type: "integer" } } };
    const { id } = await organization.install(plain("out.all", { manifest: { settings } }));
    await domain.configuration.putSettings(owner, slug, "out.all", null, { days: 3 });
    await domain.database.pluginData.set(id, "key", "value", 1000);
    await uninstall("out.all");
    const again = (await install("out.all")).installation;
    expect(await domain.database.pluginData.get(again.id, "key")).toBeUndefined();
    expect((await domain.configuration.settings(owner, slug, "out.all", null)).values).toEqual({});
  });

  it("does not stop one that is on without being told to, and ends what runs of it then", async () => {
    const { id } = await organization.install(running("out.on", "() => 1"));
    expect(await codeOf(uninstall("out.on", owner, { disable: false }))).toBe("plugin_enabled");
    const runs = () => domain.runtime.instances().some(({ installationId }) => installationId === id);
    expect(runs()).toBe(true);
    await uninstall("out.on");
    expect(runs()).toBe(false);
  });

  it("is for who may write for all that it reaches", async () => {
    await organization.install(plain("out.wide"), { isOn: false });
    const manager = await organization.join("member", { web: "manager" });
    expect(await codeOf(uninstall("out.wide", manager))).toBe("forbidden");
    await domain.configuration.putScope(owner, slug, "out.wide", WEB);
    expect(await codeOf(uninstall("out.wide", await organization.join("member", { web: "member" })))).toBe(
      "forbidden",
    );
    expect(await codeOf(uninstall("out.wide", manager))).toBeNull();
    expect(await codeOf(uninstall("out.wide"))).toBe("plugin_not_installed");
  });
});

describe("how an installation is set up", () => {
  const SETTINGS = {
    type: "object",
    properties: { days: { type: "integer" }, units: { type: "string" } },
  };
  beforeEach(async () => {
    await organization.install(
      plain("set.up", {
        manifest: {
          settings: SETTINGS,
          permissions: { required: ["storage.scoped"], optional: ["metrics.read"] },
        },
      }),
      { grants: ["storage.scoped"] },
    );
  });
  const set = (values: object, by = owner, project: string | null = null, seen?: string[]) =>
    domain.configuration.putSettings(by, slug, "set.up", project, values, seen);
  const values = async (project: string | null = null) =>
    (await domain.configuration.settings(owner, slug, "set.up", project)).values;

  it("has settings of a project over those of the organization, until they are reset", async () => {
    await set({ days: 1, units: "metric" });
    await set({ days: 2 }, owner, "web");
    expect([await values(), await values("web"), await values("app")]).toEqual([
      { days: 1, units: "metric" },
      { days: 2, units: "metric" },
      { days: 1, units: "metric" },
    ]);
    await domain.configuration.resetSettings(owner, slug, "set.up", "web");
    expect(await values("web")).toEqual({ days: 1, units: "metric" });
    await set({ units: null });
    expect(await values()).toEqual({ days: 1 });
  });

  it("is set by a manager for own projects alone", async () => {
    const manager = await organization.join("member", { web: "manager", app: "member" });
    expect(await codeOf(set({ days: 2 }, manager, "web"))).toBeNull();
    expect(await codeOf(set({ days: 2 }, manager))).toBe("forbidden");
    expect(await codeOf(set({ days: 2 }, manager, "app"))).toBe("forbidden");
    expect(await codeOf(domain.configuration.putGrants(manager, slug, "set.up", []))).toBe("forbidden");
    expect(await codeOf(domain.configuration.putScope(manager, slug, "set.up", WEB))).toBe("forbidden");
    await domain.configuration.putScope(owner, slug, "set.up", WEB);
    // Their plugin now, which they do not widen.
    const widened = domain.configuration.putScope(manager, slug, "set.up", { projects: "all" });
    expect(await codeOf(widened)).toBe("forbidden");
  });

  it("merges what two set at the same time", async () => {
    for (let round = 0; round < 4; round += 1) {
      await Promise.all([set({ days: round }), set({ units: `u${round}` })]);
      expect(await values()).toEqual({ days: round, units: `u${round}` });
    }
  });

  it("is changed by one of two who saw the same, and tells the other one both states", async () => {
    const { revision } = await domain.configuration.settings(owner, slug, "set.up", null);
    const both = await Promise.all([
      codeOf(set({ days: 1 }, owner, null, [revision])),
      codeOf(set({ days: 2 }, owner, null, [revision])),
    ]);
    expect(both.toSorted()).toEqual([null, "revision_changed"].toSorted());
    const current = await values();
    const late = set({ days: 3 }, owner, null, [revision]);
    await expect(late).rejects.toMatchObject({ facts: { current, sent: { days: 3 } } });
    const { installation } = await domain.installations.get(owner, slug, "set.up");
    const grants = ["storage.scoped", "metrics.read"] as const;
    await domain.configuration.putGrants(owner, slug, "set.up", grants, [revisionOf(installation.grants)]);
    const again = domain.configuration.putGrants(owner, slug, "set.up", grants.slice(0, 1), [
      revisionOf(installation.grants),
    ]);
    expect(await codeOf(again)).toBe("revision_changed");
    await domain.configuration.putScope(owner, slug, "set.up", WEB, [revisionOf(installation.scope)]);
    const scope = domain.configuration.putScope(owner, slug, "set.up", { projects: "all" }, [
      revisionOf(installation.scope),
    ]);
    expect(await codeOf(scope)).toBe("revision_changed");
  });

  it("keeps what a running plugin requires granted, and takes it from one that is off", async () => {
    const withdraw = () => codeOf(domain.configuration.putGrants(owner, slug, "set.up", []));
    expect(await withdraw()).toBe("grants_required");
    await domain.switching.disable(owner, slug, "set.up");
    expect(await withdraw()).toBeNull();
    expect(await codeOf(domain.switching.enable(owner, slug, "set.up"))).toBe("grants_required");
  });

  it("accepts what fits the plugin's schema, and changes nothing otherwise", async () => {
    await set({ days: 1 });
    for (const wrong of [{ days: "three" }, { gone: true }, { days: 2, units: 7 }])
      expect(await codeOf(set(wrong))).toBe("settings_invalid");
    expect(await codeOf(set({ days: 2 }, owner, "nowhere"))).toBe("project_not_found");
    expect(await values()).toEqual({ days: 1 });
  });
});

describe("what people see of installed plugins", () => {
  it("is what applies to one of their projects, with the newer version that it could go over to", async () => {
    await organization.install(plain("seen.all"));
    await organization.bring(plain("seen.all", { version: "1.1.0" }));
    await organization.install(plain("seen.app"), { scope: { projects: ["app"] }, isOn: false });
    const member = await organization.join("member", { web: "member" });
    const seen = await domain.installations.list(member, slug);
    expect(seen.map(({ installation, update }) => [installation.pluginId, update?.version])).toEqual([
      ["seen.all", "1.1.0"],
    ]);
    const viewer = await organization.join("viewer", { app: "member" });
    expect(await domain.installations.list(viewer, slug)).toHaveLength(2);
  });

  it("of logs and instances is for those who may debug, by role and policy", async () => {
    await organization.install(plain("seen.web"), { scope: WEB });
    const manager = await organization.join("member", { web: "manager" });
    const logs = (who: Principal) => codeOf(domain.installations.logs(who, slug, "seen.web", { limit: 1 }));
    const instances = (who: Principal) => codeOf(domain.installations.instances(who, slug, "seen.web"));
    for (const look of [logs, instances]) {
      await domain.policies.put(owner, slug, {});
      expect([
        await look(await organization.again(owner)),
        await look(await organization.again(manager)),
      ]).toEqual([null, "forbidden"]);
      await domain.policies.put(owner, slug, { debug: "managers" });
      expect(await look(await organization.again(manager))).toBeNull();
      await domain.policies.put(owner, slug, { debug: "nobody" });
      expect(await look(await organization.again(owner))).toBe("forbidden");
    }
  });

  it("of its history leaves out what was done before it was theirs to see", async () => {
    await organization.install(plain("seen.past"), { scope: { projects: ["web"] } });
    const member = await organization.join("member", { app: "member" });
    const look = (who: Principal) => domain.installations.history(who, slug, "seen.past", { limit: 10 });
    expect(await codeOf(look(member))).toBe("plugin_not_installed");
    await uninstall("seen.past");
    expect((await look(owner)).items[0]?.action).toBe("plugin.uninstalled");
    expect(await codeOf(look(member))).toBe("plugin_not_installed");
    expect(await codeOf(domain.installations.audit(member, slug, { limit: 1 }))).toBe("forbidden");
  });
});
