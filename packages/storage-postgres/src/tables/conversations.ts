import type { ChatMessage } from "@patchbay/protocol";
import type { ColumnType, Generated } from "kysely";
import type { Json } from "./columns.ts";

interface Conversations {
  id: string;
  installationId: string;
  organizationId: string;
  userId: string | null;
  title: string | null;
  metadata: Json<Readonly<Record<string, unknown>>>;
  branchedFrom: string | null;
  branchedAt: number | null;
  /** Of the message that comes next; one that is gone leaves a gap. */
  nextNumber: Generated<number>;
  messageCount: Generated<number>;
  /** Of title, metadata and messages. */
  bytes: number;
  createdAt: ColumnType<Date, never, never>;
  updatedAt: Generated<Date>;
}

interface ConversationMessages {
  conversationId: string;
  number: number;
  /** That of the message, which itself cannot be looked into where it holds what the database has no text for. */
  role: ChatMessage["role"];
  message: Json<ChatMessage>;
  bytes: number;
  /** Written as an expression, and not read. */
  words: ColumnType<never, string, never>;
  createdAt: Generated<Date>;
}

/** What plugins keep of conversations. */
export interface ConversationTables {
  conversations: Conversations;
  conversationMessages: ConversationMessages;
}
