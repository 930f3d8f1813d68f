import type {
  ExtractedMessage,
  MemoryChange,
  MemoryCitation,
  MemoryEntry,
  MemoryExtraction,
  MemoryState,
} from "@patchbay/protocol";
import { InvalidInputError, PluginError, PluginPermissionError } from "../../errors.ts";
import type { StandIn } from "./stand-in.ts";

/** The memories of a test. */
export interface MemoryStandIn {
  /** The facts that a model would find in a conversation, each with the message that says it. An extraction fails unless given. */
  facts?(
    messages: readonly ExtractedMessage[],
  ): readonly { readonly text: string; readonly citation: MemoryCitation }[];
}

interface Space {
  readonly name: string;
  readonly createdAt: string;
  readonly entries: Map<string, MemoryEntry>;
  readonly changes: { readonly id: string; readonly told: MemoryChange }[];
}

/** Memories in memory, of the plugin and of the one person of a test: a search goes by the words that a text shares with the question, and says so. */
export const memory = (pluginId: string, { facts }: MemoryStandIn = {}): StandIn<"memory"> => {
  const spaces = new Map<string, Space>();
  const extractions = new Map<string, MemoryExtraction>();
  let count = 0;
  const newId = () => `memory-${++count}`;
  const now = () => new Date().toISOString();
  const nameOf = (given: string): string => ownName(pluginId, given);
  const spaceOf = (given: string): Space => {
    const space = spaces.get(nameOf(given));
    if (space !== undefined) return space;
    throw new PluginError(
      "memory_not_found",
      `There is no namespace "${given}". Make it with createNamespace.`,
    );
  };
  const tell = ({ name, entries, createdAt }: Space) => ({ name, entries: entries.size, createdAt });
  const put = (
    space: Space,
    id: string,
    after: MemoryEntry | null,
    { change = newId(), kind }: { change?: string; kind: MemoryChange["kind"] },
  ): void => {
    const before = space.entries.get(id);
    if (after === null) space.entries.delete(id);
    else space.entries.set(id, after);
    const told = { before: before ? stateOf(before) : null, after: after && stateOf(after) };
    space.changes.unshift({
      id,
      told: { change, kind, by: { kind: "plugin", name: pluginId }, at: now(), ...told },
    });
  };
  const add = (
    space: Space,
    {
      text,
      metadata = {},
      expiresAt = null,
      citations = [],
    }: Partial<MemoryState> & { readonly text: string },
    head: { change?: string; kind: MemoryChange["kind"] },
  ): { readonly entry: MemoryEntry; readonly isNew: boolean } => {
    const there = [...space.entries.values()].find((one) => one.text === text.trim());
    if (there !== undefined) return { entry: there, isNew: false };
    const at = now();
    const entry = {
      id: newId(),
      text: text.trim(),
      metadata,
      citations,
      expiresAt,
      createdAt: at,
      updatedAt: at,
    };
    put(space, entry.id, entry, head);
    return { entry, isNew: true };
  };
  return {
    "memory.createNamespace": ({ namespace }) => {
      const name = nameOf(namespace);
      const space = spaces.get(name) ?? { name, createdAt: now(), entries: new Map(), changes: [] };
      spaces.set(name, space);
      return { value: tell(space) };
    },
    "memory.listNamespaces": () => ({ value: [...spaces.values()].map(tell) }),
    "memory.deleteNamespace": ({ namespace }) => ({ value: spaces.delete(nameOf(namespace)) }),
    "memory.add": ({ namespace, citation, ...given }) => {
      const citations = citation === undefined ? [] : [citation];
      const { entry, isNew } = add(spaceOf(namespace), { ...given, citations }, { kind: "add" });
      return { value: { ...entry, isNew } };
    },
    "memory.get": ({ namespace, id }) => ({ value: spaceOf(namespace).entries.get(id) ?? null }),
    "memory.update": ({ namespace, id, ...change }) => {
      const space = spaceOf(namespace);
      const before = space.entries.get(id);
      if (before === undefined) throw new PluginError("memory_not_found", `There is no memory "${id}".`);
      const after = { ...before, ...change, updatedAt: now() };
      put(space, id, after, { kind: "update" });
      return { value: after };
    },
    "memory.delete": ({ namespace, id }) => {
      const space = spaceOf(namespace);
      const wasThere = space.entries.has(id);
      if (wasThere) put(space, id, null, { kind: "delete" });
      return { value: wasThere };
    },
    "memory.list": ({ namespace, metadata = {}, limit = 50, cursor = "0" }) => {
      const all = [...spaceOf(namespace).entries.values()].filter((entry) => hasAll(entry, metadata));
      const end = Number(cursor) + limit;
      return {
        value: { items: all.slice(Number(cursor), end), ...(end < all.length && { cursor: `${end}` }) },
      };
    },
    "memory.search": ({ namespaces, query, metadata = {}, limit = 10 }) => {
      const wanted = wordsOf(query);
      const found = namespaces
        .map(spaceOf)
        .flatMap(({ name, entries }) =>
          [...entries.values()]
            .filter((entry) => hasAll(entry, metadata))
            .map((entry) => ({ entry, namespace: name, share: shareOf(wanted, wordsOf(entry.text)) })),
        );
      const hits = found
        .filter(({ share }) => share > 0)
        .toSorted((one, other) => other.share - one.share)
        .slice(0, limit)
        .map(({ share, ...hit }, place) => ({
          ...hit,
          score: share / (61 + place),
          words: { rank: place + 1, share },
          meaning: null,
        }));
      return { value: { hits, meaning: "unavailable" } };
    },
    "memory.history": ({ namespace, id }) => ({
      value: spaceOf(namespace)
        .changes.filter((one) => one.id === id)
        .map(({ told }) => told),
    }),
    "memory.undo": ({ namespace, change }) => {
      const space = spaceOf(namespace);
      const changes = space.changes.filter(({ told }) => told.change === change);
      if (changes.length === 0) throw new PluginError("memory_not_found", "There is no such change.");
      const undo = newId();
      for (const { id, told } of changes) {
        const at = now();
        const before = told.before && { id, createdAt: at, updatedAt: at, ...told.before };
        put(space, id, before, { change: undo, kind: "undo" });
      }
      return { value: { undone: changes.length, kept: 0 } };
    },
    "memory.consolidate": ({ namespace }) => {
      spaceOf(namespace);
      // Of the same text there is one memory here as it is.
      return { value: { change: null, merged: [] } };
    },
    "memory.extract": ({ namespace, messages }) => {
      const space = spaceOf(namespace);
      const id = newId();
      const at = now();
      const head = { id, namespace: space.name, attempts: 1, createdAt: at, endedAt: at };
      if (facts === undefined) {
        const error = { code: "model_failed", message: "The test says no facts that a model would find." };
        extractions.set(id, { ...head, state: "failed", report: null, error });
      } else {
        const told = facts(messages);
        const added = told.filter(
          ({ text, citation }) =>
            add(space, { text, citations: [citation] }, { change: id, kind: "extract" }).isNew,
        ).length;
        const dropped = { unknownMessage: 0, notFromPerson: 0, notQuoted: 0, unsupported: 0, tooLong: 0 };
        const counts = { found: told.length, added, merged: 0, unchanged: told.length - added, dropped };
        extractions.set(id, {
          ...head,
          state: "succeeded",
          report: { model: "test/test", ...counts },
          error: null,
        });
      }
      const queued = {
        ...head,
        attempts: 0,
        endedAt: null,
        state: "queued",
        report: null,
        error: null,
      } as const;
      return { value: queued };
    },
    "memory.extraction": ({ id }) => ({ value: extractions.get(id) ?? null }),
  };
};

const ownName = (pluginId: string, given: string): string => {
  const own = `plugin:${pluginId}:`;
  if (given.includes(":") && !given.startsWith(own))
    throw new PluginPermissionError(`The namespace "${given}" is not one of "${pluginId}".`);
  const name = given.startsWith(own) ? given : `${own}${given}`;
  if (/^(me\/)?[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name.slice(own.length))) return name;
  throw new InvalidInputError(`"${given}" is no name for a namespace.`);
};

const stateOf = ({ text, metadata, citations, expiresAt }: MemoryEntry): MemoryState => ({
  text,
  metadata,
  citations,
  expiresAt,
});

const hasAll = ({ metadata }: MemoryEntry, wanted: Readonly<Record<string, unknown>>): boolean =>
  Object.entries(wanted).every(([name, value]) => JSON.stringify(metadata[name]) === JSON.stringify(value));

const wordsOf = (text: string): ReadonlySet<string> =>
  new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);

const shareOf = (wanted: ReadonlySet<string>, words: ReadonlySet<string>): number =>
  wanted.size === 0 ? 0 : [...wanted].filter((word) => words.has(word)).length / wanted.size;
