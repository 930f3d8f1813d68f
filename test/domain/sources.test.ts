import { createHash } from "node:crypto";
import { type OrganizationPolicy, type Principal, systemAuthority } from "@patchbay/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makePackage } from "../support/packages.ts";
import { codeOf, type Domain, openDomain, TestOrganization } from "./support/domain.ts";
import { plain, sourceOf } from "./support/plugins.ts";

let domain: Domain;
let organization: TestOrganization;
let slug: string;
let owner: Principal;
/** The publisher of a test, so that no other test's plugins are met. */
let publisher: string;

beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain.close());
beforeEach(async () => {
  organization = await TestOrganization.create(domain);
  ({ slug, owner } = organization);
  publisher = `p${crypto.randomUUID().slice(0, 8)}`;
  domain.market.reset();
  domain.second.reset();
});

const install = (plugin: string, more: object = {}) =>
  domain.installer.install(owner, slug, { plugin, ...more });
const update = (plugin: string, more: object = {}) => domain.versions.update(owner, slug, plugin, more);
const decide = async (policy: Partial<OrganizationPolicy>) => {
  await domain.policies.put(owner, slug, policy);
  owner = await organization.again(owner);
};
const here = async (plugin: string) =>
  (await domain.database.catalog.listVersions(organization.id, plugin)).map(({ version }) => version);

describe("a plugin that the catalog does not have", () => {
  it("comes from the first marketplace that has it, with all that it needs", async () => {
    const { market, second } = domain;
    const [wanted, needed] = [`${publisher}.wanted`, `${publisher}.needed`];
    await second.publish(sourceOf(wanted, { version: "9.0.0" }));
    await second.publish(sourceOf(needed));
    await market.publish(sourceOf(wanted, { manifest: { dependencies: { [needed]: "^1.0.0" } } }));
    const { installation, along } = await install(wanted);
    expect(installation).toMatchObject({ version: "1.0.0", source: "marketplace", badge: "community" });
    expect(along.map(({ pluginId }) => pluginId)).toEqual([needed]);
    expect([market.fetched, second.fetched]).toEqual([[`${wanted} 1.0.0`], [`${needed} 1.0.0`]]);
  });

  it("is not taken from a later one while an earlier one does not answer: it may be another plugin there", async () => {
    const id = `${publisher}.shadow`;
    await domain.second.publish(sourceOf(id));
    domain.market.isAway = true;
    expect(await codeOf(install(id))).toBe("marketplace_unavailable");
    domain.market.isAway = false;
    expect((await install(id)).installation.version).toBe("1.0.0");
  });

  it("is not fetched when it may not be installed: policy and grants are looked at before", async () => {
    const id = `${publisher}.costly`;
    await domain.market.publish(
      sourceOf(id, { manifest: { permissions: { required: ["storage.scoped"] } } }),
    );
    expect(await codeOf(install(id))).toBe("grants_required");
    const granted = { grants: ["storage.scoped"] };
    for (const policy of [
      { sources: ["upload"] },
      { badges: ["official"] },
      { forbidden: [`${publisher}.*`] },
    ]) {
      await decide(policy as Partial<OrganizationPolicy>);
      expect(await codeOf(install(id, granted))).toBe("policy_blocked");
    }
    await decide({});
    domain.market.blocked.push({
      plugin: id,
      versions: "*",
      reason: "It steals.",
      at: "2026-01-01T00:00:00Z",
    });
    await domain.advisories.refresh();
    expect(await codeOf(install(id, granted))).toBe("version_blocked");
    expect(domain.market.fetched).toEqual([]);
  });

  it("is refused when what comes is not what was promised, and the catalog is as before", async () => {
    const id = `${publisher}.lies`;
    const asks = { permissions: { optional: ["storage.scoped"] } };
    for (const [told, sent] of [
      [sourceOf(id), sourceOf(`${publisher}.other`)],
      [sourceOf(id), sourceOf(id, { version: "1.0.1" })],
      [sourceOf(id), sourceOf(id, { manifest: asks })],
    ] as const) {
      const bytes = await makePackage(sent);
      const digest = createHash("sha256").update(bytes).digest("hex");
      await domain.market.publish(told, { digest });
      domain.market.sends = () => bytes;
      expect(await codeOf(install(id))).toBe("marketplace_invalid");
      expect(await here(id)).toEqual([]);
    }
  });

  it("is fetched for each organization by itself", async () => {
    const id = `${publisher}.own`;
    await domain.market.publish(sourceOf(id));
    await install(id);
    const other = await TestOrganization.create(domain);
    expect(await domain.database.catalog.listVersions(other.id, id)).toEqual([]);
    await domain.installer.install(other.owner, other.slug, { plugin: id });
    expect(domain.market.fetched).toHaveLength(2);
  });

  it("is not chosen where its author has withdrawn it, or in a pre-release, unless it is named", async () => {
    const id = `${publisher}.choice`;
    await domain.market.publish(sourceOf(id, { version: "1.0.0" }));
    await domain.market.publish(sourceOf(id, { version: "1.1.0" }), { yanked: { reason: "It was broken." } });
    await domain.market.publish(sourceOf(id, { version: "2.0.0-beta.1" }));
    expect((await install(id)).installation.version).toBe("1.0.0");
    expect((await update(id, { version: "1.1.0" })).version).toBe("1.1.0");
  });
});

