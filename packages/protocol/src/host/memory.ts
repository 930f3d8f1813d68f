import Type, { type Static } from "typebox";
import {
  MAX_EXTRACTED_MESSAGE_LENGTH,
  MAX_EXTRACTED_MESSAGES,
  MAX_MEMORY_HITS,
  MAX_MEMORY_QUERY_LENGTH,
  MAX_MEMORY_QUOTE_LENGTH,
  MAX_MEMORY_SEARCHED_NAMESPACES,
  MAX_MEMORY_TEXT_BYTES,
  MAX_MODEL_NAME_LENGTH,
} from "../limits.ts";
import { answers, type HostDomain, strict } from "./domain.ts";

/** `notes`, or in full `plugin:acme.chat:notes`. */
const Namespace = Type.String({ minLength: 1, maxLength: 256 });
const Id = Type.String({ minLength: 1, maxLength: 64 });
const Text = Type.String({ minLength: 1, maxLength: MAX_MEMORY_TEXT_BYTES });
const Metadata = Type.Record(Type.String({ maxLength: 128 }), Type.Unknown(), { maxProperties: 64 });
/** RFC 3339. */
const Time = Type.String({ maxLength: 64 });
const MessageId = Type.String({ maxLength: 256, pattern: "^[^\\u0000-\\u001f\\u007f]+$" });

/** The message that a memory comes from, and what of it says so. */
export const MemoryCitation = Type.Object(
  { message: MessageId, quote: Type.String({ minLength: 1, maxLength: MAX_MEMORY_QUOTE_LENGTH }) },
  strict,
);
export type MemoryCitation = Static<typeof MemoryCitation>;

/** A message of a conversation. Only what a `user` says is a source of facts. */
export const ExtractedMessage = Type.Object(
  {
    id: MessageId,
    role: Type.Enum(["user", "assistant", "system"]),
    text: Type.String({ maxLength: MAX_EXTRACTED_MESSAGE_LENGTH }),
  },
  strict,
);
export type ExtractedMessage = Static<typeof ExtractedMessage>;

/** What can be changed of a memory. Without a field that is as it was; `expiresAt: null`: it stays for good. */
const MemoryChangeFields = {
  text: Type.Optional(Text),
  metadata: Type.Optional(Metadata),
  expiresAt: Type.Optional(Type.Union([Time, Type.Null()])),
};

const NamespaceParams = Type.Object({ namespace: Namespace }, strict);
const EntryParams = Type.Object({ namespace: Namespace, id: Id }, strict);
const AddParams = Type.Object(
  {
    namespace: Namespace,
    text: Text,
    metadata: Type.Optional(Metadata),
    expiresAt: Type.Optional(Time),
    citation: Type.Optional(MemoryCitation),
  },
  strict,
);
const UpdateParams = Type.Object({ namespace: Namespace, id: Id, ...MemoryChangeFields }, strict);
const ListParams = Type.Object(
  {
    namespace: Namespace,
    /** Those that have all of this. */
    metadata: Type.Optional(Metadata),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
    cursor: Type.Optional(Type.String({ maxLength: 1024 })),
  },
  strict,
);
const SearchParams = Type.Object(
  {
    namespaces: Type.Array(Namespace, { minItems: 1, maxItems: MAX_MEMORY_SEARCHED_NAMESPACES }),
    query: Type.String({ minLength: 1, maxLength: MAX_MEMORY_QUERY_LENGTH }),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_MEMORY_HITS })),
    metadata: Type.Optional(Metadata),
  },
  strict,
);
const ExtractParams = Type.Object(
  {
    namespace: Namespace,
    messages: Type.Array(ExtractedMessage, { minItems: 1, maxItems: MAX_EXTRACTED_MESSAGES }),
    model: Type.Optional(Type.String({ minLength: 1, maxLength: MAX_MODEL_NAME_LENGTH })),
  },
  strict,
);
const UndoParams = Type.Object({ namespace: Namespace, change: Id }, strict);

export interface MemoryNamespace {
  /** In full: `plugin:acme.chat:notes`. */
  readonly name: string;
  readonly entries: number;
  /** RFC 3339, as all times here. */
  readonly createdAt: string;
}

