import type { RegistryNoticeStore } from "@patchbay/core";
import type { BlockedDto, OsvDto } from "@patchbay/protocol";
import { type Kysely, sql } from "kysely";
import type { Row, Tables } from "../tables.ts";

/** Advisories and blocks. */
export class PostgresRegistryNotices implements RegistryNoticeStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async putAdvisory(advisory: OsvDto, publisher: string | null): Promise<void> {
    const content = { publisher, document: JSON.stringify(advisory), modified: new Date(advisory.modified) };
    await this.#db
      .insertInto("registryAdvisories")
      .values({ id: advisory.id, ...content })
      .onConflict((conflict) => conflict.column("id").doUpdateSet(content))
      .execute();
  }

  async findAdvisory(id: string): Promise<{ advisory: OsvDto; publisher: string | null } | null> {
    const row = await this.#db
      .selectFrom("registryAdvisories")
      .select(["document", "publisher"])
      .where("id", "=", id)
      .executeTakeFirst();
    return row === undefined ? null : { advisory: row.document, publisher: row.publisher };
  }

  async listAdvisories(): Promise<OsvDto[]> {
    const rows = await this.#db
      .selectFrom("registryAdvisories")
      .select("document")
      .orderBy("modified", "desc")
      .orderBy("id")
      .execute();
    return rows.map(({ document }) => document);
  }

  async countAdvisories(publisher: string): Promise<number> {
    const { count } = await this.#db
      .selectFrom("registryAdvisories")
      .select(({ fn }) => fn.countAll<string>().as("count"))
      .where("publisher", "=", publisher)
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  async putBlock({ plugin, versions, reason }: Omit<BlockedDto, "at">): Promise<BlockedDto> {
    const row = await this.#db
      .insertInto("registryBlocks")
      .values({ pluginId: plugin, versions, reason })
      .onConflict((conflict) =>
        conflict.columns(["pluginId", "versions"]).doUpdateSet({ reason, at: sql<Date>`now()` }),
      )
      .returningAll()
      .executeTakeFirstOrThrow();
    return toBlock(row);
  }

  async removeBlock(plugin: string, versions: string): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("registryBlocks")
      .where("pluginId", "=", plugin)
      .where("versions", "=", versions)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }

  async listBlocks(): Promise<BlockedDto[]> {
    const rows = await this.#db
      .selectFrom("registryBlocks")
      .selectAll()
      .orderBy("at", "desc")
      .orderBy("pluginId")
      .execute();
    return rows.map(toBlock);
  }
}

const toBlock = ({ pluginId, versions, reason, at }: Row<"registryBlocks">): BlockedDto => ({
  plugin: pluginId,
  versions,
  reason,
  at: at.toISOString(),
});
