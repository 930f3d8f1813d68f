import type {
  ChatMessage,
  Conversation,
  ConversationChange,
  ConversationPage,
  ConversationScope,
  ExportFormat,
  FoundConversation,
  KeptMessage,
  MessagePage,
  NewConversation,
} from "@patchbay/protocol";

export type {
  Conversation,
  ConversationChange,
  ConversationPage,
  ConversationScope,
  ExportFormat,
  FoundConversation,
  KeptMessage,
  MessagePage,
  NewConversation,
} from "@patchbay/protocol";

export interface ConversationListOptions {
  /** Only those of the plugin, or only those of the person. */
  readonly scope?: ConversationScope;
  /** At most this many, 1 to 100; 50 unless told. */
  readonly limit?: number;
  /** From the page before. */
  readonly cursor?: string;
}

/**
 * The plugin's conversations in this organization. Those of the scope `plugin` are there for all who use the plugin. Those of the scope
 * `person` are there for one person: in views that this person looks at, and in calls of server code that the person makes. For everybody
 * else, and for the plugin acting by itself, they are not there.
 *
 * They survive updates and count towards the plugin's 256 MiB. They end with the installation, and those of a person with their
 * membership. Needs `storage.conversations`, without which every method throws `PermissionDeniedError`. What is beyond a bound throws
 * `QuotaExceededError`, which names the bound; changes of a conversation that is not there throw `PluginError` with
 * `conversation_not_found`.
 */
export interface ConversationsApi {
  /** Begins one. Throws `InvalidInputError` for one of a person where nobody calls. Metadata are the plugin's own, 16 KiB as JSON. */
  create(conversation: NewConversation): Promise<Conversation>;
  /** Undefined when there is none. */
  get(id: string): Promise<Conversation | undefined>;
  /** Changes what is given; a title of null is none, and metadata are replaced. */
  update(id: string, change: ConversationChange): Promise<Conversation>;
  /** Whether there was one. Branches of it stay. */
  delete(id: string): Promise<boolean>;
  /** A page, those that were changed last first. */
  list(options?: ConversationListOptions): Promise<ConversationPage>;
  /**
   * Those in which one message, or the title, has all of the words, the best first. Words are found as they are written, in capitals or
   * not. At most `limit`, 1 to 20; 10 unless told.
   */
  search(
    text: string,
    options?: { readonly scope?: ConversationScope; readonly limit?: number },
  ): Promise<readonly FoundConversation[]>;
  /** Adds messages of at most 1 MiB each at the end, all or none, and tells their ids. */
  append(id: string, messages: readonly ChatMessage[]): Promise<readonly Omit<KeptMessage, "message">[]>;
  /**
   * A page of messages, in their order: at most `limit` (1 to 1000, 100 unless told) and 2 MiB. `message` of each is what a question to
   * `api.chat` takes.
   */
  messages(id: string, options?: { readonly limit?: number; readonly cursor?: string }): Promise<MessagePage>;
  /** Whether there was one. The others keep their ids. */
  deleteMessage(id: string, messageId: string): Promise<boolean>;
  /**
   * A new conversation that begins with the messages up to `upTo`, that one included, or with all of them. Neither of the two hears of
   * later changes of the other.
   */
  branch(id: string, options?: { readonly upTo?: string; readonly title?: string }): Promise<Conversation>;
  /** All of it as one JSON document, or as Markdown for people. */
  export(id: string, format: ExportFormat): Promise<string>;
}
