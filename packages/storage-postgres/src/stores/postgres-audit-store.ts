import type { AuditEvent, AuditQuery, AuditStore, Page } from "@patchbay/core";
import { type Kysely, sql } from "kysely";
import { decodeCounter, pageOf } from "../cursor.ts";
import { MAX_INDEXED_CHARACTERS } from "../limits.ts";
import type { Tables } from "../tables.ts";

/** Audit events in the order of their ids. They stay when what they are about goes. */
export class PostgresAuditStore implements AuditStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async append(event: Omit<AuditEvent, "id" | "at">): Promise<void> {
    const { organizationId, actor, action, pluginId, detail } = event;
    const text = [action, pluginId ?? "", actor.name, JSON.stringify(detail)].join(" ");
    await this.#db
      .insertInto("auditEvents")
      .values({
        organizationId,
        action,
        pluginId,
        actor: JSON.stringify(actor),
        detail: JSON.stringify(detail),
        actorId: actor.id,
        words: sql<string>`to_tsvector('simple', ${wordsOf(text).join(" ").slice(0, MAX_INDEXED_CHARACTERS)})`,
      })
      .execute();
  }

  async list(organizationId: string, query: AuditQuery): Promise<Page<AuditEvent>> {
    const { pluginId, actorId, action, from, until, q, limit, cursor } = query;
    let events = this.#db
      .selectFrom("auditEvents")
      .select(["id", "organizationId", "actor", "action", "pluginId", "detail", "at"])
      .where("organizationId", "=", organizationId);
    if (pluginId !== undefined) events = events.where("pluginId", "=", pluginId);
    if (actorId !== undefined) events = events.where("actorId", "=", actorId);
    if (action !== undefined) events = events.where("action", "=", action);
    if (from !== undefined) events = events.where("at", ">=", from);
    if (until !== undefined) events = events.where("at", "<", until);
    const words = wordsOf(q ?? "");
    if (words.length > 0) {
      const wanted = words.map((word) => `'${word}':*`).join(" & ");
      events = events.where(sql<boolean>`words @@ to_tsquery('simple', ${wanted})`);
    }
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

/** Words and numbers; signs between them only separate. */
const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
