import type { Offer, OfferStore, WatchedPlugin } from "@patchbay/core";
import { type Kysely, sql } from "kysely";
import { atomically } from "../connection.ts";
import { jsonOrNull, type NewRow, type Row, type Tables } from "../tables.ts";
import { versionKey } from "../version-key.ts";

/** Offers of all places in one table; those of marketplaces have no organization. */
export class PostgresOfferStore implements OfferStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async list(organizationId: string, pluginIds: readonly string[]): Promise<Offer[]> {
    if (pluginIds.length === 0) return [];
    const rows = await this.#db
      .selectFrom("offers")
      .selectAll()
      .where("pluginId", "in", pluginIds)
      .where(({ or, eb }) =>
        or([eb("organizationId", "is", null), eb("organizationId", "=", organizationId)]),
      )
      .orderBy("pluginId")
      .orderBy("versionKey", "desc")
      .orderBy("version", "desc")
      .orderBy("place")
      .execute();
    return rows.map(toOffer);
  }

  async replace(
    {
      organizationId,
      source,
      place,
      pluginId,
    }: Pick<Offer, "organizationId" | "source" | "place" | "pluginId">,
    offers: readonly Offer[],
  ): Promise<void> {
    await atomically(this.#db, async (db) => {
      // Two nodes that look at the same time take turns.
      const subject = JSON.stringify(["offers", organizationId, source, place, pluginId]);
      await sql`select pg_advisory_xact_lock(hashtextextended(${subject}, 0))`.execute(db);
      await db
        .deleteFrom("offers")
        .where("organizationId", "is not distinct from", organizationId)
        .where("source", "=", source)
        .where("place", "=", place)
        .where("pluginId", "=", pluginId)
        .execute();
      if (offers.length > 0) await db.insertInto("offers").values(offers.map(toRow)).execute();
    });
  }

  async listWatched(): Promise<WatchedPlugin[]> {
    const { rows } = await sql<WatchedPlugin>`
      select distinct
        case packages.source when 'github' then installations.organization_id end as "organizationId",
        packages.source as "source",
        coalesce(packages.origin->>'marketplace', packages.origin->>'repository') as "place",
        packages.plugin_id as "pluginId"
      from installations
      join packages on packages.plugin_id = installations.plugin_id
        and packages.version = installations.version
        and packages.organization_id = installations.organization_id
      where packages.source in ('marketplace', 'github') and packages.origin is not null
      order by 3, 4
    `.execute(this.#db);
    return rows.filter(({ place }) => place !== null);
  }

  async removeOlder(before: Date): Promise<void> {
    await this.#db
      .deleteFrom("offers")
      .where("seenAt", "<", before)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom("installations")
              .select("installations.id")
              .whereRef("installations.pluginId", "=", "offers.pluginId"),
          ),
        ),
      )
      .execute();
  }
}

const toRow = ({ manifest, ...offer }: Offer): NewRow<"offers"> => ({
  ...offer,
  versionKey: versionKey(offer.version),
  manifest: jsonOrNull(manifest),
});

const toOffer = ({ versionKey: _key, sizeBytes, ...row }: Row<"offers">): Offer => ({
  ...row,
  sizeBytes: sizeBytes === null ? null : Number(sizeBytes),
});
