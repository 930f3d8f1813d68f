import type { ConversationQuota, ConversationSpace, StoredConversation } from "@patchbay/core";
import { type KeptMessage, PatchbayError } from "@patchbay/protocol";
import { type Kysely, sql } from "kysely";
import { isCounter } from "../cursor.ts";
import type { Row, Tables } from "../tables.ts";

/** The number of a message by its id; one that no message has for what is none. */
export const numberOf = (message: string): number =>
  isCounter(message) && Number(message) <= MAX_INTEGER ? Number(message) : 0;
const MAX_INTEGER = 2 ** 31 - 1;

/** What is seen of the conversations of the space. */
export const isSeen = ({ installationId, people }: ConversationSpace) =>
  sql<boolean>`conversations.installation_id = ${installationId} and (${
    people === "all" ? sql`true` : sql`user_id is null or user_id = any(${people}::text[])`
  })`;

/** The conversation, for a change of what the installation stores. Throws `conversation_not_found`. */
export const findToChange = async (
  db: Kysely<Tables>,
  space: ConversationSpace,
  id: string,
): Promise<Row<"conversations">> => {
  const found = await db
    .selectFrom("conversations")
    .selectAll()
    .where("id", "=", id)
    .where(isSeen(space))
    .executeTakeFirst();
  if (found === undefined) throw notFound();
  return found;
};

export const notFound = (): PatchbayError =>
  new PatchbayError("conversation_not_found", "There is no such conversation here.");

/** Throws `quota_exceeded` for a conversation that would have more messages, or more bytes of them, than it may. */
export const requireRoom = (
  { messages, bytes }: { readonly messages: number; readonly bytes: number },
  quota: ConversationQuota,
): void => {
  if (messages > quota.messages)
    throw exceeded(`A conversation has at most ${quota.messages} messages; this one would have ${messages}.`);
  if (bytes > quota.messageBytes)
    throw exceeded(
      `A conversation has at most ${quota.messageBytes} bytes; this one would have ${bytes}. Begin another one, or delete messages.`,
    );
};

/** Throws `quota_exceeded` when the installation has as many conversations as it may. */
export const requireOneMore = async (
  db: Kysely<Tables>,
  installationId: string,
  { conversations }: ConversationQuota,
): Promise<void> => {
  const usage = await db
    .selectFrom("pluginUsage")
    .select("conversationCount")
    .where("installationId", "=", installationId)
    .executeTakeFirst();
  if ((usage?.conversationCount ?? 0) < conversations) return;
  throw exceeded(`The plugin keeps ${conversations} conversations, which is as many as it may. Delete some.`);
};

const exceeded = (message: string): PatchbayError => new PatchbayError("quota_exceeded", message);

/** What title and metadata take, as they are kept. */
export const headBytes = (title: string | null, metadata: string): number =>
  Buffer.byteLength(title ?? "") + Buffer.byteLength(metadata);

export const toConversation = (row: Omit<Row<"conversations">, "nextNumber">): StoredConversation => ({
  id: row.id,
  scope: row.userId === null ? "plugin" : "person",
  title: row.title,
  metadata: row.metadata,
  branchedFrom:
    row.branchedFrom === null
      ? null
      : { conversation: row.branchedFrom, message: row.branchedAt === null ? null : String(row.branchedAt) },
  messages: row.messageCount,
  bytes: row.bytes,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
  userId: row.userId,
});

export const toMessage = ({
  number,
  message,
  createdAt,
}: Pick<Row<"conversationMessages">, "number" | "message" | "createdAt">): KeptMessage => ({
  id: String(number),
  createdAt: createdAt.toISOString(),
  message,
});