describe("a plugin that people have brought themselves", () => {
  it("never goes over to what somebody offers under its id, unless that version is named", async () => {
    const id = `${publisher}.mine`;
    await organization.install(plain(id), { isOn: false });
    await domain.market.publish(sourceOf(id, { version: "2.0.0" }));
    expect(await codeOf(update(id))).toBe("same_version");
    expect((await domain.installations.get(owner, slug, id)).update).toBeNull();
    expect(domain.market.fetched).toEqual([]);
    expect((await update(id, { version: "2.0.0" })).version).toBe("2.0.0");
  });

  it("is there whether or not anybody outside answers", async () => {
    const id = `${publisher}.here`;
    domain.market.isAway = true;
    domain.second.isAway = true;
    await organization.install(plain(id), { isOn: false });
    await organization.bring(plain(id, { version: "1.1.0" }));
    expect((await update(id)).version).toBe("1.1.0");
    expect(await codeOf(update(id, { version: "3.0.0" }))).toBe("marketplace_unavailable");
  });
});

describe("a newer version", () => {
  it("comes from where the installed one came from, and from nowhere else", async () => {
    const id = `${publisher}.moves`;
    await domain.second.publish(sourceOf(id));
    await install(id);
    await domain.market.publish(sourceOf(id, { version: "3.0.0" }));
    await domain.second.publish(sourceOf(id, { version: "1.1.0" }));
    expect((await update(id)).version).toBe("1.1.0");
    expect(domain.market.fetched).toEqual([]);
  });

  it("is looked for by itself, and shown with what it asks for", async () => {
    const id = `${publisher}.grows`;
    await domain.market.publish(sourceOf(id));
    await install(id);
    await domain.market.publish(
      sourceOf(id, { version: "1.1.0", manifest: { permissions: { required: ["storage.scoped"] } } }),
    );
    const seen = async () => (await domain.installations.get(owner, slug, id)).update;
    expect(await seen()).toBeNull();
    expect((await domain.refresh.run()).checked).toContain(id);
    expect(await seen()).toEqual({ version: "1.1.0", missing: [{ name: "storage.scoped" }] });
    expect(await here(id)).toEqual(["1.0.0"]);
    expect(await codeOf(update(id))).toBe("grants_required");
    expect(await here(id)).toEqual(["1.0.0"]);
  });

  it("is not fetched when an installed plugin cannot do with it", async () => {
    const [low, high] = [`${publisher}.low`, `${publisher}.high`];
    await domain.market.publish(sourceOf(low));
    await domain.market.publish(sourceOf(high, { manifest: { dependencies: { [low]: "^1.0.0" } } }));
    await install(high);
    await domain.market.publish(sourceOf(low, { version: "2.0.0" }));
    domain.market.fetched.splice(0);
    expect(await codeOf(update(low))).toBe("dependency_conflict");
    expect(domain.market.fetched).toEqual([]);
  });
});

