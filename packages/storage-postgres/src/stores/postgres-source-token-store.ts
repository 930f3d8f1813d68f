import type { SourceTokenStore } from "@patchbay/core";
import type { Kysely } from "kysely";
import type { Tables } from "../tables.ts";

/** One token of an organization for each source. */
export class PostgresSourceTokenStore implements SourceTokenStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async find(organizationId: string, source: "github"): Promise<string | null> {
    const row = await this.#db
      .selectFrom("sourceTokens")
      .select("sealed")
      .where("organizationId", "=", organizationId)
      .where("source", "=", source)
      .executeTakeFirst();
    return row?.sealed ?? null;
  }

  async put(organizationId: string, source: "github", sealed: string): Promise<void> {
    await this.#db
      .insertInto("sourceTokens")
      .values({ organizationId, source, sealed })
      .onConflict((conflict) => conflict.columns(["organizationId", "source"]).doUpdateSet({ sealed }))
      .execute();
  }

  async remove(organizationId: string, source: "github"): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("sourceTokens")
      .where("organizationId", "=", organizationId)
      .where("source", "=", source)
      .executeTakeFirstOrThrow();
    return numDeletedRows > 0n;
  }
}