export interface MemoryEntry {
  readonly id: string;
  readonly text: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** The messages that say so; none for what was not taken from a conversation. */
  readonly citations: readonly MemoryCitation[];
  /** From then on it is not there any more; null: it stays. */
  readonly expiresAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A memory as it was added. `isNew` is false where the same text was there already: that one stays as it is. */
export interface AddedMemory extends MemoryEntry {
  readonly isNew: boolean;
}

/** A page of memories, the oldest first. `cursor` is absent on the last page. */
export interface MemoryList {
  readonly items: readonly MemoryEntry[];
  readonly cursor?: string;
}

export interface MemoryHit {
  readonly entry: MemoryEntry;
  readonly namespace: string;
  /** Higher is better; to be compared within one answer alone. */
  readonly score: number;
  /** Its place among those found by words, and how much of the question's words it has, 0 to 1; null: not found by words. */
  readonly words: { readonly rank: number; readonly share: number } | null;
  /** Its place among those found by meaning, and how near it is, up to 1; null: not found by meaning. */
  readonly meaning: { readonly rank: number; readonly similarity: number } | null;
}

/** `partial`: some memories have no vector of the model yet; `unavailable`: no model embeds, or it failed, and words alone were searched. */
export type MemoryMeaning = "complete" | "partial" | "unavailable";

export interface MemoryAnswer {
  /** The best first. */
  readonly hits: readonly MemoryHit[];
  readonly meaning: MemoryMeaning;
}

/** Who has changed a memory. Names of people are not told to plugins. */
export interface MemoryChangedBy {
  readonly kind: "plugin" | "user" | "api_key" | "system";
  readonly name?: string;
}

/** One step of a memory's history. */
export interface MemoryChange {
  /** What was done together has one id, by which it is undone: an extraction's is its own. */
  readonly change: string;
  readonly kind: "add" | "update" | "delete" | "extract" | "consolidate" | "undo";
  readonly by: MemoryChangedBy;
  readonly at: string;
  /** null: it was not there. */
  readonly before: MemoryState | null;
  /** null: it is not there any more. */
  readonly after: MemoryState | null;
}

export type MemoryState = Pick<MemoryEntry, "text" | "metadata" | "citations" | "expiresAt">;

/** What came of the facts that a model told. */
export interface ExtractionReport {
  /** The model that told them. */
  readonly model: string;
  /** How many it told. */
  readonly found: number;
  /** Memories that are new. */
  readonly added: number;
  /** Facts that were known: their memories cite further messages now. */
  readonly merged: number;
  /** Facts that were known with the message that they cite. */
  readonly unchanged: number;
  /** Facts that are not kept, by the reason. */
  readonly dropped: {
    /** No message has the id that it cites. */
    readonly unknownMessage: number;
    /** The message is none of the person's. */
    readonly notFromPerson: number;
    /** The message does not have the quote. */
    readonly notQuoted: number;
    /** The quote does not say it: too few of its words are there. */
    readonly unsupported: number;
    /** It is too long to be kept. */
    readonly tooLong: number;
  };
}

export interface MemoryExtraction {
  readonly id: string;
  /** In full. */
  readonly namespace: string;
  /** `failed`: nothing was kept, which says nothing about what the messages hold. */
  readonly state: "queued" | "running" | "succeeded" | "failed";
  /** How often the model was asked. */
  readonly attempts: number;
  readonly report: ExtractionReport | null;
  /** Why it failed, or why the last attempt did. */
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly createdAt: string;
  readonly endedAt: string | null;
}

export interface ConsolidationReport {
  /** By which it is undone; null where nothing was to be merged. */
  readonly change: string | null;
  /** The memories that are left, and how many were merged into each. */
  readonly merged: readonly { readonly id: string; readonly text: string; readonly count: number }[];
}

export interface UndoReport {
  /** Changes of memories that were taken back. */
  readonly undone: number;
  /** Changes of memories that were changed once more since, and stay as they are. */
  readonly kept: number;
}

const READ = "memory.read";
const WRITE = "memory.write";
const EXTRACT = "memory.extract";
/** Whether there was one. */
const wasThere = answers<boolean>();

/** Memories in the plugin's own namespaces. */
export const MEMORY = {
  "memory.createNamespace": {
    permission: WRITE,
    params: NamespaceParams,
    answer: answers<MemoryNamespace>(),
  },
  "memory.listNamespaces": {
    permission: READ,
    params: Type.Object({}, strict),
    answer: answers<readonly MemoryNamespace[]>(),
  },
  "memory.deleteNamespace": { permission: WRITE, params: NamespaceParams, answer: wasThere },
  "memory.add": { permission: WRITE, params: AddParams, answer: answers<AddedMemory>() },
  "memory.get": { permission: READ, params: EntryParams, answer: answers<MemoryEntry | null>() },
  "memory.update": { permission: WRITE, params: UpdateParams, answer: answers<MemoryEntry>() },
  "memory.delete": { permission: WRITE, params: EntryParams, answer: wasThere },
  "memory.list": { permission: READ, params: ListParams, answer: answers<MemoryList>() },
  "memory.search": { permission: READ, params: SearchParams, answer: answers<MemoryAnswer>() },
  "memory.history": { permission: READ, params: EntryParams, answer: answers<readonly MemoryChange[]>() },
  "memory.undo": { permission: WRITE, params: UndoParams, answer: answers<UndoReport>() },
  "memory.consolidate": {
    permission: WRITE,
    params: NamespaceParams,
    answer: answers<ConsolidationReport>(),
  },
  "memory.extract": { permission: EXTRACT, params: ExtractParams, answer: answers<MemoryExtraction>() },
  /** null when there is none. */
  "memory.extraction": {
    permission: EXTRACT,
    params: Type.Object({ id: Id }, strict),
    answer: answers<MemoryExtraction | null>(),
  },
} as const satisfies HostDomain;
