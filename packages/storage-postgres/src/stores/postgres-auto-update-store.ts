import type { AutoUpdateRules, AutoUpdateStore, FailedUpdate } from "@patchbay/core";
import type { Kysely } from "kysely";
import type { Tables } from "../tables.ts";

/** One row for each organization that has decided something, and one for each installation whose last update failed. */
export class PostgresAutoUpdateStore implements AutoUpdateStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async findRules(organizationId: string): Promise<AutoUpdateRules | null> {
    const row = await this.#db
      .selectFrom("autoUpdates")
      .select("rules")
      .where("organizationId", "=", organizationId)
      .executeTakeFirst();
    return row?.rules ?? null;
  }

  async putRules(organizationId: string, rules: AutoUpdateRules): Promise<void> {
    const values = { rules: JSON.stringify(rules), lookedAt: null };
    await this.#db
      .insertInto("autoUpdates")
      .values({ organizationId, ...values })
      .onConflict((conflict) => conflict.column("organizationId").doUpdateSet(values))
      .execute();
  }

  async listOrganizations(): Promise<string[]> {
    const rows = await this.#db
      .selectFrom("autoUpdates")
      .select("organizationId")
      .orderBy("organizationId")
      .execute();
    return rows.map(({ organizationId }) => organizationId);
  }

  async listFailures(organizationId: string): Promise<ReadonlyMap<string, FailedUpdate>> {
    const rows = await this.#db
      .selectFrom("autoUpdateFailures")
      .innerJoin("installations", "installations.id", "autoUpdateFailures.installationId")
      .selectAll("autoUpdateFailures")
      .where("installations.organizationId", "=", organizationId)
      .execute();
    return new Map(rows.map(({ installationId, ...failure }) => [installationId, failure]));
  }

  async putFailure(installationId: string, failure: FailedUpdate): Promise<void> {
    const values = { ...failure, message: failure.message.replaceAll("\0", "\uFFFD") };
    await this.#db
      .insertInto("autoUpdateFailures")
      .values({ installationId, ...values })
      .onConflict((conflict) => conflict.column("installationId").doUpdateSet(values))
      .execute();
  }

  async removeFailure(installationId: string): Promise<void> {
    await this.#db.deleteFrom("autoUpdateFailures").where("installationId", "=", installationId).execute();
  }

  async claimTurn(organizationId: string, before: Date, now: Date): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("autoUpdates")
      .set({ lookedAt: now })
      .where("organizationId", "=", organizationId)
      .where((where) => where.or([where("lookedAt", "is", null), where("lookedAt", "<=", before)]))
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }
}
