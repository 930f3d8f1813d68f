import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { readBundle, writeBundle } from "@patchbay/artifact";
import type { Principal } from "@patchbay/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf, type Domain, openDomain, TestOrganization } from "./support/domain.ts";
import { plain, sourceOf } from "./support/plugins.ts";

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

const describeBundle = (request: object = {}, by = owner) => domain.bundles.describe(by, slug, request);
const packagesOf = async (request: object = {}, by = owner) =>
  (await describeBundle(request, by)).packages
    .map(({ plugin, version }) => `${plugin} ${version}`)
    .toSorted();
/** The bundle as it comes out at the other end. */
const carried = async (
  change: (manifest: Awaited<ReturnType<typeof describeBundle>>) => object = (one) => one,
) => {
  const manifest = await describeBundle({ lock: true });
  const folder = await mkdtemp(join(domain.folder, "bundle-"));
  const bundle = writeBundle(change(manifest) as typeof manifest, (digest) => domain.bundles.open(digest));
  return await readBundle(bundle, folder);
};

describe("a bundle", () => {
  it("holds what is installed, or was asked for, with all that it needs in the versions that are installed", async () => {
    await organization.bring(plain("b.low"));
    await organization.install(plain("b.high", { manifest: { dependencies: { "b.low": "^1.0.0" } } }));
    for (const id of ["b.low", "b.high"]) await organization.bring(plain(id, { version: "1.1.0" }));
    await organization.bring(plain("b.more"));
    expect(await packagesOf()).toEqual(["b.high 1.0.0", "b.low 1.0.0"]);
    expect(await packagesOf({ plugins: [{ plugin: "b.more" }] })).toEqual(["b.more 1.0.0"]);
    expect(await packagesOf({ plugins: [{ plugin: "b.low", version: "1.1.0" }] })).toEqual(["b.low 1.1.0"]);
    expect(await codeOf(describeBundle({ plugins: [{ plugin: "b.gone" }] }))).toBe("package_not_found");
  });

  it("does not tell of plugins that whoever asks does not see", async () => {
    await organization.install(plain("b.all"));
    await organization.install(plain("b.app"), { scope: { projects: ["app"] } });
    expect(await packagesOf({}, await organization.join("member", { web: "member" }))).toEqual([
      "b.all 1.0.0",
    ]);
  });

  it("makes another organization like the one that it was made of", async () => {
    const { id } = sourceOf(`b.p${crypto.randomUUID().slice(0, 8)}`);
    await organization.upload(sourceOf(id));
    await domain.installer.install(owner, slug, { plugin: id });
    const bundle = await carried();
    const other = await TestOrganization.create(domain);
    const authority = domain.bundles.authorizeImport(other.owner, other.slug);
    const [brought] = await domain.bundles.import(authority, bundle);
    expect(brought).toMatchObject({ pluginId: id, source: "bundle", organizationId: other.id });
    const { lock } = bundle.manifest;
    if (lock === undefined) throw new Error("It was asked for.");
    await domain.locks.apply(other.owner, other.slug, { lock });
    const installed = (await domain.installations.list(other.owner, other.slug)).map(
      (one) => one.installation,
    );
    expect(installed).toMatchObject([{ pluginId: id, source: "bundle", state: "disabled" }]);
  });

  it("brings nothing when a package in it is another one than it says", async () => {
    const id = `b.q${crypto.randomUUID().slice(0, 8)}`;
    await organization.upload(sourceOf(id));
    await domain.installer.install(owner, slug, { plugin: id });
    const bundle = await carried((manifest) => ({
      ...manifest,
      packages: manifest.packages.map((one) => ({ ...one, version: "9.0.0" })),
    }));
    const other = await TestOrganization.create(domain);
    const authority = domain.bundles.authorizeImport(other.owner, other.slug);
    expect(await codeOf(domain.bundles.import(authority, bundle))).toBe("bundle_invalid");
    expect(await domain.database.catalog.listVersions(other.id, id)).toEqual([]);
  });

  it("is brought by those who may bring packages, where the policy lets bundles in", async () => {
    const may = (who: Principal) => codeOf((async () => domain.bundles.authorizeImport(who, slug))());
    expect([await may(owner), await may(await organization.join("member"))]).toEqual([null, "forbidden"]);
    for (const policy of [{ sources: ["upload"] }, { install: "nobody" }] as const) {
      await domain.policies.put(owner, slug, policy as object);
      expect(await may(await organization.again(owner))).toBe("policy_blocked");
    }
  });
});

describe("a plugin that comes with Patchbay", () => {
  const id = "builtin.tool";
  const bring = async (version: string) => {
    const manifest = { permissions: { required: ["storage.scoped"] } };
    await domain.builtins.admit([await organization.fileOf(sourceOf(id, { version, manifest }))]);
    await domain.builtins.spread();
  };
  const installed = async (of = organization) =>
    (await domain.installations.get(of.owner, of.slug, id)).installation;

  it("is in every organization, off, with what it requires, whatever the policy says, and stays", async () => {
    await domain.policies.put(owner, slug, { install: "nobody", sources: ["upload"], maxGrants: [] });
    await bring("1.0.0");
    expect(await installed()).toMatchObject({
      version: "1.0.0",
      state: "disabled",
      grants: [{ name: "storage.scoped" }],
    });
    const fresh = await TestOrganization.create(domain);
    await domain.builtins.spreadTo(fresh.id);
    expect(await installed(fresh)).toMatchObject({ source: "builtin" });
    expect(await codeOf(domain.installer.uninstall(owner, slug, id, { disable: true }))).toBe("builtin");
    await bring("1.1.0");
    await bring("1.1.0");
    expect(await installed(fresh)).toMatchObject({ version: "1.1.0", state: "disabled" });
    const updates = (await fresh.history(id)).filter((action) => action === "plugin.updated");
    expect(updates).toHaveLength(1);
  });
});
