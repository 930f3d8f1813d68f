import type {
  AddedMemory,
  ConsolidationReport,
  ExtractedMessage,
  MemoryAnswer,
  MemoryChange,
  MemoryCitation,
  MemoryEntry,
  MemoryExtraction,
  MemoryList,
  MemoryNamespace,
  UndoReport,
} from "@patchbay/protocol";

export type {
  AddedMemory,
  ConsolidationReport,
  ExtractedMessage,
  ExtractionReport,
  MemoryAnswer,
  MemoryChange,
  MemoryCitation,
  MemoryEntry,
  MemoryExtraction,
  MemoryHit,
  MemoryList,
  MemoryMeaning,
  MemoryNamespace,
  MemoryState,
  UndoReport,
} from "@patchbay/protocol";

export interface NewMemory {
  /** At most 8 KiB. */
  readonly text: string;
  /** JSON of at most 4 KiB, by which memories can be filtered. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** RFC 3339; from then on the memory is not there any more. */
  readonly expiresAt?: string;
  /** The message that it comes from. */
  readonly citation?: MemoryCitation;
}

/** What is absent stays as it is; `expiresAt: null`: the memory stays for good. */
export interface MemoryUpdate {
  readonly text?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly expiresAt?: string | null;
}

export interface MemoryListOptions {
  /** Memories that have all of this in their metadata. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** At most this many, 1 to 200; 50 unless told. */
  readonly limit?: number;
  /** From the page before. */
  readonly cursor?: string;
}

export interface MemorySearchOptions {
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** At most this many, 1 to 50; 10 unless told. */
  readonly limit?: number;
  /** Gives the search up. */
  readonly signal?: AbortSignal;
}

export interface ExtractOptions {
  /** The model that is asked, `provider/model`; the active one unless told. */
  readonly model?: string;
}

/**
 * What the plugin keeps in mind in this organization: texts in namespaces, found by their words and by their meaning. They survive updates
 * and end with the installation. The namespace "notes" of the plugin acme.chat is `plugin:acme.chat:notes`, and may be named either way;
 * one of another plugin or of the host throws `PluginPermissionError` from every method. A name that begins with `me/`, such as "me/notes",
 * is that of the person who looks at the view, or who called the server code: each person has their own, which nobody else reaches, and which
 * end when the person leaves the organization. Where nobody calls, as in a schedule, it throws `InvalidInputError`. Reading needs `memory.read`, changing
 * `memory.write`, extracting `memory.extract`: they throw `PermissionDeniedError` without. A namespace that there is not is a `PluginError` with
 * `memory_not_found`, what is too much a `QuotaExceededError`.
 */
export interface MemoryApi {
  /** Makes it unless it is there. At most 100 of the plugin, 10 of each person, and 1,000 of all people together. */
  createNamespace(name: string): Promise<MemoryNamespace>;
  /** Those of the plugin, and of the person who calls. */
  listNamespaces(): Promise<readonly MemoryNamespace[]>;
  /** With all that is in it. Whether there was one. */
  deleteNamespace(name: string): Promise<boolean>;
  /** Adds a memory. The same text once more changes nothing, and gives the one that is there. At most 100,000 in all namespaces, 5,000 of one person. */
  add(namespace: string, memory: NewMemory): Promise<AddedMemory>;
  /** null when there is none. */
  get(namespace: string, id: string): Promise<MemoryEntry | null>;
  /** Throws `PluginError` with `memory_not_found`, or with `already_exists` for a text that another memory has. */
  update(namespace: string, id: string, change: MemoryUpdate): Promise<MemoryEntry>;
  /** Whether there was one. It can be undone while the history knows it. */
  delete(namespace: string, id: string): Promise<boolean>;
  /** A page, the oldest first. */
  list(namespace: string, options?: MemoryListOptions): Promise<MemoryList>;
  /** The best first, of one namespace or of up to ten. `meaning` says whether it was searched by meaning, too. */
  search(
    namespaces: string | readonly string[],
    query: string,
    options?: MemorySearchOptions,
  ): Promise<MemoryAnswer>;
  /** What became of a memory, the newest first, for 30 days. */
  history(namespace: string, id: string): Promise<readonly MemoryChange[]>;
  /** Takes back what was done together: a `change` of the history, an extraction or a consolidation. What was changed since stays as it is. */
  undo(namespace: string, change: string): Promise<UndoReport>;
  /** Makes one memory of those that say the same in the same words. */
  consolidate(namespace: string): Promise<ConsolidationReport>;
  /**
   * Has a model look through a conversation for facts about the user, which goes on by itself: `extraction` says how far it is. A fact
   * is kept only where it quotes what a message of the user says.
   */
  extract(
    namespace: string,
    messages: readonly ExtractedMessage[],
    options?: ExtractOptions,
  ): Promise<MemoryExtraction>;
  /** null when there is none, none any more (they are known for 30 days), or one of another person. */
  extraction(id: string): Promise<MemoryExtraction | null>;
}
