import type {
  PopularPackage,
  RegistryListing,
  RegistryPackageStore,
  RegistryQuery,
  RegistrySearch,
  RegistryVersion,
} from "@patchbay/core";
import { type Manifest, PatchbayError, type RegistryBadge } from "@patchbay/protocol";
import { type Kysely, sql } from "kysely";
import { jsonOrNull, type Row, type Tables } from "../tables.ts";
import { isPrerelease, versionKey } from "../version-key.ts";
import { LISTING_COLUMNS, RegistrySearcher, toListing } from "./registry-search.ts";

/** Published packages. A package's row says what its newest version says, so that lists and searches need no other. */
export class PostgresRegistryPackages implements RegistryPackageStore {
  readonly #db: Kysely<Tables>;
  readonly #searcher: RegistrySearcher;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
    this.#searcher = new RegistrySearcher(db);
  }

  async addVersion(
    version: Omit<RegistryVersion, "publishedAt" | "yanked">,
    badge: RegistryBadge,
  ): Promise<{ created: boolean }> {
    const { manifest, icon, digest, sizeBytes, readmeDigest, changelogDigest, signedBy } = version;
    await this.#holdPackage(version, badge);
    const added = await this.#db
      .insertInto("registryVersions")
      .values({
        pluginId: manifest.id,
        version: manifest.version,
        digest,
        sizeBytes,
        readmeDigest,
        changelogDigest,
        signedBy,
        yanked: null,
        versionKey: versionKey(manifest.version),
        prerelease: isPrerelease(manifest.version),
        iconDigest: icon?.digest ?? null,
        iconType: icon?.type ?? null,
        manifest: JSON.stringify(manifest),
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning("version")
      .executeTakeFirst();
    if (added !== undefined) {
      await this.#refresh(manifest.id);
      return { created: true };
    }
    const existing = await this.findVersion(manifest.id, manifest.version);
    if (existing?.digest === digest) return { created: false };
    throw new PatchbayError(
      "version_exists",
      `Version ${manifest.version} of "${manifest.id}" is published with other content. Raise the version.`,
    );
  }

  async find(plugin: string): Promise<RegistryListing | null> {
    const row = await this.#db
      .selectFrom("registryPackages")
      .select(LISTING_COLUMNS)
      .where("pluginId", "=", plugin)
      .executeTakeFirst();
    return row === undefined ? null : toListing(row);
  }

  async listVersions(plugin: string): Promise<RegistryVersion[]> {
    const rows = await this.#db
      .selectFrom("registryVersions")
      .selectAll()
      .where("pluginId", "=", plugin)
      .orderBy("versionKey", "desc")
      .orderBy("version", "desc")
      .execute();
    return rows.map(toVersion);
  }

  async findVersion(plugin: string, version: string): Promise<RegistryVersion | null> {
    const row = await this.#db
      .selectFrom("registryVersions")
      .selectAll()
      .where("pluginId", "=", plugin)
      .where("version", "=", version)
      .executeTakeFirst();
    return row === undefined ? null : toVersion(row);
  }

  async search(query: RegistryQuery): Promise<RegistrySearch> {
    return await this.#searcher.search(query);
  }

  async listPage(limit: number, after = ""): Promise<RegistryListing[]> {
    const rows = await this.#db
      .selectFrom("registryPackages")
      .select(LISTING_COLUMNS)
      .where("pluginId", ">", after)
      .orderBy("pluginId")
      .limit(limit)
      .execute();
    return rows.map(toListing);
  }

  async listOfPublisher(publisher: string): Promise<string[]> {
    const rows = await this.#db
      .selectFrom("registryPackages")
      .select("pluginId")
      .where("publisher", "=", publisher)
      .orderBy("pluginId")
      .execute();
    return rows.map(({ pluginId }) => pluginId);
  }

  async listPopular(publisher: string, limit: number): Promise<PopularPackage[]> {
    const rows = await this.#db
      .selectFrom("registryPackages")
      .select(["pluginId as plugin", "name", "installs", "badge"])
      .where("publisher", "!=", publisher)
      .orderBy("popularity", "desc")
      .orderBy("pluginId", "desc")
      .limit(limit)
      .execute();
    return rows.map((row) => ({ ...row, installs: Number(row.installs) }));
  }

  async setYanked(plugin: string, version: string, reason: string | null): Promise<boolean> {
    await this.#lock(plugin);
    const { numUpdatedRows } = await this.#db
      .updateTable("registryVersions")
      .set({ yanked: reason?.replaceAll("\0", "\uFFFD") ?? null })
      .where("pluginId", "=", plugin)
      .where("version", "=", version)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return false;
    await this.#refresh(plugin);
    return true;
  }

  async setDeprecated(plugin: string, deprecated: RegistryListing["deprecated"]): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("registryPackages")
      .set({ deprecated: jsonOrNull(deprecated) })
      .where("pluginId", "=", plugin)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async setBadge(plugin: string, badge: RegistryBadge): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("registryPackages")
      .set({ badge })
      .where("pluginId", "=", plugin)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** In the order of ids, so that nodes that count at the same time do not wait for each other in a circle. */
  async addInstalls(counts: ReadonlyMap<string, number>): Promise<void> {
    const sorted = [...counts].sort(([one], [other]) => (one < other ? -1 : 1));
    await sql`
      with counted as (
        select registry_packages.plugin_id, counted.count
        from registry_packages
        join unnest(${sorted.map(([id]) => id)}::text[], ${sorted.map(([, count]) => count)}::bigint[])
          as counted (plugin_id, count) on counted.plugin_id = registry_packages.plugin_id
        order by registry_packages.plugin_id
        for update of registry_packages
      )
      update registry_packages set installs = installs + counted.count
      from counted where counted.plugin_id = registry_packages.plugin_id
    `.execute(this.#db);
  }

  /** The package's row, locked: of versions that come at once one after the other decides which is the newest. */
  async #holdPackage({ manifest, icon }: { manifest: Manifest; icon: unknown }, badge: RegistryBadge) {
    await this.#db
      .insertInto("registryPackages")
      .values({
        pluginId: manifest.id,
        publisher: publisherOf(manifest.id),
        badge,
        deprecated: null,
        ...factsOf(manifest, icon !== null),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await this.#lock(manifest.id);
  }

  async #lock(plugin: string): Promise<void> {
    await this.#db
      .selectFrom("registryPackages")
      .select("pluginId")
      .where("pluginId", "=", plugin)
      .forUpdate()
      .execute();
  }

  async #refresh(plugin: string): Promise<void> {
    const newest = await this.#db
      .selectFrom("registryVersions")
      .select(["manifest", "iconDigest"])
      .where("pluginId", "=", plugin)
      .orderBy(sql`yanked is not null`)
      .orderBy("prerelease")
      .orderBy("versionKey", "desc")
      .orderBy("version", "desc")
      .limit(1)
      .executeTakeFirstOrThrow();
    await this.#db
      .updateTable("registryPackages")
      .set({ ...factsOf(newest.manifest, newest.iconDigest !== null), updatedAt: sql<Date>`now()` })
      .where("pluginId", "=", plugin)
      .execute();
  }
}

const publisherOf = (plugin: string): string => plugin.slice(0, plugin.indexOf("."));

/** NUL is the one character that text cannot hold. */
const text = (value: string): string => value.replaceAll("\0", "\uFFFD");

const factsOf = (manifest: Manifest, hasIcon: boolean) => ({
  latest: manifest.version,
  name: text(manifest.name),
  description: text(manifest.description),
  author: JSON.stringify(manifest.author),
  category: manifest.category,
  keywords: JSON.stringify(manifest.keywords ?? []),
  license: manifest.license === undefined ? null : text(manifest.license),
  hasIcon,
  searchKeywords: text([...(manifest.keywords ?? []), manifest.author.name].join(" ")),
});

const toVersion = (row: Row<"registryVersions">): RegistryVersion => ({
  manifest: row.manifest,
  digest: row.digest,
  sizeBytes: row.sizeBytes,
  readmeDigest: row.readmeDigest,
  changelogDigest: row.changelogDigest,
  icon:
    row.iconDigest === null || row.iconType === null ? null : { digest: row.iconDigest, type: row.iconType },
  signedBy: row.signedBy,
  yanked: row.yanked,
  publishedAt: row.publishedAt,
});
