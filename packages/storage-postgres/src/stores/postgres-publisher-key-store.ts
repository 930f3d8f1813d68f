import type { PublisherKey, PublisherKeyStore } from "@patchbay/core";
import { type Kysely, sql } from "kysely";
import { jsonOrNull, type Row, type Tables } from "../tables.ts";

/** Keys of all publishers in one table. */
export class PostgresPublisherKeyStore implements PublisherKeyStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async list(publisher: string): Promise<PublisherKey[]> {
    const rows = await this.#db
      .selectFrom("publisherKeys")
      .selectAll()
      .where("publisher", "=", publisher)
      .orderBy("place")
      .execute();
    return rows.map(toKey);
  }

  async listAll(): Promise<PublisherKey[]> {
    const rows = await this.#db
      .selectFrom("publisherKeys")
      .selectAll()
      .orderBy("publisher")
      .orderBy("place")
      .execute();
    return rows.map(toKey);
  }

  async lock(publisher: string): Promise<void> {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`publisher ${publisher}`}, 0))`.execute(
      this.#db,
    );
  }

  async put({ revoked, endorsement, ...key }: PublisherKey): Promise<void> {
    const known = {
      ...key,
      endorsement: jsonOrNull(endorsement),
      revokedAt: revoked?.at ?? null,
      revokedReason: revoked?.reason ?? null,
    };
    await this.#db
      .insertInto("publisherKeys")
      .values(known)
      .onConflict((conflict) => conflict.columns(["publisher", "keyId"]).doUpdateSet(known))
      .execute();
  }

  async remove(publisher: string): Promise<number> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("publisherKeys")
      .where("publisher", "=", publisher)
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  }
}

const toKey = ({ revokedAt, revokedReason, place: _place, ...key }: Row<"publisherKeys">): PublisherKey => ({
  ...key,
  revoked: revokedAt === null || revokedReason === null ? null : { at: revokedAt, reason: revokedReason },
});
