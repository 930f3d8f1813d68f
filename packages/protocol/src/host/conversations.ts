import Type, { type Static } from "typebox";
import { MAX_APPENDED_MESSAGES, MAX_CONVERSATION_TITLE_LENGTH, MAX_SEARCH_LENGTH } from "../limits.ts";
import { ChatMessage } from "../models/chat-request.ts";
import { TEXT } from "../text.ts";
import { answers, type HostDomain, strict } from "./domain.ts";

/** `plugin`: of the plugin, for all who use it. `person`: of one person, whom only calls on behalf of that person act for. */
export const CONVERSATION_SCOPES = ["plugin", "person"] as const;
export type ConversationScope = (typeof CONVERSATION_SCOPES)[number];

export const EXPORT_FORMATS = ["json", "markdown"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const Title = Type.String({ minLength: 1, maxLength: MAX_CONVERSATION_TITLE_LENGTH, format: TEXT });
/** The plugin's own notes. They are kept, not read. */
const Metadata = Type.Record(Type.String({ maxLength: 256 }), Type.Unknown());
const Id = Type.String({ minLength: 1, maxLength: 64 });
const Cursor = Type.Optional(Type.String({ maxLength: 256 }));
const limitOf = (most: number) => Type.Optional(Type.Integer({ minimum: 1, maximum: most }));
const Scope = Type.Enum([...CONVERSATION_SCOPES]);

const CreateParams = Type.Object(
  { scope: Scope, title: Type.Optional(Title), metadata: Type.Optional(Metadata) },
  strict,
);
/** What is left out stays as it is; a title of null is none. */
const UpdateParams = Type.Object(
  { id: Id, title: Type.Optional(Type.Union([Title, Type.Null()])), metadata: Type.Optional(Metadata) },
  strict,
);
const IdParams = Type.Object({ id: Id }, strict);
const ListParams = Type.Object({ scope: Type.Optional(Scope), limit: limitOf(100), cursor: Cursor }, strict);
const SearchParams = Type.Object(
  {
    text: Type.String({ minLength: 1, maxLength: MAX_SEARCH_LENGTH }),
    scope: Type.Optional(Scope),
    limit: limitOf(20),
  },
  strict,
);
const AppendParams = Type.Object(
  { id: Id, messages: Type.Array(ChatMessage, { minItems: 1, maxItems: MAX_APPENDED_MESSAGES }) },
  strict,
);
const MessagesParams = Type.Object({ id: Id, limit: limitOf(1_000), cursor: Cursor }, strict);
const MessageParams = Type.Object({ id: Id, messageId: Id }, strict);
/** `upTo`: the last message that the branch begins with; without it, all are. */
const BranchParams = Type.Object({ id: Id, upTo: Type.Optional(Id), title: Type.Optional(Title) }, strict);
const ExportParams = Type.Object({ id: Id, format: Type.Enum([...EXPORT_FORMATS]) }, strict);

export type ConversationChange = Omit<Static<typeof UpdateParams>, "id">;
export type NewConversation = Static<typeof CreateParams>;

/** What is known of a conversation, without its messages. */
export interface Conversation {
  readonly id: string;
  readonly scope: ConversationScope;
  /** Null for one that nobody has named. */
  readonly title: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Where it was branched off: its messages up to that one were those of the other. Either may be gone since. */
  readonly branchedFrom: { readonly conversation: string; readonly message: string | null } | null;
  readonly messages: number;
  /** Of title, metadata and messages, as they count towards the plugin's quota. */
  readonly bytes: number;
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  /** When it was last changed or added to. */
  readonly updatedAt: string;
}

/** `cursor` is absent on the last page. */
export interface ConversationPage {
  readonly items: readonly Conversation[];
  readonly cursor?: string;
}

export interface KeptMessage {
  /** Unique within the conversation, and the same in branches of it. */
  readonly id: string;
  readonly createdAt: string;
  /** As requests to chat models have it. */
  readonly message: ChatMessage;
}

/** In their order. `cursor` is absent on the last page. */
export interface MessagePage {
  readonly items: readonly KeptMessage[];
  readonly cursor?: string;
}

/** A conversation in which the words were found. */
export interface FoundConversation {
  readonly conversation: Conversation;
  /** The message that fits best; absent where the title alone has the words. */
  readonly message?: Pick<KeptMessage, "id" | "createdAt"> & {
    readonly role: ChatMessage["role"];
    /** The part of its text with the first of the words. */
    readonly excerpt: string;
  };
}

const permission = "storage.conversations";
/** Whether there was one. */
const wasThere = answers<boolean>();

/** Conversations in the plugin's own space. One that the caller may not see is not there. */
export const CONVERSATIONS = {
  "conversations.create": { permission, params: CreateParams, answer: answers<Conversation>() },
  /** Null when there is none. */
  "conversations.get": { permission, params: IdParams, answer: answers<Conversation | null>() },
  "conversations.update": { permission, params: UpdateParams, answer: answers<Conversation>() },
  "conversations.delete": { permission, params: IdParams, answer: wasThere },
  /** Those that were changed last come first. */
  "conversations.list": { permission, params: ListParams, answer: answers<ConversationPage>() },
  /** Those that fit best come first. */
  "conversations.search": {
    permission,
    params: SearchParams,
    answer: answers<readonly FoundConversation[]>(),
  },
  "conversations.append": {
    permission,
    params: AppendParams,
    answer: answers<readonly Omit<KeptMessage, "message">[]>(),
  },
  "conversations.messages": { permission, params: MessagesParams, answer: answers<MessagePage>() },
  "conversations.deleteMessage": { permission, params: MessageParams, answer: wasThere },
  "conversations.branch": { permission, params: BranchParams, answer: answers<Conversation>() },
  /** The document follows as the answer's body. */
  "conversations.export": {
    permission,
    params: ExportParams,
    answer: answers<{ readonly contentType: string }>(),
  },
} as const satisfies HostDomain;
