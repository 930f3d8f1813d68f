import type {
  ConversationBounds,
  KeepingBounds,
  KeptResponse,
  KeptResponseStore,
  KeptTurn,
  ResponseOwner,
  TurnSize,
} from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import { type Kysely, sql } from "kysely";
import { atomically } from "../connection.ts";
import { brokenForeignKey } from "../errors.ts";
import { MAX_EVICTED_AT_ONCE, RESPONSE_USE_NOTED_EVERY_MS } from "../limits.ts";
import type { Tables } from "../tables.ts";

/** A turn of a walk from an answer to those before it. */
interface WalkedTurn extends TurnSize {
  readonly previousId: string | null;
  readonly turn: number;
  /** Bytes of this one and those after it. */
  readonly total: string;
}

/**
 * One row for each response, with its own turn alone: a conversation is walked back from its end. Rows that somebody else holds are passed
 * over wherever more than one is written, so that nobody waits for anybody in a circle.
 */
export class PostgresKeptResponseStore implements KeptResponseStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async add(owner: ResponseOwner, kept: KeptResponse, bounds: KeepingBounds): Promise<void> {
    const { id, previousId, model, createdAt } = kept;
    const response = JSON.stringify(kept.response);
    const input = JSON.stringify(kept.input);
    const output = JSON.stringify(kept.output);
    const turnBytes = Buffer.byteLength(input) + Buffer.byteLength(output);
    const bytes = turnBytes + Buffer.byteLength(response);
    if (bytes > bounds.bytes)
      throw new PatchbayError(
        "payload_too_large",
        `The answer and what was asked for it have ${bytes} bytes; at most ${bounds.bytes} are kept.`,
      );
    const sizes = { bytes, turnBytes };
    try {
      await atomically(this.#db, async (db) => {
        await db
          .insertInto("keptResponses")
          .values({ id, ...owner, previousId, model, response, input, output, ...sizes, createdAt })
          .execute();
        await this.#makeRoom(db, owner, bounds);
      });
    } catch (error) {
      throw explained(error);
    }
  }

  async find(owner: ResponseOwner, id: string): Promise<KeptResponse | null> {
    const found = await this.#ofOwner(owner)
      .select(["id", "previousId", "model", "response", "input", "output", "createdAt"])
      .where("id", "=", id)
      .executeTakeFirst();
    return found ?? null;
  }

  async conversation(
    { organizationId, userId, project }: ResponseOwner,
    id: string,
    bounds: ConversationBounds,
  ): Promise<readonly TurnSize[] | null> {
    const { rows } = await sql<WalkedTurn>`
      with recursive walk as (
        select id, previous_id, turn_bytes as bytes, 1 as turn, turn_bytes::bigint as total
        from kept_responses
        where id = ${id} and organization_id = ${organizationId} and user_id = ${userId}
          and project is not distinct from ${project}
        union all
        select earlier.id, earlier.previous_id, earlier.turn_bytes, turn + 1, total + earlier.turn_bytes
        from walk join kept_responses as earlier on earlier.id = walk.previous_id
        where earlier.organization_id = ${organizationId} and earlier.user_id = ${userId}
          and earlier.project is not distinct from ${project}
          and turn <= ${bounds.turns} and total <= ${bounds.bytes}
      )
      select * from walk order by turn desc`.execute(this.#db);
    const [first] = rows;
    if (first === undefined) return null;
    if (first.turn > bounds.turns || Number(first.total) > bounds.bytes) throw tooLarge(bounds);
    // Else there is one before the first which is gone.
    return first.previousId === null ? rows.map(({ id, bytes }) => ({ id, bytes })) : null;
  }

  async sizes(owner: ResponseOwner, ids: readonly string[]): Promise<readonly TurnSize[]> {
    return await this.#ofOwner(owner)
      .select(["id", "turnBytes as bytes"])
      .where("id", "=", sql<string>`any(${ids}::text[])`)
      .execute();
  }

  async turns(owner: ResponseOwner, ids: readonly string[]): Promise<readonly KeptTurn[]> {
    const rows = await this.#ofOwner(owner)
      .select(["id", "input", "output", IS_STALE.as("isStale")])
      .where("id", "=", sql<string>`any(${ids}::text[])`)
      .execute();
    await this.#noteUse(rows.filter(({ isStale }) => isStale).map(({ id }) => id));
    return rows.map(({ id, input, output }) => ({ id, input, output }));
  }

  async remove(owner: ResponseOwner, id: string): Promise<boolean> {
    const gone = await this.#db
      .deleteFrom("keptResponses")
      .where("id", "=", id)
      .where("organizationId", "=", owner.organizationId)
      .where("userId", "=", owner.userId)
      .where(isOf(owner))
      .returning("id")
      .executeTakeFirst();
    return gone !== undefined;
  }

  async removeUnused(before: Date): Promise<void> {
    await this.#db
      .deleteFrom("keptResponses")
      .where("id", "in", (from) =>
        from.selectFrom("keptResponses").select("id").where("usedAt", "<", before).forUpdate().skipLocked(),
      )
      .execute();
  }

  #ofOwner(owner: ResponseOwner) {
    return this.#db
      .selectFrom("keptResponses")
      .where("organizationId", "=", owner.organizationId)
      .where("userId", "=", owner.userId)
      .where(isOf(owner));
  }

  async #noteUse(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#db
      .updateTable("keptResponses")
      .set({ usedAt: sql`clock_timestamp()` })
      .where("id", "in", (from) =>
        from
          .selectFrom("keptResponses")
          .select("id")
          .where("id", "=", sql<string>`any(${ids}::text[])`)
          .forNoKeyUpdate()
          .skipLocked(),
      )
      .execute();
  }

  /** Takes away what its owner has not used for the longest, as long as they keep too much. */
  async #makeRoom(db: Kysely<Tables>, owner: ResponseOwner, bounds: KeepingBounds): Promise<void> {
    const { organizationId, userId } = owner;
    for (;;) {
      const usage = await db
        .selectFrom("keptResponseUsage")
        .select(["responses", "bytes"])
        .where("organizationId", "=", organizationId)
        .where("userId", "=", userId)
        .executeTakeFirst();
      const responses = (usage?.responses ?? 0) - bounds.ownerResponses;
      const bytes = Number(usage?.bytes ?? 0) - bounds.ownerBytes;
      if (responses <= 0 && bytes <= 0) return;
      const { numAffectedRows = 0n } = await sql`
        delete from kept_responses where id in (
          select id from (
            select id, row_number() over oldest_first as place, sum(bytes) over oldest_first - bytes as before
            from (
              select id, bytes, used_at from kept_responses
              where organization_id = ${organizationId} and user_id = ${userId}
              order by used_at, id limit ${MAX_EVICTED_AT_ONCE} for update skip locked
            ) as oldest
            window oldest_first as (order by used_at, id rows unbounded preceding)
          ) as counted
          where place <= ${responses} or before < ${bytes}
        )`.execute(db);
      if (numAffectedRows === 0n) return;
    }
  }
}

const IS_STALE = sql<boolean>`used_at < clock_timestamp() - make_interval(secs => ${RESPONSE_USE_NOTED_EVERY_MS / 1_000})`;

const isOf = ({ project }: ResponseOwner) => sql<boolean>`project is not distinct from ${project}`;

const tooLarge = ({ turns, bytes }: ConversationBounds): PatchbayError =>
  new PatchbayError(
    "payload_too_large",
    `What is gone on from is too long: at most ${turns} answers with ${bytes} bytes. Begin anew, with what matters of it in the input.`,
  );

const explained = (error: unknown): unknown => {
  switch (brokenForeignKey(error)) {
    case "kept_responses_member":
      return new PatchbayError("organization_not_found", "You do not belong to the organization any more.");
    case "kept_responses_project":
      return new PatchbayError("project_not_found", "There is no such project.");
    default:
      return error;
  }
};
