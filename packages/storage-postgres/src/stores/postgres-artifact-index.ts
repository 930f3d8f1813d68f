import type { ArtifactIndex, NeededArtifact } from "@patchbay/core";
import { type Kysely, sql } from "kysely";
import { atomically } from "../connection.ts";
import type { Tables } from "../tables.ts";

/** One row for each artifact; who needs it is a view of the tables that name artifacts. */
export class PostgresArtifactIndex implements ArtifactIndex {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async claim(digest: string): Promise<void> {
    await sql`
      insert into artifacts (digest, claimed_at) values (${digest}, now())
      on conflict (digest) do update set claimed_at = now()
    `.execute(this.#db);
  }

  async listReferenced(): Promise<string[]> {
    const { rows } = await sql<{ digest: string }>`
      select distinct digest from artifact_references`.execute(this.#db);
    return rows.map(({ digest }) => digest);
  }

  /** The system's package comes before an organization's own of the same name, as everywhere. */
  async listNeeded(): Promise<NeededArtifact[]> {
    const { rows } = await sql<NeededArtifact>`
      select distinct on (part.digest) part.digest, part.part, package.plugin_id, package.version
      from installations
      cross join lateral (
        select * from packages
        where packages.plugin_id = installations.plugin_id and packages.version = installations.version
          and (packages.organization_id is null or packages.organization_id = installations.organization_id)
        order by packages.organization_id nulls first limit 1
      ) as package
      cross join lateral (
        values (package.script_digest, 'script'), (package.ui_digest, 'views')
      ) as part (digest, part)
      where installations.state in ('enabling', 'enabled', 'updating') and part.digest is not null
      order by part.digest, package.plugin_id, package.version
    `.execute(this.#db);
    return rows;
  }

  async countUnreferenced(claimedBefore: Date): Promise<number> {
    const { rows } = await sql<{ count: string }>`
      select count(*) as count from artifacts
      where claimed_at < ${claimedBefore} and ${isUnreferenced}
    `.execute(this.#db);
    return Number(rows[0]?.count ?? 0);
  }

  /**
   * The rows are locked while the bytes go. Whoever stores the same bytes claims them first, and waits at that lock; whoever has
   * claimed them already has moved the row's time, which is looked at once more when the lock is taken.
   */
  async collect(
    claimedBefore: Date,
    limit: number,
    remove: (digest: string) => Promise<void>,
  ): Promise<number> {
    return await atomically(this.#db, async (db) => {
      const { rows } = await sql<{ digest: string }>`
        select digest from artifacts where claimed_at < ${claimedBefore} and ${isUnreferenced}
        order by digest limit ${limit} for update skip locked
      `.execute(db);
      const digests = rows.map(({ digest }) => digest);
      for (const digest of digests) await remove(digest);
      await sql`delete from artifacts where digest = any(${digests}::text[])`.execute(db);
      return digests.length;
    });
  }
}

const isUnreferenced = sql`not exists (
  select 1 from artifact_references where artifact_references.digest = artifacts.digest
)`;
