import { createHash, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createTrust, type Database, type Organization, type PackageVersion } from "@patchbay/core";
import { LocalArtifactStore } from "@patchbay/storage-objects";
import { PostgresDatabase } from "@patchbay/storage-postgres";
import { startEmbeddedPostgres } from "@patchbay/storage-postgres/embedded";

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const ROOT = join(import.meta.dirname, "../..");
const DEFAULT = "default";

/**
 * Fills a deployment that has the plugin `sample` with copies of it that are installed and enabled, each with bytes of its own and
 * a row that is sealed as the server would, before a server starts on the folder.
 */
export const seedInstallations = async (
  dataDir: string,
  sample: string,
  { installations, organizations }: { installations: number; organizations: number },
): Promise<void> => {
  const embedded = await startEmbeddedPostgres({ dataDir, log: SILENT });
  try {
    const database = await PostgresDatabase.connect(embedded.connection, SILENT);
    const artifacts = await LocalArtifactStore.open(join(dataDir, "artifacts"));
    const { version: patchbayVersion } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
    const world = { now: () => new Date(), newId: randomUUID, nodeId: "bench", patchbayVersion };
    const secretKeys = [Buffer.from(await readFile(join(dataDir, "secret.key"), "utf8"), "base64")];
    const { trust } = createTrust(
      { secretKeys, sigstoreRoot: null },
      { database, artifacts, world: { ...world, log: SILENT } },
    );
    const all = await organizationsOf(database, organizations);
    const { createdAt: _createdAt, ...original } = await find(database, sample);
    const script = await artifacts.localFile(original.scriptDigest ?? "");
    const code = await readFile(script.path);
    await script.release();
    for (let index = 0; index < installations; index += 1) {
      const { id: organizationId = "" } = all[index % all.length] ?? {};
      const bytes = Buffer.concat([code, Buffer.from(`\n// ${index}`)]);
      const scriptDigest = createHash("sha256").update(bytes).digest("hex");
      await artifacts.put(scriptDigest, bytes);
      const pluginId = `bench.copy-${index}`;
      const manifest = { ...original.manifest, id: pluginId };
      const row = { ...original, id: randomUUID(), organizationId, pluginId, manifest, scriptDigest };
      await add(database, { ...row, seal: trust.sealOf(row) }, organizationId);
    }
    await database.close();
  } finally {
    await embedded.stop();
  }
};

const organizationsOf = async (database: Database, count: number): Promise<readonly Organization[]> => {
  const found = await database.organizations.findOrganization(DEFAULT);
  if (found === null) throw new Error("The deployment has no organization.");
  const all = [found];
  for (let index = 1; index < count; index += 1)
    all.push(
      await database.organizations.createOrganization({
        id: randomUUID(),
        slug: `bench-${index}`,
        name: `Bench ${index}`,
      }),
    );
  return all;
};

const find = async (database: Database, sample: string): Promise<PackageVersion> => {
  const organization = await database.organizations.findOrganization(DEFAULT);
  const [version] = await database.catalog.listVersions(organization?.id ?? "", sample);
  if (version === undefined) throw new Error(`The catalog has no "${sample}".`);
  return version;
};

const add = async (
  { catalog, installations }: Database,
  version: Omit<PackageVersion, "createdAt">,
  organizationId: string,
): Promise<void> => {
  await catalog.addVersion(version);
  const { pluginId, version: number, source, badge } = version;
  await installations.create({
    id: randomUUID(),
    organizationId,
    pluginId,
    version: number,
    source,
    badge,
    grants: [],
    scope: { projects: "all" },
    previous: null,
    state: "enabled",
    transition: null,
    lastError: null,
  });
};
