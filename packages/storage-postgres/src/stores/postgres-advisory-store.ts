import { createHash } from "node:crypto";
import {
  type AdvisoryStore,
  advisedPlugins,
  type Block,
  type Feed,
  type FeedState,
  type KnownAdvisory,
} from "@patchbay/core";
import { type Kysely, sql } from "kysely";
import { atomically } from "../connection.ts";
import type { Tables } from "../tables.ts";

/** In one statement: a row has a handful of parameters, of which PostgreSQL takes 65,535. */
const ROWS_PER_INSERT = 1_000;

/** Advisories and blocked versions in tables of their own, below the marketplace that they came from. */
export class PostgresAdvisoryStore implements AdvisoryStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async replace(place: string, feed: Feed, checkedAt: Date): Promise<void> {
    const digest = createHash("sha256").update(JSON.stringify(feed)).digest("hex");
    const isWhole = feed.advisories !== null && feed.blocked !== null;
    const read = { digest, ...(isWhole && { checkedAt }) };
    const { numUpdatedRows } = await this.#db
      .updateTable("marketplaceFeeds")
      .set(read)
      .where("place", "=", place)
      .where("digest", "=", digest)
      .executeTakeFirst();
    if (numUpdatedRows > 0n) return;
    await atomically(this.#db, async (db) => {
      await db
        .insertInto("marketplaceFeeds")
        .values({ place, checkedAt: new Date(0), ...read })
        .onConflict((conflict) => conflict.column("place").doUpdateSet(read))
        .execute();
      if (feed.advisories !== null) await db.deleteFrom("advisories").where("place", "=", place).execute();
      if (feed.blocked !== null) await db.deleteFrom("blockedVersions").where("place", "=", place).execute();
      await insertFeed(db, place, feed);
    });
  }

  async keepOnly(places: readonly string[]): Promise<void> {
    await this.#db
      .deleteFrom("marketplaceFeeds")
      .where("place", "not in", ["", ...places])
      .execute();
  }

  async listStates(): Promise<FeedState[]> {
    return await this.#db
      .selectFrom("marketplaceFeeds")
      .select(["place", "checkedAt"])
      .orderBy("place")
      .execute();
  }

  async listAdvisories(pluginIds: readonly string[]): Promise<KnownAdvisory[]> {
    const rows = await this.#db
      .selectFrom("advisories")
      .select(["place", "body"])
      .where(sql<boolean>`plugin_ids && ${[...pluginIds]}::text[]`)
      .orderBy("advisoryId")
      .orderBy("place")
      .execute();
    return rows.map(({ place, body }) => ({ place, advisory: body }));
  }

  async listBlocks(): Promise<Block[]> {
    const rows = await this.#db
      .selectFrom("blockedVersions")
      .selectAll()
      .orderBy("pluginId")
      .orderBy("place")
      .execute();
    return rows.map(({ pluginId, blockedAt, ...block }) => ({ ...block, plugin: pluginId, at: blockedAt }));
  }
}

/** Of advisories with the same id the last one counts. */
const insertFeed = async (
  db: Kysely<Tables>,
  place: string,
  { advisories, blocked }: Feed,
): Promise<void> => {
  const byId = new Map((advisories ?? []).map((advisory) => [advisory.id, advisory]));
  const rows = [...byId].map(([advisoryId, advisory]) => ({
    place,
    advisoryId,
    pluginIds: advisedPlugins(advisory),
    body: JSON.stringify(advisory),
  }));
  for (const some of chunks(rows)) await db.insertInto("advisories").values(some).execute();
  const blocks = (blocked ?? []).map(({ plugin: pluginId, versions, reason, at: blockedAt }) => ({
    place,
    pluginId,
    versions,
    reason,
    blockedAt,
  }));
  for (const some of chunks(blocks)) await db.insertInto("blockedVersions").values(some).execute();
};

const chunks = <T>(rows: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(rows.length / ROWS_PER_INSERT) }, (_, index) =>
    rows.slice(index * ROWS_PER_INSERT, (index + 1) * ROWS_PER_INSERT),
  );
