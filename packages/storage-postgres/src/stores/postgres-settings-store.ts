import type { SettingsStore, StoredSettings } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import type { Kysely } from "kysely";
import { brokenForeignKey } from "../errors.ts";
import type { Tables } from "../tables.ts";

/** One row for each level of an installation's settings. */
export class PostgresSettingsStore implements SettingsStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  /** The organization's level first, then projects by slug. */
  async list(installationId: string): Promise<StoredSettings[]> {
    return await this.#db
      .selectFrom("installationSettings")
      .select(["project", "values", "secrets", "local"])
      .where("installationId", "=", installationId)
      .orderBy("project", (order) => order.asc().nullsFirst())
      .execute();
  }

  /** Throws `plugin_not_installed`. */
  async put(installationId: string, { project, values, secrets, local = {} }: StoredSettings): Promise<void> {
    const documents = {
      values: JSON.stringify(values),
      secrets: JSON.stringify(secrets),
      local: JSON.stringify(local),
    };
    try {
      await this.#db
        .insertInto("installationSettings")
        .values({ installationId, project, ...documents })
        .onConflict((conflict) => conflict.columns(["installationId", "project"]).doUpdateSet(documents))
        .execute();
    } catch (error) {
      if (brokenForeignKey(error) === null) throw error;
      throw new PatchbayError("plugin_not_installed", "The plugin is no longer installed.");
    }
  }

  async reset(installationId: string, project: string | null | "every"): Promise<void> {
    const levels = this.#db.deleteFrom("installationSettings").where("installationId", "=", installationId);
    const which = project === "every" ? levels : levels.where("project", "is not distinct from", project);
    await which.execute();
  }

  async removeProject(organizationId: string, project: string): Promise<number> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("installationSettings")
      .using("installations")
      .whereRef("installations.id", "=", "installationSettings.installationId")
      .where("installations.organizationId", "=", organizationId)
      .where("installationSettings.project", "=", project)
      .executeTakeFirst();
    return Number(numDeletedRows);
  }
}
