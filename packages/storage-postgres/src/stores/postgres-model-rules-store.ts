import { DEFAULT_MODEL_RULES, type ModelRules, type ModelRulesStore } from "@patchbay/core";
import type { Kysely } from "kysely";
import type { Tables } from "../tables.ts";

/** One row for each organization that has decided something. */
export class PostgresModelRulesStore implements ModelRulesStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async find(organizationId: string): Promise<ModelRules | null> {
    const row = await this.#db
      .selectFrom("modelRules")
      .select("rules")
      .where("organizationId", "=", organizationId)
      .executeTakeFirst();
    // What was decided before there was a rule says nothing about it.
    return row === undefined ? null : { ...DEFAULT_MODEL_RULES, ...row.rules };
  }

  async put(organizationId: string, rules: ModelRules): Promise<void> {
    const values = { rules: JSON.stringify(rules) };
    await this.#db
      .insertInto("modelRules")
      .values({ organizationId, ...values })
      .onConflict((conflict) => conflict.column("organizationId").doUpdateSet(values))
      .execute();
  }
}
