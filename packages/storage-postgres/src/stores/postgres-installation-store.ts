import type { Installation, InstallationChange, InstallationStore } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import { type Kysely, sql } from "kysely";
import { jsonOrNull, type Tables } from "../tables.ts";

/** Installations in one table; what belongs to them goes with them. */
export class PostgresInstallationStore implements InstallationStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async create(
    installation: Omit<Installation, "revision" | "createdAt" | "updatedAt">,
  ): Promise<Installation> {
    const { id, organizationId, pluginId, version, state, source, badge } = installation;
    const created = await this.#db
      .insertInto("installations")
      .values({
        id,
        organizationId,
        pluginId,
        version,
        state,
        source,
        badge,
        previous: jsonOrNull(installation.previous),
        scope: JSON.stringify(installation.scope),
        grants: JSON.stringify(installation.grants),
        transition: jsonOrNull(installation.transition),
        lastError: jsonOrNull(installation.lastError),
      })
      .onConflict((conflict) => conflict.columns(["organizationId", "pluginId"]).doNothing())
      .returningAll()
      .executeTakeFirst();
    if (created !== undefined) return created;
    throw new PatchbayError("already_installed", `"${pluginId}" is installed already.`);
  }

  async find(organizationId: string, pluginId: string): Promise<Installation | null> {
    const row = await this.#db
      .selectFrom("installations")
      .selectAll()
      .where("organizationId", "=", organizationId)
      .where("pluginId", "=", pluginId)
      .executeTakeFirst();
    return row ?? null;
  }

  async findById(id: string): Promise<Installation | null> {
    const row = await this.#db
      .selectFrom("installations")
      .selectAll()
      .where("id", "=", id)
      .executeTakeFirst();
    return row ?? null;
  }

  async lockAll(organizationId: string): Promise<void> {
    // Not a full lock: rows that refer to the organization may still come.
    const organization = this.#db.selectFrom("organizations").select("id").where("id", "=", organizationId);
    await organization.forNoKeyUpdate().execute();
  }

  async list(organizationId: string): Promise<Installation[]> {
    const installations = this.#db.selectFrom("installations").selectAll();
    return await installations.where("organizationId", "=", organizationId).orderBy("pluginId").execute();
  }

  async listInTransition(): Promise<Installation[]> {
    const installations = this.#db.selectFrom("installations").selectAll();
    return await installations.where("transition", "is not", null).orderBy("id").execute();
  }

  async listBlocked(): Promise<Installation[]> {
    const installations = this.#db.selectFrom("installations").selectAll();
    return await installations.where("state", "=", "blocked").orderBy("id").execute();
  }

  async listByPlugin(pluginId: string): Promise<Installation[]> {
    const installations = this.#db.selectFrom("installations").selectAll();
    return await installations.where("pluginId", "=", pluginId).orderBy("id").execute();
  }

  async change(id: string, revision: number, change: InstallationChange): Promise<Installation> {
    const { previous, scope, grants, transition, lastError, version, state, source, badge } = change;
    const changed = await this.#db
      .updateTable("installations")
      .set({
        version,
        state,
        source,
        badge,
        previous: previous && JSON.stringify(previous),
        scope: scope && JSON.stringify(scope),
        grants: grants && JSON.stringify(grants),
        transition: transition && JSON.stringify(transition),
        lastError: lastError && JSON.stringify(lastError),
        revision: (column) => column("revision", "+", 1),
        updatedAt: sql`now()`,
      })
      .where("id", "=", id)
      .where("revision", "=", revision)
      .returningAll()
      .executeTakeFirst();
    if (changed === undefined) throw busy();
    return changed;
  }

  async remove(id: string, revision: number): Promise<void> {
    const removed = await this.#db
      .deleteFrom("installations")
      .where("id", "=", id)
      .where("revision", "=", revision)
      .returning("id")
      .executeTakeFirst();
    if (removed === undefined) throw busy();
  }
}

const busy = () =>
  new PatchbayError(
    "plugin_busy",
    "Somebody else has just changed this installation. Look again, then retry.",
  );
