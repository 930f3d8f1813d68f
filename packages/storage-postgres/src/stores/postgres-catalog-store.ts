import type { CatalogQuery, CatalogStore, PackageVersion, Page } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import { type ExpressionBuilder, type Kysely, type OrderByItemBuilder, sql } from "kysely";
import { atomically } from "../connection.ts";
import { decodeCursor, pageOf } from "../cursor.ts";
import { jsonOrNull, type NewRow, type Row, type Tables } from "../tables.ts";
import { isPrerelease, versionKey } from "../version-key.ts";

/** Catalog rows in one table; the system's have no organization. */
export class PostgresCatalogStore implements CatalogStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async addVersion(
    version: Omit<PackageVersion, "createdAt">,
  ): Promise<{ version: PackageVersion; created: boolean }> {
    const added = await this.#db
      .insertInto("packages")
      .values(toRow(version))
      .onConflict((conflict) => conflict.constraint("packages_version").doNothing())
      .returningAll()
      .executeTakeFirst();
    if (added !== undefined) return { version: toVersion(added), created: true };
    const existing = await this.#db
      .selectFrom("packages")
      .selectAll()
      .where("organizationId", "is not distinct from", version.organizationId)
      .where("pluginId", "=", version.pluginId)
      .where("version", "=", version.version)
      .executeTakeFirst();
    if (existing?.digest === version.digest) return { version: toVersion(existing), created: false };
    throw new PatchbayError(
      "version_exists",
      `Version ${version.version} of "${version.pluginId}" exists with other content. Raise the version.`,
    );
  }

  async amendVersion(version: Omit<PackageVersion, "createdAt">): Promise<PackageVersion> {
    const { id, digest, ...row } = toRow(version);
    const amended = await this.#db
      .updateTable("packages")
      .set(row)
      .where("id", "=", id)
      .where("digest", "=", digest)
      .returningAll()
      .executeTakeFirst();
    if (amended !== undefined) return toVersion(amended);
    throw new PatchbayError(
      "package_not_found",
      `The catalog has no version ${version.version} of "${version.pluginId}" any more.`,
    );
  }

  /** The system's version comes before an organization's own of the same name. */
  async findVersion(
    organizationId: string,
    pluginId: string,
    version: string,
  ): Promise<PackageVersion | null> {
    const row = await this.#db
      .selectFrom("packages")
      .selectAll()
      .where(seenBy(organizationId))
      .where("pluginId", "=", pluginId)
      .where("version", "=", version)
      .orderBy("organizationId", (order) => order.asc().nullsFirst())
      .limit(1)
      .executeTakeFirst();
    return row === undefined ? null : toVersion(row);
  }

  async listVersions(organizationId: string, pluginId: string): Promise<PackageVersion[]> {
    const rows = await this.#db
      .selectFrom("packages")
      .selectAll()
      .distinctOn(["versionKey", "version"])
      .where(seenBy(organizationId))
      .where("pluginId", "=", pluginId)
      .orderBy("versionKey", "desc")
      .orderBy("version", "desc")
      .orderBy("organizationId", (order) => order.asc().nullsFirst())
      .execute();
    return rows.map(toVersion);
  }

  async listInstalled(organizationId: string): Promise<ReadonlyMap<string, readonly PackageVersion[]>> {
    const ofInstallations = this.#db
      .selectFrom("packages")
      .innerJoin("installations", "installations.pluginId", "packages.pluginId")
      .selectAll("packages")
      .distinctOn("packages.pluginId")
      .where("installations.organizationId", "=", organizationId)
      .where(({ or, eb }) =>
        or([eb("packages.organizationId", "is", null), eb("packages.organizationId", "=", organizationId)]),
      )
      .orderBy("packages.pluginId");
    const systemFirst = (order: OrderByItemBuilder) => order.asc().nullsFirst();
    const installed = ofInstallations
      .whereRef("packages.version", "=", "installations.version")
      .orderBy("packages.organizationId", systemFirst);
    const newest = ofInstallations
      .orderBy("packages.versionKey", "desc")
      .orderBy("packages.version", "desc")
      .orderBy("packages.organizationId", systemFirst);
    const rows = await this.#db
      .selectFrom(newest.as("newest"))
      .selectAll()
      .unionAll(this.#db.selectFrom(installed.as("installed")).selectAll())
      .execute();
    const byPlugin = new Map<string, PackageVersion[]>();
    for (const row of rows) {
      const versions = byPlugin.get(row.pluginId) ?? [];
      byPlugin.set(row.pluginId, versions);
      if (!versions.some(({ id }) => id === row.id)) versions.push(toVersion(row));
    }
    return byPlugin;
  }

  async search(organizationId: string, query: CatalogQuery): Promise<Page<PackageVersion>> {
    const newest = this.#newest(organizationId, query.cursor);
    let found = this.#db.selectFrom(newest.as("newest")).selectAll();
    for (const word of (query.q ?? "").toLowerCase().split(/\s+/).filter(Boolean))
      found = found.where((where) => where(sql`position(${word} in search_text)`, ">", 0));
    if (query.category !== undefined) found = found.where("category", "=", query.category);
    if (query.source !== undefined) found = found.where("source", "=", query.source);
    if (query.badge !== undefined) found = found.where("badge", "=", query.badge);
    const rows = await found
      .orderBy("pluginId")
      .limit(query.limit + 1)
      .execute();
    return pageOf(rows, query.limit, toVersion, ({ pluginId }) => pluginId);
  }

  async isSystemPlugin(pluginId: string): Promise<boolean> {
    const row = await this.#db
      .selectFrom("packages")
      .select("id")
      .where("organizationId", "is", null)
      .where("pluginId", "=", pluginId)
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }

  async isUiBundle(digest: string): Promise<boolean> {
    const row = await this.#db
      .selectFrom("packages")
      .select("id")
      .where("uiDigest", "=", digest)
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }

  async listBuiltins(): Promise<PackageVersion[]> {
    const rows = await this.#db
      .selectFrom("packages")
      .selectAll()
      .distinctOn("pluginId")
      .where("organizationId", "is", null)
      .where("source", "=", "builtin")
      .orderBy("pluginId")
      .orderBy("versionKey", "desc")
      .execute();
    return rows.map(toVersion);
  }

  async holdVersion(organizationId: string, pluginId: string, version: string): Promise<void> {
    const rows = await this.#db
      .selectFrom("packages")
      .select("id")
      .where(seenBy(organizationId))
      .where("pluginId", "=", pluginId)
      .where("version", "=", version)
      .forKeyShare()
      .execute();
    if (rows.length > 0) return;
    throw new PatchbayError(
      "package_not_found",
      `The catalog has no version ${version} of "${pluginId}" any more.`,
    );
  }

  async countSuperseded(keep: number, before: Date): Promise<number> {
    const { rows } = await sql<{ count: string }>`
      select count(*) as count from (${superseded(keep, before)}) as superseded`.execute(this.#db);
    return Number(rows[0]?.count ?? 0);
  }

  /** Locks first and looks anew then, so that who holds a version has written by then what it is held for. */
  async removeSuperseded(keep: number, before: Date, limit: number): Promise<PackageVersion[]> {
    return await atomically(this.#db, async (db) => {
      const { rows } = await sql<{ id: string }>`
        select id from packages
        where id in (select id from (${superseded(keep, before)}) as superseded limit ${limit})
        order by id for update skip locked
      `.execute(db);
      const removed = await db
        .deleteFrom("packages")
        .where("id", "in", [...rows.map(({ id }) => id), ""])
        .where(sql<boolean>`not ${isUsed}`)
        .returningAll()
        .execute();
      return removed.map(toVersion);
    });
  }

  /** The version of each plugin that the catalog shows. */
  #newest(organizationId: string, cursor: string | undefined) {
    const visible = this.#db
      .selectFrom("packages")
      .selectAll()
      .distinctOn("pluginId")
      .where(seenBy(organizationId))
      .orderBy("pluginId")
      .orderBy("prerelease")
      .orderBy("versionKey", "desc")
      .orderBy("organizationId", (order) => order.asc().nullsFirst());
    return cursor === undefined ? visible : visible.where("pluginId", ">", decodeCursor(cursor));
  }
}

