import type { AuditEvent, AuditStore, Page } from "@patchbay/core";
import type { Kysely } from "kysely";
import { decodeCounter, pageOf } from "../cursor.ts";
import type { Tables } from "../tables.ts";

/** Audit events in the order of their ids. They stay when what they are about goes. */
export class PostgresAuditStore implements AuditStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async append(event: Omit<AuditEvent, "id" | "at">): Promise<void> {
    const { organizationId, actor, action, pluginId, detail } = event;
    await this.#db
      .insertInto("auditEvents")
      .values({
        ...{ organizationId, action, pluginId },
        actor: JSON.stringify(actor),
        detail: JSON.stringify(detail),
      })
      .execute();
  }

  async list(
    organizationId: string,
    { pluginId, limit, cursor }: { pluginId?: string; limit: number; cursor?: string },
  ): Promise<Page<AuditEvent>> {
    let events = this.#db.selectFrom("auditEvents").selectAll().where("organizationId", "=", organizationId);
    if (pluginId !== undefined) events = events.where("pluginId", "=", pluginId);
    if (cursor !== undefined) events = events.where("id", "<", decodeCounter(cursor));
    const rows = await events
      .orderBy("id", "desc")
      .limit(limit + 1)
      .execute();
    return pageOf(
      rows,
      limit,
      (row) => row,
      ({ id }) => id,
    );
  }
}
