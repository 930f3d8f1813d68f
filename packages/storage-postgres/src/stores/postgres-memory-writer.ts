import type {
  ChangeHead,
  Memory,
  MemoryBounds,
  MemorySpace,
  MemoryWriter,
  NewMemory,
  RecordedChange,
} from "@patchbay/core";
import { type ExtractionReport, PatchbayError } from "@patchbay/protocol";
import { type Kysely, sql } from "kysely";
import {
  MAX_KEPT_CHANGE_BYTES,
  MAX_KEPT_CHANGES,
  PERSON_HISTORY_SHARE,
  WRITES_BEFORE_PRUNING,
} from "../limits.ts";
import type { Row, Tables } from "../tables.ts";
import { MemoryRoom } from "./memory-room.ts";
import { memoriesOf, recordedOf, toChange, toMemory } from "./memory-rows.ts";
import { addUsage, lockUsage } from "./plugin-data-usage.ts";

/** As it is while it is written to. */
type WrittenSpace = Pick<Row<"memorySpaces">, "id" | "installationId" | "revision" | "userId">;

/** Writes to one namespace within a transaction, in which it holds its person, the installation's usage and the namespace's row. */
export class PostgresMemoryWriter implements MemoryWriter {
  readonly #db: Kysely<Tables>;
  readonly #space: WrittenSpace;
  readonly #head: ChangeHead;
  readonly #bounds: MemoryBounds;
  readonly #room: MemoryRoom;

  private constructor(
    db: Kysely<Tables>,
    space: WrittenSpace,
    head: ChangeHead,
    bounds: MemoryBounds,
    room: MemoryRoom,
  ) {
    this.#db = db;
    this.#space = space;
    this.#head = head;
    this.#bounds = bounds;
    this.#room = room;
  }

  /** Throws `plugin_not_installed`, `memory_not_found`. */
  static async open(
    db: Kysely<Tables>,
    { id, installationId }: Pick<MemorySpace, "id" | "installationId">,
    head: ChangeHead,
    bounds: MemoryBounds,
  ): Promise<PostgresMemoryWriter> {
    await holdMemberOf(db, id);
    const used = await lockUsage(db, installationId);
    const space = { id, installationId, ...(await nextRevision(db, id)) };
    const room = await MemoryRoom.open(db, { ...space, used }, bounds);
    return new PostgresMemoryWriter(db, space, head, bounds, room);
  }

  async find(id: string): Promise<Memory | null> {
    return await this.#first(this.#alive().where("id", "=", id));
  }

  async findByDigest(digest: string): Promise<Memory | null> {
    return await this.#first(this.#alive().where("digest", "=", digest));
  }

  async findBySense(sense: string): Promise<Memory | null> {
    return await this.#first(this.#alive().where("sense", "=", sense).orderBy("place").limit(1));
  }