describe("what a manager of some projects has brought", () => {
  const byManager = { broughtFor: ["web"] };
  const ofWeb = { scope: { projects: ["web"] }, isOn: false };

  it("is gone over to by itself where it was brought for, and elsewhere only when it is named", async () => {
    const id = `${publisher}.reach`;
    await organization.install(plain(id), ofWeb);
    await organization.bring(plain(id, { version: "1.1.0" }), byManager);
    expect((await domain.installations.get(owner, slug, id)).update?.version).toBe("1.1.0");
    await domain.configuration.putScope(owner, slug, id, { projects: ["web", "app"] });
    expect((await domain.installations.get(owner, slug, id)).update).toBeNull();
    expect(await codeOf(update(id))).toBe("same_version");
    expect((await update(id, { version: "1.1.0" })).version).toBe("1.1.0");
  });

  it("does not come along with anything that reaches further, and is had by who asks for it", async () => {
    const [needed, needy] = [`${publisher}.needed`, `${publisher}.needy`];
    await organization.bring(plain(needed), byManager);
    await organization.bring(plain(needy, { manifest: { dependencies: { [needed]: "*" } } }));
    expect(await codeOf(install(needy))).toBe("dependency_missing");
    expect(await codeOf(install(needed))).toBeNull();
  });

  it("is brought for own projects, and not where it would continue a plugin of others", async () => {
    const id = `${publisher}.brought`;
    const manager = await organization.join("member", { web: "manager", app: "member" });
    await organization.install(plain(id), { isOn: false });
    const bring = (version: string) => organization.upload(sourceOf(id, { version }), manager);
    expect(await codeOf(bring("1.0.1"))).toBe("forbidden");
    await domain.configuration.putScope(owner, slug, id, { projects: ["web"] });
    expect((await bring("1.0.1")).broughtFor).toEqual(["web"]);
    // Brought again by an administrator it is for all.
    expect((await organization.upload(sourceOf(id, { version: "1.0.1" }))).broughtFor).toBeNull();
  });
});

describe("a package on its way into the catalog", () => {
  it("is the same again with the same bytes, and never another under a version that is there", async () => {
    const id = `${publisher}.bytes`;
    const first = await organization.upload(sourceOf(id));
    expect((await organization.upload(sourceOf(id))).id).toBe(first.id);
    const other = { ...sourceOf(id), code: "export default { tools: {} };" };
    expect(await codeOf(organization.upload(other))).toBe("version_exists");
    expect(await organization.history(id)).toEqual(["package.added"]);
  });

  it("is admitted once, when it comes twice at the same time", async () => {
    const id = `${publisher}.twice`;
    const [one, other] = await Promise.all([1, 2].map(() => organization.upload(sourceOf(id))));
    expect(one?.id).toBe(other?.id);
    expect(await organization.history(id)).toEqual(["package.added"]);
  });

  it.each<[string, object, string]>([
    ["is for another Patchbay", { engines: { patchbay: "^9.0.0" } }, "engine_mismatch"],
    [
      "requires what this Patchbay does not have",
      { permissions: { required: ["data.read"] } },
      "permission_unavailable",
    ],
    ["names a bundle that it does not have", { main: "gone.js" }, "entry_missing"],
  ])("stays out when it %s", async (_, manifest, code) => {
    const id = `${publisher}.unfit`;
    expect(await codeOf(organization.upload({ ...sourceOf(id), manifest: { ...manifest } as never }))).toBe(
      code,
    );
    expect(await here(id)).toEqual([]);
  });

  it("does not take the id of a plugin that comes with Patchbay", async () => {
    const id = `${publisher}.system`;
    const authority = "system";
    const path = await organization.fileOf(sourceOf(id));
    await domain.intake.admit(path, { by: authority, source: "builtin", badge: "builtin" });
    expect(await codeOf(organization.upload(sourceOf(id, { version: "2.0.0" })))).toBe("plugin_id_reserved");
  });

  it("comes in with others, or none of them does", async () => {
    const [good, bad] = [`${publisher}.good`, `${publisher}.bad`];
    const files = [
      await organization.fileOf(sourceOf(good)),
      await organization.fileOf(sourceOf(bad, { manifest: { engines: { patchbay: "^9.0.0" } } })),
    ];
    const { policy } = await domain.policies.get(owner, slug);
    const by = systemAuthority(organization.id, "builtins", policy);
    const admitted = domain.intake.admitAll(files, { by, source: "bundle", badge: "private" });
    expect(await codeOf(admitted)).toBe("engine_mismatch");
    expect([await here(good), await here(bad)]).toEqual([[], []]);
  });
});
