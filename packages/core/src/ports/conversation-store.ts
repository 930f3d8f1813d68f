import type {
  ChatMessage,
  Conversation,
  ConversationChange,
  ConversationScope,
  KeptMessage,
} from "@patchbay/protocol";
import type { Page } from "./catalog-store.ts";

/** Conversations of one installation, as far as somebody sees them. */
export interface ConversationSpace {
  readonly installationId: string;
  readonly organizationId: string;
  /** Whose there are beside those of the plugin: ids of people. */
  readonly people: "all" | readonly string[];
}

export interface StoredConversation extends Conversation {
  /** Null for one of the plugin. */
  readonly userId: string | null;
}

export interface ConversationHead {
  readonly id: string;
  readonly title: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly userId: string | null;
}

/** A message with the words by which it is found. */
export interface NewMessage {
  readonly message: ChatMessage;
  readonly text: string;
}

/** What is kept at the most. */
export interface ConversationQuota {
  /** Of one person in one installation, in bytes. */
  readonly personBytes: number;
  /** Of one installation. */
  readonly conversations: number;
  /** Of one conversation, and their bytes as JSON. */
  readonly messages: number;
  readonly messageBytes: number;
  /** Of all that the installation stores. */
  readonly bytes: number;
}

export interface ConversationQuery {
  readonly scope?: ConversationScope;
  readonly limit: number;
  readonly cursor?: string;
}

export interface MessageQuery {
  readonly limit: number;
  readonly cursor?: string;
  /** Of all messages of a page; one is there in any case. */
  readonly bytes: number;
}

/** A message that has the words; null in its place for one that is too large to be read for a part of it. */
export interface FoundMessage extends Omit<KeptMessage, "message"> {
  readonly role: ChatMessage["role"];
  readonly message: ChatMessage | null;
}

export interface FoundWords {
  readonly conversation: StoredConversation;
  /** Null where the title has the words. */
  readonly found: FoundMessage | null;
}

/**
 * Conversations that plugins keep. One that does not belong to the space is not there. All of an installation's count towards the quota
 * of its data; they end with it, and those of a person with their membership.
 */
export interface ConversationStore {
  /** Throws `quota_exceeded`, `plugin_not_installed`, and `organization_not_found` when its person has left. */
  create(
    space: ConversationSpace,
    conversation: ConversationHead,
    quota: ConversationQuota,
  ): Promise<StoredConversation>;
  find(space: ConversationSpace, id: string): Promise<StoredConversation | null>;
  /** Throws `conversation_not_found`, `quota_exceeded`. */
  update(
    space: ConversationSpace,
    id: string,
    change: ConversationChange,
    quota: ConversationQuota,
  ): Promise<StoredConversation>;
  /** Whether there was one. */
  remove(space: ConversationSpace, id: string): Promise<boolean>;
  /** Those that were changed last come first. Throws `invalid_input` for what is no cursor. */
  list(space: ConversationSpace, query: ConversationQuery): Promise<Page<StoredConversation>>;
  /** Those in which one message, or the title, has all of the words. Those that fit best come first. */
  search(
    space: ConversationSpace,
    query: Omit<ConversationQuery, "cursor"> & { readonly text: string },
  ): Promise<readonly FoundWords[]>;

  /** Adds messages at the end, all or none. Throws `conversation_not_found`, `quota_exceeded`. */
  append(
    space: ConversationSpace,
    id: string,
    messages: readonly NewMessage[],
    quota: ConversationQuota,
  ): Promise<readonly Omit<KeptMessage, "message">[]>;
  /** In their order. Throws `conversation_not_found`, and `invalid_input` for what is no cursor. */
  messages(space: ConversationSpace, id: string, query: MessageQuery): Promise<Page<KeptMessage>>;
  /** Whether there was one. Throws `conversation_not_found`. */
  removeMessage(space: ConversationSpace, id: string, message: string): Promise<boolean>;
  /**
   * A new conversation with copies of the messages up to `message`, or of all without one. Its head is that of the other but for what is
   * given. Throws `conversation_not_found`, also for a message that is not there, and `quota_exceeded`.
   */
  branch(
    space: ConversationSpace,
    id: string,
    branch: { readonly id: string; readonly message: string | null; readonly title?: string },
    quota: ConversationQuota,
  ): Promise<StoredConversation>;
}