  async listAlike(limit: number): Promise<readonly (readonly Memory[])[]> {
    const rows = await this.#alive()
      .select("sense")
      .where("sense", "in", (from) =>
        from
          .selectFrom("memories as alike")
          .select("alike.sense")
          .where("alike.spaceId", "=", this.#space.id)
          .where(sql<boolean>`(alike.expires_at is null or alike.expires_at > ${this.#bounds.now})`)
          .groupBy("alike.sense")
          .having(sql<boolean>`count(*) > 1`),
      )
      .orderBy("sense")
      .orderBy("place")
      .limit(limit)
      .execute();
    const groups = Map.groupBy(rows, ({ sense }) => sense);
    return [...groups.values()].filter((group) => group.length > 1).map((group) => group.map(toMemory));
  }

  async put({ id, text, metadata, citations, expiresAt, digest, sense }: NewMemory): Promise<Memory> {
    const before = await this.#row(id);
    const expired = await this.#expired(digest);
    if (expired !== null && expired.id !== id) await this.#drop(expired, false);
    const content = { metadata: JSON.stringify(metadata), citations: JSON.stringify(citations) };
    const bytes =
      Buffer.byteLength(text) + Buffer.byteLength(content.metadata) + Buffer.byteLength(content.citations);
    const growth = bytes - (before?.bytes ?? 0);
    this.#room.require(growth, before === null ? 1 : 0);
    const isSameText = before?.text === text;
    const written = { text, ...content, digest, sense, expiresAt, revision: this.#space.revision, bytes };
    const row =
      before === null
        ? await this.#db
            .insertInto("memories")
            .values({ id, spaceId: this.#space.id, ...written })
            .returningAll()
            .executeTakeFirstOrThrow()
        : await this.#db
            .updateTable("memories")
            .set({
              ...written,
              updatedAt: sql<Date>`clock_timestamp()`,
              ...(!isSameText && { model: null, vector: null }),
            })
            .where("id", "=", id)
            .returningAll()
            .executeTakeFirstOrThrow();
    const after = toMemory(row);
    await this.#record(row, before && toMemory(before), after);
    this.#room.grow(growth, before === null ? 1 : 0);
    return after;
  }

  async remove(id: string): Promise<boolean> {
    const row = await this.#row(id);
    if (row === null) return false;
    await this.#drop(row, true);
    return true;
  }

  async changesOf(change: string): Promise<readonly RecordedChange[]> {
    const rows = await this.#db
      .selectFrom("memoryChanges")
      .selectAll()
      .where("spaceId", "=", this.#space.id)
      .where("change", "=", change)
      .orderBy("number", "desc")
      .execute();
    return rows.map(toChange);
  }

  async settle(extractionId: string, report: ExtractionReport): Promise<boolean> {
    const settled = await this.#db
      .updateTable("memoryExtractions")
      .set({
        state: "succeeded",
        report: JSON.stringify(report),
        error: null,
        messages: null,
        endedAt: sql<Date>`clock_timestamp()`,
      })
      .where("id", "=", extractionId)
      .where("endedAt", "is", null)
      .returning("id")
      .executeTakeFirst();
    return settled !== undefined;
  }

  /** Removes what has expired, with what it has said before. */
  async removeExpired(limit: number): Promise<number> {
    const rows = await this.#db
      .selectFrom("memories")
      .selectAll()
      .where("spaceId", "=", this.#space.id)
      .where("expiresAt", "<=", this.#bounds.now)
      .orderBy("expiresAt")
      .limit(limit)
      .execute();
    for (const row of rows) await this.#drop(row, false);
    return rows.length;
  }

  /** Writes the sums down, and forgets what is too much of the history: at the end. */
  async close(): Promise<void> {
    if (BigInt(this.#space.revision) % WRITES_BEFORE_PRUNING === 0n) await this.#prune();
    const { bytes, entries } = this.#room.grown;
    if (bytes === 0 && entries === 0) return;
    await addUsage(this.#db, this.#space.installationId, { bytes });
    await this.#db
      .updateTable("memorySpaces")
      .set({ entries: sql`entries + ${entries}`, bytes: sql`bytes + ${bytes}` })
      .where("id", "=", this.#space.id)
      .execute();
  }

  #alive() {
    return memoriesOf(this.#db, [this.#space.id], { now: this.#bounds.now });
  }

  async #first(found: ReturnType<typeof memoriesOf>): Promise<Memory | null> {
    const row = await found.executeTakeFirst();
    return row === undefined ? null : toMemory(row);
  }

  async #row(id: string): Promise<Row<"memories"> | null> {
    const row = await this.#db
      .selectFrom("memories")
      .selectAll()
      .where("spaceId", "=", this.#space.id)
      .where("id", "=", id)
      .executeTakeFirst();
    return row ?? null;
  }

  async #expired(digest: string): Promise<Row<"memories"> | null> {
    const row = await this.#db
      .selectFrom("memories")
      .selectAll()
      .where("spaceId", "=", this.#space.id)
      .where("digest", "=", digest)
      .where("expiresAt", "<=", this.#bounds.now)
      .executeTakeFirst();
    return row ?? null;
  }

  /** `isTold`: whether the history says what it was; else all that it has said goes with it. */
  async #drop(row: Row<"memories">, isTold: boolean): Promise<void> {
    await this.#db.deleteFrom("memories").where("place", "=", row.place).execute();
    if (!isTold)
      await this.#db
        .deleteFrom("memoryChanges")
        .where("spaceId", "=", row.spaceId)
        .where("memoryId", "=", row.id)
        .execute();
    await this.#record(row, isTold ? toMemory(row) : null, null);
    this.#room.grow(-row.bytes, -1);
  }

  async #record(
    { id, place }: Pick<Row<"memories">, "id" | "place">,
    before: Memory | null,
    after: Memory | null,
  ): Promise<void> {
    const { change, kind, by } = this.#head;
    const [said, says] = [before && recordedOf(before), after && recordedOf(after)];
    await this.#db
      .insertInto("memoryChanges")
      .values({
        spaceId: this.#space.id,
        memoryId: id,
        place,
        revision: this.#space.revision,
        change,
        kind,
        by: JSON.stringify(by),
        before: said,
        after: says,
        bytes: Buffer.byteLength(said ?? "") + Buffer.byteLength(says ?? ""),
      })
      .execute();
  }

  /** Of a person's namespaces less is kept, since there may be many. */
  async #prune(): Promise<void> {
    const share = this.#space.userId === null ? 1 : PERSON_HISTORY_SHARE;
    const [changes, bytes] = [MAX_KEPT_CHANGES, MAX_KEPT_CHANGE_BYTES].map((most) =>
      Math.floor(most * share),
    );
    await sql`
      delete from memory_changes using (
        select number, row_number() over newest as place, sum(bytes) over newest as bytes
        from memory_changes where space_id = ${this.#space.id} window newest as (order by number desc)
      ) as counted
      where memory_changes.number = counted.number
        and (counted.place > ${changes} or counted.bytes > ${bytes})
    `.execute(this.#db);
  }
}

/**
 * Keeps the person whose the namespace is a member until the transaction ends: the database asks for them itself when a row is changed that
 * the same transaction has changed before.
 */
const holdMemberOf = async (db: Kysely<Tables>, spaceId: string): Promise<void> => {
  await sql`
    select from members join memory_spaces using (organization_id, user_id)
    where memory_spaces.id = ${spaceId} for key share of members
  `.execute(db);
};

/** Counts the namespace's revision up, and holds its row. Throws `memory_not_found`. */
export const nextRevision = async (
  db: Kysely<Tables>,
  spaceId: string,
): Promise<Pick<Row<"memorySpaces">, "revision" | "userId">> => {
  const space = await db
    .updateTable("memorySpaces")
    .set({ revision: sql`revision + 1` })
    .where("id", "=", spaceId)
    .returning(["revision", "userId"])
    .executeTakeFirst();
  if (space !== undefined) return space;
  throw spaceGone();
};

export const spaceGone = (): PatchbayError =>
  new PatchbayError("memory_not_found", "The namespace is not there any more. Make it again.");
