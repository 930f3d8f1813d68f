import { randomBytes, randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  ArtifactCollection,
  createTrust,
  DEFAULT_POLICY,
  type PackageVersion,
  systemAuthority,
  type World,
} from "@patchbay/core";
import { LocalArtifactStore } from "@patchbay/storage-objects";
import { PostgresDatabase } from "@patchbay/storage-postgres";
import { startPostgresServer, type TestPostgresServer } from "@patchbay/storage-postgres/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePackage } from "./support/packages.ts";
import { temporaryFolder } from "./support/server.ts";

const ID = "acme.aged";
const HOUR_MS = 3_600_000;

/** Two nodes with one database and one folder, and a clock that the test moves. */
describe("old versions and what they leave", () => {
  let databaseFolder: Awaited<ReturnType<typeof temporaryFolder>>;
  let folder: typeof databaseFolder;
  let postgres: TestPostgresServer;
  let store: LocalArtifactStore;
  const databases: PostgresDatabase[] = [];
  const clock = { aheadMs: 0 };
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const world: World = {
    now: () => new Date(Date.now() + clock.aheadMs),
    newId: randomUUID,
    nodeId: "test",
    patchbayVersion: "1.0.0",
    log,
  };

  beforeAll(async () => {
    databaseFolder = await temporaryFolder();
    folder = await temporaryFolder();
    postgres = await startPostgresServer({ dir: databaseFolder.path });
    for (let node = 0; node < 2; node += 1)
      databases.push(await PostgresDatabase.connect({ connectionString: postgres.url }, log));
    store = await LocalArtifactStore.open(join(folder.path, "artifacts"));
  });
  afterAll(async () => {
    for (const database of databases) await database.close();
    await postgres?.stop();
    await databaseFolder?.remove();
    await folder?.remove();
  });

  const upload = async (organizationId: string, version: string, code = version): Promise<PackageVersion> => {
    const path = join(folder.path, `${randomUUID()}.zip`);
    const readme = `Version ${version}`;
    const source = `export default { tools: { v: { description: "v", run: () => ${JSON.stringify(code)} } } };`;
    await writeFile(
      path,
      await makePackage({ id: ID, version, code: source, tools: ["v"], files: { "README.md": readme } }),
    );
    const database = databases[0] as PostgresDatabase;
    const { intake } = createTrust(
      { secretKeys: [randomBytes(32)], sigstoreRoot: null },
      { database, artifacts: store, world },
    );
    const by = systemAuthority(organizationId, "automatic_update", DEFAULT_POLICY);
    const origin = { by, source: "upload", badge: "private" } as const;
    return (await intake.admit(path, origin)).version;
  };
  const partsOf = (version: PackageVersion): string[] =>
    [version.digest, version.scriptDigest, version.readmeDigest].filter((digest) => digest !== null);
  const areThere = async (version: PackageVersion): Promise<boolean[]> =>
    await Promise.all(partsOf(version).map((digest) => store.has(digest)));

  it("go a day later with their bytes, once announced, and leave all that somebody needs", async () => {
    const [database] = databases as [PostgresDatabase, PostgresDatabase];
    const organizationId = randomUUID();
    await database.organizations.createOrganization({ id: organizationId, slug: "acme", name: "Acme" });
    const added: PackageVersion[] = [];
    // The scripts of 1.1.0 and 1.5.0 are the same: one artifact that is still needed when 1.1.0 goes.
    for (const minor of [0, 1, 2, 3, 4, 5])
      added.push(await upload(organizationId, `1.${minor}.0`, minor === 5 ? "1.1.0" : undefined));
    await expect(upload(organizationId, "1.5.0", "other")).rejects.toMatchObject({ code: "version_exists" });
    const { length: stored } = await store.list();
    const [first, second, third] = added as [PackageVersion, PackageVersion, PackageVersion];
    expect(second.scriptDigest).toBe(added[5]?.scriptDigest);
    const installation = await database.installations.create({
      id: randomUUID(),
      organizationId,
      pluginId: ID,
      version: "1.0.0",
      previous: null,
      state: "disabled",
      source: "upload",
      badge: "private",
      scope: { projects: "all" },
      grants: [],
      transition: null,
      lastError: null,
    });
    const nodes = databases.map((one) => new ArtifactCollection(one, store, world));
    const collect = async () => await Promise.all(nodes.map((node) => node.run()));

    // The failed upload's zip and script; nothing is old enough for a day.
    expect(await collect()).toEqual([
      { versions: 0, artifacts: 0, dryRun: true },
      { versions: 0, artifacts: 0, dryRun: true },
    ]);
    clock.aheadMs = 23 * HOUR_MS;
    for (const { versions, artifacts } of await collect()) expect([versions, artifacts]).toEqual([0, 0]);
    expect((await store.list()).length).toBe(stored);

    clock.aheadMs = 25 * HOUR_MS;
    await collect();
    await collect();
    const versions = await database.catalog.listVersions(organizationId, ID);
    expect(versions.map(({ version }) => version)).toEqual(["1.5.0", "1.4.0", "1.3.0", "1.0.0"]);
    for (const version of [first, ...added.slice(3)])
      expect(await areThere(version)).toEqual([true, true, true]);
    expect(await areThere(second)).toEqual([false, true, false]);
    expect(await areThere(third)).toEqual([false, false, false]);
    const needed = new Set(versions.flatMap(partsOf));
    expect(new Set((await store.list()).map(({ digest }) => digest))).toEqual(needed);
    const { items } = await database.audit.list(organizationId, { action: "package.removed", limit: 10 });
    expect(items.map(({ actor, detail }) => [actor.kind, detail.version]).toSorted()).toEqual([
      ["system", "1.1.0"],
      ["system", "1.2.0"],
    ]);

    // Once nobody has it installed it goes too; and whatever went can be added again.
    await database.installations.remove(installation.id, installation.revision);
    await collect();
    await collect();
    expect(await areThere(first)).toEqual([false, false, false]);
    expect(await areThere(await upload(organizationId, "1.2.0"))).toEqual([true, true, true]);
  });
});
