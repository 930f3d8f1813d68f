import {
  type ChangeHead,
  type Memory,
  type MemoryBounds,
  type MemoryContent,
  type MemoryFilter,
  type MemoryOwner,
  type MemorySpace,
  type MemoryStore,
  type MemoryWriter,
  type Page,
  type RecordedChange,
  requireRevision,
  revisionOf,
  type SeenRevisions,
  type SpaceBounds,
  type World,
} from "@patchbay/core";
import {
  MAX_MEMORY_CITATIONS,
  MAX_MEMORY_ENTRIES,
  MAX_MEMORY_NAMESPACES,
  MAX_PEOPLE_MEMORY_NAMESPACES,
  MAX_PERSON_MEMORY_BYTES,
  MAX_PERSON_MEMORY_ENTRIES,
  MAX_PERSON_MEMORY_NAMESPACES,
  MAX_STORAGE_TOTAL_BYTES,
  type MemoryChange,
  type MemoryCitation,
  PatchbayError,
} from "@patchbay/protocol";
import { MAX_CONSOLIDATED, MAX_TOLD_CHANGES } from "./limits.ts";
import { ownName } from "./names.ts";
import { digestOf, memoryCitation, memoryExpiry, memoryMetadata, memoryText, newMemory } from "./texts.ts";

/** Who changes memories. */
export type ChangedBy = MemoryChange["by"];

/** What is given of a memory. Times are as they were written. */
export interface GivenMemory {
  readonly text: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly expiresAt?: string;
  readonly citation?: MemoryCitation;
}

/** What is changed of one; `expiresAt: null`: it stays. */
export interface GivenChange {
  readonly text?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly expiresAt?: string | null;
}

/**
 * A plugin's memories, and those of the person who calls. Names of namespaces are the plugin's own, by themselves or in full, or begin with
 * `me/` and are the person's: every other one is refused with `permission_denied`, and a person's with `invalid_input` where nobody calls.
 */
export class Memories {
  readonly #store: MemoryStore;
  readonly #world: Pick<World, "now" | "newId">;

  constructor(store: MemoryStore, world: Pick<World, "now" | "newId">) {
    this.#store = store;
    this.#world = world;
  }

  /** Makes it unless it is there. Throws `invalid_input`, `quota_exceeded`. */
  async createSpace(owner: MemoryOwner, name: string): Promise<MemorySpace> {
    return await this.#store.createSpace(owner, ownName(owner, name), SPACES);
  }

  /** The plugin's own, and those of the person who calls. */
  async listSpaces(owner: MemoryOwner): Promise<readonly MemorySpace[]> {
    return await this.#store.listSpaces(owner);
  }

  async removeSpace(owner: MemoryOwner, name: string): Promise<boolean> {
    return await this.#store.removeSpace(owner, ownName(owner, name).name);
  }

  /** Throws `memory_not_found`. */
  async space(owner: MemoryOwner, given: string): Promise<MemorySpace> {
    const { name, userId } = ownName(owner, given);
    const space = await this.#store.findSpace(owner, name);
    if (space !== null) return space;
    const whose = userId === null ? `"${owner.pluginId}"` : "The person who calls";
    throw new PatchbayError(
      "memory_not_found",
      `${whose} has no namespace "${name}". Make it with createNamespace.`,
    );
  }