const seenBy = (organizationId: string) => (where: ExpressionBuilder<Tables, "packages">) =>
  where.or([where("organizationId", "is", null), where("organizationId", "=", organizationId)]);

/** Of a row of `packages`: whether an installation runs it, is about to, or can go back to it. */
const isUsed = sql`exists (
  select 1 from installations
  where installations.plugin_id = packages.plugin_id
    and (packages.organization_id is null or packages.organization_id = installations.organization_id)
    and packages.version in (
      installations.version, installations.previous->>'version', installations.transition->>'toVersion')
)`;

/** Ids. Versions of the system and of each organization are counted apart. */
const superseded = (keep: number, before: Date) => sql`
  select id from (
    select id, organization_id, plugin_id, version, prerelease, created_at,
      row_number() over (partition by organization_id, plugin_id order by version_key desc, version desc) as place,
      row_number() over (
        partition by organization_id, plugin_id, prerelease order by version_key desc, version desc
      ) as place_of_kind
    from packages
  ) as packages
  where place > ${keep} and (prerelease or place_of_kind > ${keep}) and created_at < ${before} and not ${isUsed}
`;

const toRow = (version: Omit<PackageVersion, "createdAt">): NewRow<"packages"> => {
  const { id, organizationId, pluginId, digest, sizeBytes, source, badge } = version;
  const { scriptDigest, uiDigest, readmeDigest, changelogDigest, icon, manifest } = version;
  const { signature, provenance, seal, origin, broughtFor } = version;
  return {
    id,
    organizationId,
    pluginId,
    digest,
    sizeBytes,
    source,
    badge,
    scriptDigest,
    uiDigest,
    readmeDigest,
    changelogDigest,
    signature,
    seal,
    broughtFor,
    provenance: jsonOrNull(provenance),
    origin: jsonOrNull(origin),
    iconDigest: icon?.digest ?? null,
    iconType: icon?.type ?? null,
    version: version.version,
    versionKey: versionKey(version.version),
    prerelease: isPrerelease(version.version),
    manifest: JSON.stringify(manifest),
    category: manifest.category,
    searchText: searchText(manifest),
  };
};

/** Each on a line of its own, so that no word is found across two of them. NUL is the one character that text cannot hold. */
const searchText = ({ id, name, description, author, keywords }: PackageVersion["manifest"]): string =>
  [id, name, description, author.name, ...(keywords ?? [])].join("\n").replaceAll("\0", " ").toLowerCase();

const toVersion = ({
  versionKey: _key,
  prerelease: _prerelease,
  category: _category,
  searchText: _text,
  iconDigest,
  iconType,
  ...version
}: Row<"packages">): PackageVersion => ({
  ...version,
  icon: iconDigest === null || iconType === null ? null : { digest: iconDigest, type: iconType },
});
