import type {
  ConversationHead,
  ConversationQuery,
  ConversationQuota,
  ConversationSpace,
  ConversationStore,
  FoundWords,
  MessageQuery,
  NewMessage,
  Page,
  StoredConversation,
} from "@patchbay/core";
import { type ConversationChange, type KeptMessage, PatchbayError } from "@patchbay/protocol";
import { type Kysely, sql } from "kysely";
import { atomically } from "../connection.ts";
import { badCursor, decodeCursor, isCounter, pageOf } from "../cursor.ts";
import type { Row, Tables } from "../tables.ts";
import {
  findToChange,
  headBytes,
  isSeen,
  notFound,
  numberOf,
  requireOneMore,
  requireRoom,
  toConversation,
  toMessage,
} from "./conversation-rows.ts";
import { findWords } from "./conversation-search.ts";
import { holdMembers, withoutMember } from "./member-locks.ts";
import { addUsage, lockUsage, requireQuota } from "./plugin-data-usage.ts";

/** A row for each conversation and each message, numbered within its conversation. */
export class PostgresConversationStore implements ConversationStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async create(
    space: ConversationSpace,
    { id, title, userId, ...head }: ConversationHead,
    quota: ConversationQuota,
  ): Promise<StoredConversation> {
    const { installationId, organizationId } = space;
    const metadata = JSON.stringify(head.metadata);
    const bytes = headBytes(title, metadata);
    return await this.#changing(space, async (db, used) => {
      await this.#reserve(db, { ...space, userId }, used, { conversations: 1, bytes }, quota);
      const row = await db
        .insertInto("conversations")
        .values({ id, installationId, organizationId, userId, title, metadata, bytes })
        .returningAll()
        .executeTakeFirstOrThrow();
      return toConversation(row);
    });
  }

  async find(space: ConversationSpace, id: string): Promise<StoredConversation | null> {
    const row = await this.#find(space, id);
    return row === undefined ? null : toConversation(row);
  }

  async update(
    space: ConversationSpace,
    id: string,
    change: ConversationChange,
    quota: ConversationQuota,
  ): Promise<StoredConversation> {
    return await this.#changing(space, async (db, used) => {
      const old = await findToChange(db, space, id);
      const title = change.title === undefined ? old.title : change.title;
      const before = JSON.stringify(old.metadata);
      const metadata = change.metadata === undefined ? before : JSON.stringify(change.metadata);
      const growth = headBytes(title, metadata) - headBytes(old.title, before);
      await this.#reserve(db, { ...space, userId: old.userId }, used, { bytes: growth }, quota);
      const row = await db
        .updateTable("conversations")
        .set({ title, metadata, bytes: old.bytes + growth, updatedAt: NOW })
        .where("id", "=", id)
        .returningAll()
        .executeTakeFirstOrThrow();
      return toConversation(row);
    });
  }

  async remove(space: ConversationSpace, id: string): Promise<boolean> {
    return await this.#changing(space, async (db) => {
      const gone = await db
        .deleteFrom("conversations")
        .where("id", "=", id)
        .where(isSeen(space))
        .returning("id")
        .executeTakeFirst();
      return gone !== undefined;
    });
  }

  async list(
    space: ConversationSpace,
    { scope, limit, cursor }: ConversationQuery,
  ): Promise<Page<StoredConversation>> {
    let rows = this.#db.selectFrom("conversations").selectAll().where(isSeen(space));
    if (scope !== undefined) rows = rows.where("userId", scope === "plugin" ? "is" : "is not", null);
    if (cursor !== undefined) rows = rows.where(isBehind(cursor));
    const found = await rows
      .orderBy("updatedAt", "desc")
      .orderBy("id", "desc")
      .limit(limit + 1)
      .execute();
    return pageOf(found, limit, toConversation, ({ updatedAt, id }) => `${updatedAt.getTime()} ${id}`);
  }

  async search(
    space: ConversationSpace,
    query: Omit<ConversationQuery, "cursor"> & { readonly text: string },
  ): Promise<readonly FoundWords[]> {
    return await findWords(this.#db, space, query);
  }

  async append(
    space: ConversationSpace,
    id: string,
    messages: readonly NewMessage[],
    quota: ConversationQuota,
  ): Promise<readonly Omit<KeptMessage, "message">[]> {
    return await this.#changing(space, async (db, used) => {
      const { nextNumber, messageCount, bytes, userId } = await findToChange(db, space, id);
      const rows = messages.map(({ message, text }, place) => {
        const json = JSON.stringify(message);
        return {
          conversationId: id,
          number: nextNumber + place,
          role: message.role,
          message: json,
          bytes: Buffer.byteLength(json),
          words: sql<string>`to_tsvector('simple', ${text})`,
        };
      });
      const growth = rows.reduce((sum, row) => sum + row.bytes, 0);
      const count = messageCount + rows.length;
      requireRoom({ messages: count, bytes: bytes + growth }, quota);
      await this.#reserve(db, { ...space, userId }, used, { bytes: growth }, quota);
      const added = await db
        .insertInto("conversationMessages")
        .values(rows)
        .returning(["number", "createdAt"])
        .execute();
      await db
        .updateTable("conversations")
        .set({
          nextNumber: nextNumber + rows.length,
          messageCount: count,
          bytes: bytes + growth,
          updatedAt: NOW,
        })
        .where("id", "=", id)
        .execute();
      return added.map(({ number, createdAt }) => ({
        id: String(number),
        createdAt: createdAt.toISOString(),
      }));
    });
  }

  async messages(
    space: ConversationSpace,
    id: string,
    { limit, cursor, bytes }: MessageQuery,
  ): Promise<Page<KeptMessage>> {
    if ((await this.#find(space, id)) === undefined) throw notFound();
    const after = cursor === undefined ? "0" : decodeCursor(cursor, "invalid_input");
    if (numberOf(after) === 0 && cursor !== undefined) throw badCursor("invalid_input");
    // One more than the page has, of which nothing but the number is read.
    const { rows } = await sql<Pick<Row<"conversationMessages">, "number" | "message" | "createdAt">>`
      select number, case when place <= ${limit} and before < ${bytes} then message end as message, created_at
      from (
        select *, row_number() over in_order as place, sum(bytes) over in_order - bytes as before
        from (
          select * from conversation_messages where conversation_id = ${id} and number > ${numberOf(after)}
          order by number limit ${limit + 1}
        ) as next
        window in_order as (order by number rows unbounded preceding)
      ) as counted
      order by number`.execute(this.#db);
    const length = rows.filter(({ message }) => message !== null).length;
    return pageOf(rows, length, toMessage, ({ number }) => String(number));
  }

  async removeMessage(space: ConversationSpace, id: string, message: string): Promise<boolean> {
    return await this.#changing(space, async (db) => {
      const { installationId, messageCount, bytes } = await findToChange(db, space, id);
      const gone = await db
        .deleteFrom("conversationMessages")
        .where("conversationId", "=", id)
        .where("number", "=", numberOf(message))
        .returning("bytes")
        .executeTakeFirst();
      if (gone === undefined) return false;
      await addUsage(db, installationId, { bytes: -gone.bytes });
      await db
        .updateTable("conversations")
        .set({ messageCount: messageCount - 1, bytes: bytes - gone.bytes, updatedAt: NOW })
        .where("id", "=", id)
        .execute();
      return true;
    });
  }

  async branch(
    space: ConversationSpace,
    id: string,
    branch: { readonly id: string; readonly message: string | null; readonly title?: string },
    quota: ConversationQuota,
  ): Promise<StoredConversation> {
    return await this.#changing(space, async (db, used) => {
      const source = await findToChange(db, space, id);
      const last = branch.message === null ? source.nextNumber - 1 : numberOf(branch.message);
      const { count, bytes, hasLast } = await sizeUpTo(db, id, last);
      if (branch.message !== null && !hasLast) throw notFound();
      const { installationId, organizationId, userId } = source;
      const title = branch.title ?? source.title;
      const metadata = JSON.stringify(source.metadata);
      const whole = headBytes(title, metadata) + bytes;
      await this.#reserve(db, { ...space, userId }, used, { conversations: 1, bytes: whole }, quota);
      const row = await db
        .insertInto("conversations")
        .values({
          id: branch.id,
          installationId,
          organizationId,
          userId,
          title,
          metadata,
          branchedFrom: id,
          branchedAt: branch.message === null ? null : last,
          nextNumber: last + 1,
          messageCount: count,
          bytes: whole,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      await sql`
        insert into conversation_messages (conversation_id, number, role, message, bytes, words, created_at)
        select ${branch.id}, number, role, message, bytes, words, created_at from conversation_messages
        where conversation_id = ${id} and number <= ${last}`.execute(db);
      return toConversation(row);
    });
  }

  #find(space: ConversationSpace, id: string) {
    return this.#db
      .selectFrom("conversations")
      .selectAll()
      .where("id", "=", id)
      .where(isSeen(space))
      .executeTakeFirst();
  }

  /**
   * A change, with the bytes that the installation stores now. Until it is done nobody else changes what the installation stores. People are
   * held first, then the installation and what it stores, then conversations: whoever removes one of them goes the same way, so that nobody
   * waits for somebody who waits for them.
   */
  async #changing<T>(
    space: ConversationSpace,
    work: (db: Kysely<Tables>, used: number) => Promise<T>,
  ): Promise<T> {
    try {
      return await atomically(this.#db, async (db) => {
        if (space.people !== "all") await holdMembers(db, space.organizationId, space.people);
        return await work(db, await lockUsage(db, space.installationId));
      });
    } catch (error) {
      throw withoutMember(error, "conversations_member");
    }
  }

  /** Counts what comes. Throws `quota_exceeded` for more than there may be. */
  async #reserve(
    db: Kysely<Tables>,
    { userId, ...space }: ConversationSpace & { readonly userId: string | null },
    used: number,
    growth: { readonly conversations?: 1; readonly bytes: number },
    quota: ConversationQuota,
  ): Promise<void> {
    const { installationId } = space;
    if (userId !== null && growth.bytes > 0)
      await requireShare(db, { ...space, userId }, growth.bytes, quota);
    if (growth.conversations !== undefined) await requireOneMore(db, installationId, quota);
    requireQuota(used, growth.bytes, quota.bytes);
    await addUsage(db, installationId, growth);
  }
}