  /** The memory, and whether it is new: of the same text there is one, which stays as it is. Throws `quota_exceeded`, `invalid_input`. */
  async add(
    owner: MemoryOwner,
    namespace: string,
    given: GivenMemory,
    by: ChangedBy,
  ): Promise<{ readonly memory: Memory; readonly isNew: boolean }> {
    const space = await this.space(owner, namespace);
    const content: MemoryContent = {
      text: memoryText(given.text),
      metadata: memoryMetadata(given.metadata ?? {}),
      citations: given.citation === undefined ? [] : [memoryCitation(given.citation)],
      expiresAt: given.expiresAt === undefined ? null : memoryExpiry(given.expiresAt, this.#world.now()),
    };
    return await this.#write(space, "add", by, async (writer) => {
      const there = await writer.findByDigest(digestOf(content.text));
      if (there !== null) return { memory: there, isNew: false };
      return { memory: await writer.put(newMemory(this.#world.newId(), content)), isNew: true };
    });
  }

  async get(owner: MemoryOwner, namespace: string, id: string): Promise<Memory | null> {
    const { id: spaceId } = await this.space(owner, namespace);
    return await this.#store.find(spaceId, id, this.#world.now());
  }

  async list(
    owner: MemoryOwner,
    namespace: string,
    filter: Omit<MemoryFilter, "now">,
    page: { readonly limit: number; readonly cursor?: string },
  ): Promise<Page<Memory>> {
    const { id } = await this.space(owner, namespace);
    if (filter.metadata !== undefined) memoryMetadata(filter.metadata);
    return await this.#store.list(id, { ...filter, now: this.#world.now() }, page);
  }

  /** Throws `memory_not_found`, `already_exists` for a text that another one has, and as `add` does. */
  async update(
    owner: MemoryOwner,
    namespace: string,
    id: string,
    given: GivenChange,
    by: ChangedBy,
    seen?: SeenRevisions,
  ): Promise<Memory> {
    const space = await this.space(owner, namespace);
    const { text, metadata, expiresAt } = given;
    const change: Partial<MemoryContent> = {
      ...(text !== undefined && { text: memoryText(text) }),
      ...(metadata !== undefined && { metadata: memoryMetadata(metadata) }),
      ...(expiresAt !== undefined && {
        expiresAt: expiresAt === null ? null : memoryExpiry(expiresAt, this.#world.now()),
      }),
    };
    return await this.#write(space, "update", by, async (writer) => {
      const before = await writer.find(id);
      if (before === null) throw noMemory(id);
      const after = { ...contentOf(before), ...change };
      requireRevision(seen, contentOf(before), after);
      const same = await writer.findByDigest(digestOf(after.text));
      if (same !== null && same.id !== id)
        throw new PatchbayError("already_exists", `The memory "${same.id}" says the same already.`);
      return await writer.put(newMemory(id, after));
    });
  }

  /** Whether there was one. */
  async remove(owner: MemoryOwner, namespace: string, id: string, by: ChangedBy): Promise<boolean> {
    const space = await this.space(owner, namespace);
    return await this.#write(space, "delete", by, (writer) => writer.remove(id));
  }

  /** The newest first. */
  async history(owner: MemoryOwner, namespace: string, id: string): Promise<readonly RecordedChange[]> {
    const space = await this.space(owner, namespace);
    return await this.#store.history(space.id, id, MAX_TOLD_CHANGES);
  }

  /** Makes one memory of those that say the same in the same words: the oldest stays, with all that the others cite. */
  async consolidate(
    owner: MemoryOwner,
    namespace: string,
    by: ChangedBy,
  ): Promise<{
    readonly change: string | null;
    readonly merged: readonly { readonly memory: Memory; readonly count: number }[];
  }> {
    const space = await this.space(owner, namespace);
    const head = this.#head("consolidate", by);
    const merged = await this.#writeAs(space, head, async (writer) => {
      const done: { memory: Memory; count: number }[] = [];
      for (const [first, ...others] of await writer.listAlike(MAX_CONSOLIDATED)) {
        if (first === undefined) continue;
        for (const { id } of others) await writer.remove(id);
        const memory = await writer.put(newMemory(first.id, mergeOf(first, others)));
        done.push({ memory, count: others.length });
      }
      return done;
    });
    return { change: merged.length === 0 ? null : head.change, merged };
  }

  /**
   * Makes memories as they were before what was done together; those that were changed since stay as they are. Throws `memory_not_found`
   * for a change that is not known.
   */
  async undo(
    owner: MemoryOwner,
    namespace: string,
    change: string,
    by: ChangedBy,
  ): Promise<{ readonly undone: number; readonly kept: number }> {
    const space = await this.space(owner, namespace);
    return await this.#write(space, "undo", by, async (writer) => {
      const changes = await writer.changesOf(change);
      if (changes.length === 0)
        throw new PatchbayError(
          "memory_not_found",
          "The namespace has no such change, or does not know of it any more.",
        );
      let undone = 0;
      for (const one of changes) if (await undoOne(writer, one)) undone += 1;
      return { undone, kept: changes.length - undone };
    });
  }

  async #write<T>(
    space: MemorySpace,
    kind: ChangeHead["kind"],
    by: ChangedBy,
    work: (writer: MemoryWriter) => Promise<T>,
  ): Promise<T> {
    return await this.#writeAs(space, this.#head(kind, by), work);
  }

  #head(kind: ChangeHead["kind"], by: ChangedBy): ChangeHead {
    return { change: this.#world.newId(), kind, by };
  }

  async #writeAs<T>(
    space: Pick<MemorySpace, "id" | "installationId">,
    head: ChangeHead,
    work: (writer: MemoryWriter) => Promise<T>,
  ): Promise<T> {
    return await this.#store.write(space, head, boundsAt(this.#world.now()), work);
  }
}

