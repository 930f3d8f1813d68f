import type { Page, PluginRequest, RequestDecision, RequestQuery, RequestStore } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import { type Kysely, sql } from "kysely";
import { decodeCounter, isCounter, pageOf } from "../cursor.ts";
import type { Tables } from "../tables.ts";

/** Requests of all organizations in one table. */
export class PostgresRequestStore implements RequestStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async create(request: Parameters<RequestStore["create"]>[0]): Promise<PluginRequest> {
    const { organizationId, pluginId, version, grants, scope, message, userId } = request;
    const created = await this.#db
      .insertInto("pluginRequests")
      .values({
        organizationId,
        pluginId,
        version,
        userId,
        message: message === null ? null : message.replaceAll("\0", "\uFFFD"),
        grants: JSON.stringify(grants),
        scope: JSON.stringify(scope),
      })
      .onConflict((conflict) =>
        conflict.columns(["organizationId", "pluginId", "userId"]).where("state", "=", "open").doNothing(),
      )
      .returning("id")
      .executeTakeFirst();
    const found = created && (await this.find(organizationId, created.id));
    if (found) return found;
    throw new PatchbayError("already_exists", `You have asked for "${pluginId}" already.`);
  }

  async find(organizationId: string, id: string): Promise<PluginRequest | null> {
    if (!isCounter(id)) return null;
    return (await this.#of(organizationId).where("pluginRequests.id", "=", id).executeTakeFirst()) ?? null;
  }

  async list(
    organizationId: string,
    { state, userId, limit, cursor }: RequestQuery,
  ): Promise<Page<PluginRequest>> {
    let found = this.#of(organizationId);
    if (state !== undefined) found = found.where("pluginRequests.state", "=", state);
    if (userId !== undefined) found = found.where("pluginRequests.userId", "=", userId);
    if (cursor !== undefined) found = found.where("pluginRequests.id", "<", decodeCounter(cursor));
    const rows = await found
      .orderBy("pluginRequests.id", "desc")
      .limit(limit + 1)
      .execute();
    return pageOf(
      rows,
      limit,
      (row) => row,
      ({ id }) => id,
    );
  }

  async countOpen(organizationId: string): Promise<number> {
    const { count } = await this.#db
      .selectFrom("pluginRequests")
      .where("organizationId", "=", organizationId)
      .where("state", "=", "open")
      .select(({ fn }) => fn.countAll<string>().as("count"))
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  async decide(organizationId: string, id: string, decision: RequestDecision): Promise<PluginRequest> {
    const { state, decidedBy, reason } = decision;
    const decided = await this.#db
      .updateTable("pluginRequests")
      .set({
        state,
        awaitsEnabling: state === "approved",
        decidedBy: JSON.stringify(decidedBy),
        reason: reason === null ? null : reason.replaceAll("\0", "\uFFFD"),
        decidedAt: sql<Date>`now()`,
      })
      .where("organizationId", "=", organizationId)
      .where("id", "=", id)
      .where("state", "=", "open")
      .returning("id")
      .executeTakeFirst();
    const found = decided && (await this.find(organizationId, id));
    if (found) return found;
    throw new PatchbayError("request_decided", "Somebody has decided on this request already.");
  }

  async endWaiting(organizationId: string, pluginId: string): Promise<{ userId: string }[]> {
    return await this.#db
      .updateTable("pluginRequests")
      .set({ awaitsEnabling: false })
      .where("organizationId", "=", organizationId)
      .where("pluginId", "=", pluginId)
      .where("awaitsEnabling", "=", true)
      .returning("userId")
      .execute();
  }

  #of(organizationId: string) {
    return this.#db
      .selectFrom("pluginRequests")
      .innerJoin("users", "users.id", "pluginRequests.userId")
      .selectAll("pluginRequests")
      .select("users.name as userName")
      .where("pluginRequests.organizationId", "=", organizationId);
  }
}