/** Throws `quota_exceeded` where one person would have more than their share. */
const requireShare = async (
  db: Kysely<Tables>,
  { installationId, organizationId, userId }: ConversationSpace & { readonly userId: string },
  growth: number,
  { personBytes }: ConversationQuota,
): Promise<void> => {
  const { held } = await db
    .selectFrom("conversations")
    .select(sql<string>`coalesce(sum(bytes), 0)`.as("held"))
    .where("organizationId", "=", organizationId)
    .where("userId", "=", userId)
    .where("installationId", "=", installationId)
    .executeTakeFirstOrThrow();
  if (Number(held) + growth <= personBytes) return;
  throw new PatchbayError(
    "quota_exceeded",
    `The conversations of one person may have ${personBytes} bytes here, and these have ${held}; ${growth} more do not fit. Delete some of them.`,
  );
};

const NOW = sql<Date>`clock_timestamp()`;

/** Behind the place that a cursor names, in the order of lists. Throws `invalid_input`. */
const isBehind = (cursor: string) => {
  const [ms = "", id = ""] = decodeCursor(cursor, "invalid_input").split(" ");
  if (!isCounter(ms) || Number(ms) > MAX_TIME_MS) throw badCursor("invalid_input");
  return sql<boolean>`(updated_at, id) < (${new Date(Number(ms))}, ${id})`;
};
/** The latest time that a date can be. */
const MAX_TIME_MS = 8.64e15;

const sizeUpTo = async (db: Kysely<Tables>, id: string, last: number) => {
  const { rows } = await sql<{ count: string; bytes: string; hasLast: boolean }>`
    select count(*) as count, coalesce(sum(bytes), 0) as bytes, coalesce(bool_or(number = ${last}), false) as has_last
    from conversation_messages where conversation_id = ${id} and number <= ${last}`.execute(db);
  const [size] = rows;
  return {
    count: Number(size?.count ?? 0),
    bytes: Number(size?.bytes ?? 0),
    hasLast: size?.hasLast ?? false,
  };
};