const SPACES: SpaceBounds = {
  own: MAX_MEMORY_NAMESPACES,
  person: MAX_PERSON_MEMORY_NAMESPACES,
  people: MAX_PEOPLE_MEMORY_NAMESPACES,
};

export const boundsAt = (now: Date): MemoryBounds => ({
  now,
  entries: MAX_MEMORY_ENTRIES,
  bytes: MAX_STORAGE_TOTAL_BYTES,
  person: { entries: MAX_PERSON_MEMORY_ENTRIES, bytes: MAX_PERSON_MEMORY_BYTES },
});

/** Names what can be changed of it. */
export const memoryRevision = (memory: MemoryContent): string => revisionOf(contentOf(memory));

export const contentOf = ({ text, metadata, citations, expiresAt }: MemoryContent): MemoryContent => ({
  text,
  metadata,
  citations,
  expiresAt,
});

/** Citations of both, each message and quote once. */
export const citationsOf = (...lists: readonly (readonly MemoryCitation[])[]): readonly MemoryCitation[] => {
  const all = lists.flat();
  return [...new Map(all.map((one) => [JSON.stringify([one.message, one.quote]), one])).values()].slice(
    0,
    MAX_MEMORY_CITATIONS,
  );
};

/** It stays as long as the one that stays longest; of metadata under one name, the oldest's. */
const mergeOf = (first: Memory, others: readonly Memory[]): MemoryContent => {
  const all = [first, ...others];
  const times = all.map(({ expiresAt }) => expiresAt?.getTime() ?? Number.POSITIVE_INFINITY);
  const latest = Math.max(...times);
  return {
    text: first.text,
    metadata: memoryMetadataOf(all),
    citations: citationsOf(...all.map(({ citations }) => citations)),
    expiresAt: Number.isFinite(latest) ? new Date(latest) : null,
  };
};

/** What does not fit any more is that of the later ones. */
const memoryMetadataOf = (all: readonly Memory[]): Readonly<Record<string, unknown>> => {
  const whole = Object.fromEntries(all.toReversed().flatMap(({ metadata }) => Object.entries(metadata)));
  try {
    return memoryMetadata(whole);
  } catch {
    return all[0]?.metadata ?? {};
  }
};

/** Whether it is as it was before: only where it still is what the change has made of it, and its text is nobody else's. */
const undoOne = async (
  writer: MemoryWriter,
  { memoryId, before, after }: RecordedChange,
): Promise<boolean> => {
  const now = await writer.find(memoryId);
  if (!isSame(now, after)) return false;
  if (before === null) return await writer.remove(memoryId);
  const other = await writer.findByDigest(digestOf(before.text));
  if (other !== null && other.id !== memoryId) return false;
  await writer.put(newMemory(memoryId, before));
  return true;
};

const isSame = (one: MemoryContent | null, other: MemoryContent | null): boolean =>
  JSON.stringify(one && contentOf(one)) === JSON.stringify(other && contentOf(other));

const noMemory = (id: string): PatchbayError =>
  new PatchbayError("memory_not_found", `There is no memory "${id.slice(0, 64)}" in the namespace.`);
