import type {
  ExtractedMessage,
  ExtractionReport,
  MemoryChange,
  MemoryCitation,
  MemoryExtraction,
} from "@patchbay/protocol";
import type { Page } from "./catalog-store.ts";
import type { HostCaller } from "./plugin-runtime.ts";

/** Whose memories are reached: a plugin's own, and with them those of a person where one calls. */
export interface MemoryOwner extends HostCaller {
  /** Id of the person; null where nobody calls. */
  readonly person: string | null;
}

/** Some of a plugin's memories, under a name of their own. */
export interface MemorySpace {
  readonly id: string;
  readonly installationId: string;
  /** Id of the person whose they are; null: the plugin's own. */
  readonly userId: string | null;
  /** Without the plugin's part. A person's begins with `me/`, the plugin's own does not. */
  readonly name: string;
  readonly entries: number;
  /** Counted up by whatever changes in it. */
  readonly revision: number;
  readonly createdAt: Date;
}

/** What a memory says. */
export interface MemoryContent {
  readonly text: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly citations: readonly MemoryCitation[];
  readonly expiresAt: Date | null;
}

export interface Memory extends MemoryContent {
  readonly id: string;
  readonly spaceId: string;
  /** By which nodes tell it from others; another one once it was removed and is back. */
  readonly place: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What is written. Of one text there is one memory in a namespace. */
export interface NewMemory extends MemoryContent {
  readonly id: string;
  /** Of the text, as far as it is told from others. */
  readonly digest: string;
  /** The same for all texts that say it in the same words. */
  readonly sense: string;
}

/** Under what a change is written down. */
export interface ChangeHead {
  readonly change: string;
  readonly kind: MemoryChange["kind"];
  readonly by: MemoryChange["by"];
}

export interface RecordedChange extends ChangeHead {
  readonly memoryId: string;
  readonly at: Date;
  readonly before: MemoryContent | null;
  readonly after: MemoryContent | null;
}

export interface MemoryBounds {
  /** What has expired by now is not there. */
  readonly now: Date;
  /** Of the installation, in all its namespaces. */
  readonly entries: number;
  /** Of all that the installation stores. */
  readonly bytes: number;
  /** Of one person's namespaces. */
  readonly person: { readonly entries: number; readonly bytes: number };
}

/** How many namespaces an installation may have. */
export interface SpaceBounds {
  /** Of its own. */
  readonly own: number;
  readonly person: number;
  /** Of all people together. */
  readonly people: number;
}

/**
 * Changes memories of one namespace, all in one transaction which nobody else writes beside. Each change is recorded, and the newest are
 * kept.
 */
export interface MemoryWriter {
  find(id: string): Promise<Memory | null>;
  findByDigest(digest: string): Promise<Memory | null>;
  /** The oldest of those that say it in the same words. */
  findBySense(sense: string): Promise<Memory | null>;
  /** Groups of several that say the same in the same words, the oldest of each first; at most `limit` memories. */
  listAlike(limit: number): Promise<readonly (readonly Memory[])[]>;
  /** Adds it, or puts it in the place of the one with its id. Throws `quota_exceeded`. */
  put(memory: NewMemory): Promise<Memory>;
  /** Whether there was one. */
  remove(id: string): Promise<boolean>;
  /** What was done together, the last first. */
  changesOf(change: string): Promise<readonly RecordedChange[]>;
  /** Ends an extraction well. False when it has ended already: then nothing is to be written for it. */
  settle(extractionId: string, report: ExtractionReport): Promise<boolean>;
}

export interface FoundByWords {
  readonly place: number;
  /** Of the question's words, weighed by how rare they are, 0 to 1. */
  readonly share: number;
}

/** What is not expired and has all of the metadata. */
export interface MemoryFilter {
  readonly now: Date;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** What is new of the vectors of a namespace since a revision. */
export interface VectorChanges {
  readonly revision: number;
  /** A vector of null: it has none of the model. */
  readonly changed: readonly { readonly place: number; readonly vector: Uint8Array | null }[];
  readonly gone: readonly number[];
  /** Whether there are no more after the last place. */
  readonly isLast: boolean;
}

/** A memory without a vector of the model that is to embed it. */
export interface Unembedded {
  readonly id: string;
  readonly digest: string;
  readonly text: string;
}

export interface NewExtraction {
  readonly id: string;
  readonly installationId: string;
  readonly spaceId: string;
  readonly messages: readonly ExtractedMessage[];
  /** null: the active one. */
  readonly model: string | null;
  /** The project that the plugin was called for, whose rules hold for what is asked; null without one. */
  readonly project: string | null;
  /** Of who has asked for it, and of the API key with which, on whose account it is, too; null for nobody. They may be gone meanwhile. */
  readonly userId: string | null;
  readonly apiKeyId: string | null;
}

/** An extraction with whose it is. */
export interface ExtractionJob extends NewExtraction, HostCaller {}

export interface StoredExtraction
  extends Pick<MemoryExtraction, "id" | "state" | "attempts" | "report" | "error"> {
  readonly spaceName: string;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

/** A namespace of somebody's plugin, for those who look after it. */
export interface OwnedSpace extends MemorySpace, HostCaller {}

/** The memories of installations. They go with the installation, and count towards its quota. */
export interface MemoryStore {
  /**
   * Makes it unless it is there, for the plugin or for the owner's person. Throws `quota_exceeded`, `plugin_not_installed`, and
   * `organization_not_found` for a person who is no member any more.
   */
  createSpace(
    owner: MemoryOwner,
    space: Pick<MemorySpace, "name" | "userId">,
    bounds: SpaceBounds,
  ): Promise<MemorySpace>;
  listSpaces(owner: MemoryOwner): Promise<readonly MemorySpace[]>;
  findSpace(owner: MemoryOwner, name: string): Promise<MemorySpace | null>;
  /** With its memories, their history and its extractions. Whether there was one. */
  removeSpace(owner: MemoryOwner, name: string): Promise<boolean>;
  /** Of all enabled plugins of all organizations, by their ids, after the one that is named. */
  listOwnedSpaces(after: string | null, limit: number): Promise<readonly OwnedSpace[]>;

  /** All that `work` does is written, or nothing. Throws `memory_not_found` for a namespace that is gone. */
  write<T>(
    space: Pick<MemorySpace, "id" | "installationId">,
    head: ChangeHead,
    bounds: MemoryBounds,
    work: (writer: MemoryWriter) => Promise<T>,
  ): Promise<T>;
  find(spaceId: string, id: string, now: Date): Promise<Memory | null>;
  /** In the order in which they came. Throws `invalid_input` for a cursor that is none. */
  list(
    spaceId: string,
    filter: MemoryFilter,
    page: { readonly limit: number; readonly cursor?: string },
  ): Promise<Page<Memory>>;
  /** The newest first. */
  history(spaceId: string, id: string, limit: number): Promise<readonly RecordedChange[]>;

  /** Those that have the most of a question's words, the best first. */
  findByWords(
    spaceIds: readonly string[],
    query: string,
    filter: MemoryFilter,
    limit: number,
  ): Promise<readonly FoundByWords[]>;
  /** Those of these places that are there. */
  listByPlace(
    spaceIds: readonly string[],
    places: readonly number[],
    filter: MemoryFilter,
  ): Promise<readonly Memory[]>;
  /** What is new of a namespace's vectors of a model since a revision, by their places after `after`; all that there are since 0. */
  vectorsSince(
    spaceId: string,
    model: string,
    revision: number,
    after: number,
    limit: number,
  ): Promise<VectorChanges>;
  listUnembedded(spaceId: string, model: string, limit: number): Promise<readonly Unembedded[]>;
  /** Vectors of texts that are still those; an empty vector: the model can say nothing about it. */
  putVectors(
    spaceId: string,
    model: string,
    vectors: readonly { readonly id: string; readonly digest: string; readonly vector: Uint8Array }[],
  ): Promise<void>;
  /** Makes memories of the namespace those without a vector whose vector of the model has not so many bytes; at most `limit`. */
  dropVectors(spaceId: string, model: string, bytes: number, limit: number): Promise<void>;

  /**
   * Throws `quota_exceeded` when more than `mostOpen` have not ended, of the installation or for the person whose the namespace is, and
   * `memory_not_found` for a namespace that is gone.
   */
  addExtraction(
    extraction: NewExtraction,
    mostOpen: { readonly all: number; readonly person: number },
  ): Promise<void>;
  findExtraction(owner: MemoryOwner, id: string): Promise<StoredExtraction | null>;
  /** Begins an attempt. null when it has ended, or is gone with its plugin. */
  beginExtraction(id: string): Promise<ExtractionJob | null>;
  /** Notes why the last attempt failed; for good where `isEnd` is set. Nothing is changed of one that has ended. */
  failExtraction(
    id: string,
    error: { readonly code: string; readonly message: string },
    isEnd: boolean,
  ): Promise<void>;
  /** The oldest that have not ended and were not touched since. */
  listOpenExtractions(untouchedSince: Date, limit: number): Promise<readonly string[]>;

  /** Removes what is expired, so many at most. Answers how many. */
  removeExpired(now: Date, limit: number): Promise<number>;
  /** Removes history and ended extractions from before. */
  trim(before: Date): Promise<void>;
}
