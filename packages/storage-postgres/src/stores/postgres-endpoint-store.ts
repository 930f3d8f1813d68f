import type {
  Endpoint,
  EndpointChoices,
  EndpointRequest,
  EndpointSecret,
  EndpointStore,
  ListedEndpointRequest,
  MessageClaim,
  Page,
} from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import { type Kysely, sql } from "kysely";
import { atomically } from "../connection.ts";
import { decodeCounter, pageOf } from "../cursor.ts";
import { brokenForeignKey, isTaken } from "../errors.ts";
import { ENDPOINT_REQUESTS_PER_INSERT } from "../limits.ts";
import type { Row, Tables } from "../tables.ts";

/** Addresses, what opens them, what has come at them, and which messages were delivered. */
export class PostgresEndpointStore implements EndpointStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async list(organizationId: string): Promise<Endpoint[]> {
    return await this.#endpoints()
      .where("endpoints.organizationId", "=", organizationId)
      .orderBy("endpoints.createdAt")
      .orderBy("endpoints.id")
      .execute();
  }

  async count(installationId: string): Promise<number> {
    const { count } = await this.#db
      .selectFrom("endpoints")
      .select(sql<number>`count(*)::integer`.as("count"))
      .where("installationId", "=", installationId)
      .executeTakeFirstOrThrow();
    return count;
  }

  async find(organizationId: string, id: string): Promise<Endpoint | null> {
    return (await this.#one(organizationId, id).executeTakeFirst()) ?? null;
  }

  async lock(organizationId: string, id: string): Promise<Endpoint | null> {
    return (await this.#one(organizationId, id).forUpdate("endpoints").executeTakeFirst()) ?? null;
  }

  async findByAddress(address: string): Promise<Endpoint | null> {
    const query = this.#endpoints().where("endpoints.address", "=", address);
    return (await query.executeTakeFirst()) ?? null;
  }

  async add({ origins, ...endpoint }: Omit<Endpoint, "pluginId" | "createdAt">): Promise<boolean> {
    try {
      const { numInsertedOrUpdatedRows } = await this.#db
        .insertInto("endpoints")
        .values({ ...endpoint, origins: JSON.stringify(origins) })
        .onConflict((on) => on.column("address").doNothing())
        .executeTakeFirst();
      return numInsertedOrUpdatedRows === 1n;
    } catch (error) {
      switch (brokenForeignKey(error)) {
        case null:
          throw error;
        case "endpoints_project":
          throw new PatchbayError("project_not_found", "The project has just been deleted.");
        default:
          throw new PatchbayError("plugin_not_installed", "The plugin has just been uninstalled.");
      }
    }
  }

  async change(
    id: string,
    { origins, ...change }: Partial<EndpointChoices & Pick<Endpoint, "address">>,
  ): Promise<boolean> {
    try {
      const { numUpdatedRows } = await this.#db
        .updateTable("endpoints")
        .set({ ...change, ...(origins && { origins: JSON.stringify(origins) }) })
        .where("id", "=", id)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    } catch (error) {
      // The address alone is changed of what there is once.
      if (isTaken(error)) return false;
      throw error;
    }
  }

  async remove(id: string): Promise<void> {
    await this.#db.deleteFrom("endpoints").where("id", "=", id).execute();
  }

  async secrets(endpointId: string): Promise<EndpointSecret[]> {
    return await this.#db
      .selectFrom("endpointSecrets")
      .selectAll()
      .where("endpointId", "=", endpointId)
      .orderBy("createdAt")
      .orderBy("id")
      .execute();
  }

  async secretsOfAll(organizationId: string): Promise<EndpointSecret[]> {
    return await this.#db
      .selectFrom("endpointSecrets")
      .innerJoin("endpoints", "endpoints.id", "endpointSecrets.endpointId")
      .selectAll("endpointSecrets")
      .where("endpoints.organizationId", "=", organizationId)
      .orderBy("endpointSecrets.createdAt")
      .orderBy("endpointSecrets.id")
      .execute();
  }

  async addSecret(secret: Omit<EndpointSecret, "createdAt">): Promise<void> {
    await this.#db.insertInto("endpointSecrets").values(secret).execute();
  }

  async expireSecrets(endpointId: string, at: Date): Promise<void> {
    await this.#db
      .updateTable("endpointSecrets")
      .set({ expiresAt: at })
      .where("endpointId", "=", endpointId)
      .where(({ or, eb }) => or([eb("expiresAt", "is", null), eb("expiresAt", ">", at)]))
      .execute();
  }

  async removeSecrets(endpointId: string, expiredBefore: Date): Promise<void> {
    await this.#db
      .deleteFrom("endpointSecrets")
      .where("endpointId", "=", endpointId)
      .where("expiresAt", "<=", expiredBefore)
      .execute();
  }

  async addRequests(requests: readonly EndpointRequest[]): Promise<void> {
    const ids = [...new Set(requests.map(({ endpointId }) => endpointId))];
    if (ids.length === 0) return;
    await atomically(this.#db, async (db) => {
      const there = await db
        .selectFrom("endpoints")
        .select("id")
        .where("id", "=", sql<string>`any(${ids}::text[])`)
        .orderBy("id")
        .forKeyShare()
        .execute();
      const known = new Set(there.map(({ id }) => id));
      const rows = requests
        .filter(({ endpointId }) => known.has(endpointId))
        .map(({ headers, body, ...request }) => ({
          ...request,
          headers: JSON.stringify(headers),
          body: body === null ? null : Buffer.from(body),
        }));
      for (let start = 0; start < rows.length; start += ENDPOINT_REQUESTS_PER_INSERT)
        await db
          .insertInto("endpointRequests")
          .values(rows.slice(start, start + ENDPOINT_REQUESTS_PER_INSERT))
          .execute();
    });
  }

  async listRequests(
    endpointId: string,
    { limit, cursor }: { readonly limit: number; readonly cursor?: string },
  ): Promise<Page<ListedEndpointRequest>> {
    let requests = this.#db
      .selectFrom("endpointRequests")
      .select([...LISTED_COLUMNS, sql<boolean>`body is not null`.as("hasBody")])
      .where("endpointId", "=", endpointId);
    if (cursor !== undefined) requests = requests.where("number", "<", decodeCounter(cursor));
    const rows = await requests
      .orderBy("number", "desc")
      .limit(limit + 1)
      .execute();
    return pageOf(rows, limit, requestOf, ({ number }) => number);
  }

  async findRequest(endpointId: string, id: string): Promise<EndpointRequest | null> {
    const row = await this.#db
      .selectFrom("endpointRequests")
      .selectAll()
      .where("endpointId", "=", endpointId)
      .where("id", "=", id)
      .executeTakeFirst();
    return row === undefined ? null : requestOf(row);
  }

  async claimMessage(endpointId: string, messageId: string, now: Date, until: Date): Promise<MessageClaim> {
    const { rows } = await sql<{ claim: MessageClaim }>`
      with claimed as (
        insert into endpoint_messages as held (endpoint_id, message_id, taken_until)
          select id, ${messageId}, ${until} from endpoints where id = ${endpointId}
        on conflict (endpoint_id, message_id) do update set taken_until = excluded.taken_until
          where held.taken_until <= ${now}
        returning 'new' as claim
      )
      select claim from claimed
      union all
      select case when taken_until is null then 'delivered' else 'under_way' end
        from endpoint_messages
        where endpoint_id = ${endpointId} and message_id = ${messageId}
          and not exists (select from claimed)
    `.execute(this.#db);
    // What another one has claimed while this was asked is seen by neither part of the statement.
    return rows[0]?.claim ?? "under_way";
  }

  async settleMessage(endpointId: string, messageId: string, isDelivered: boolean): Promise<void> {
    const isIt = { endpointId, messageId };
    if (isDelivered)
      await this.#db
        .updateTable("endpointMessages")
        .set({ takenUntil: null })
        .where(({ and }) => and(isIt))
        .execute();
    else
      await this.#db
        .deleteFrom("endpointMessages")
        .where(({ and }) => and(isIt))
        .where("takenUntil", "is not", null)
        .execute();
  }

  async trim(keep: number, before: Date, messagesBefore: Date): Promise<void> {
    await this.#db.deleteFrom("endpointMessages").where("at", "<", messagesBefore).execute();
    await this.#db.deleteFrom("endpointRequests").where("at", "<", before).execute();
    await sql`
      delete from endpoint_requests using endpoints, lateral (
        select number from endpoint_requests as kept where kept.endpoint_id = endpoints.id
        order by number desc offset ${keep} limit 1
      ) as newest_too_many
      where endpoint_requests.endpoint_id = endpoints.id and endpoint_requests.number <= newest_too_many.number
    `.execute(this.#db);
  }

  #one(organizationId: string, id: string) {
    return this.#endpoints()
      .where("endpoints.organizationId", "=", organizationId)
      .where("endpoints.id", "=", id);
  }

  #endpoints() {
    return this.#db
      .selectFrom("endpoints")
      .innerJoin("installations", "installations.id", "endpoints.installationId")
      .selectAll("endpoints")
      .select("installations.pluginId");
  }
}

/** All but the body, which may be large. */
const LISTED_COLUMNS = [
  "number",
  "id",
  "endpointId",
  "at",
  "method",
  "path",
  "query",
  "headers",
  "status",
  "durationMs",
  "requestBytes",
  "answerBytes",
  "code",
  "message",
  "replayOf",
] as const;

const requestOf = <R extends Pick<Row<"endpointRequests">, "number" | "requestBytes" | "answerBytes">>({
  number: _,
  requestBytes,
  answerBytes,
  ...row
}: R) => ({
  ...row,
  requestBytes: Number(requestBytes),
  answerBytes: Number(answerBytes),
});
