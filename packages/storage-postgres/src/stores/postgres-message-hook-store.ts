import type { HookDecision, MessageHookStore } from "@patchbay/core";
import type { Kysely } from "kysely";
import type { Tables } from "../tables.ts";

/** One row for each organization that has decided something. */
export class PostgresMessageHookStore implements MessageHookStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async list(organizationId: string): Promise<readonly HookDecision[]> {
    const row = await this.#db
      .selectFrom("messageHooks")
      .select("hooks")
      .where("organizationId", "=", organizationId)
      .executeTakeFirst();
    return row?.hooks ?? [];
  }

  async put(organizationId: string, decisions: readonly HookDecision[]): Promise<void> {
    const values = { hooks: JSON.stringify(decisions) };
    await this.#db
      .insertInto("messageHooks")
      .values({ organizationId, ...values })
      .onConflict((conflict) => conflict.column("organizationId").doUpdateSet(values))
      .execute();
  }
}
