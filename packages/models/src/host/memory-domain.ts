import {
  actorOf,
  type HostHandlers,
  type Memory,
  type MemoryOwner,
  OwnSlots,
  type PermittedCall,
  personOf,
  type RecordedChange,
  type StoredExtraction,
  starterOf,
  withinSlots,
} from "@patchbay/core";
import type { MemoryChange, MemoryEntry, MemoryExtraction } from "@patchbay/protocol";
import type { Extractions } from "../memory/extraction/extractions.ts";
import { MAX_SEARCHES_AT_ONCE } from "../memory/limits.ts";
import type { Memories } from "../memory/memories.ts";
import type { MemorySearch } from "../memory/memory-search.ts";
import { fullName } from "../memory/names.ts";

const DEFAULT_PAGE = 50;
const DEFAULT_HITS = 10;

export interface MemoryServices {
  readonly memories: Memories;
  readonly search: MemorySearch;
  readonly extractions: Extractions;
  readonly now: () => Date;
}

/**
 * `memory`: the namespaces of the installation, and those of the person on whose behalf it acts. Whose they are comes from the call, never
 * from the plugin's words.
 */
export const memoryDomain = ({
  memories,
  search,
  extractions,
  now,
}: MemoryServices): HostHandlers<"memory"> => {
  const slots = new OwnSlots(MAX_SEARCHES_AT_ONCE);
  const handlers: HostHandlers<"memory"> = {
    "memory.createNamespace": async (call) => ({
      value: spaceDto(call, await memories.createSpace(ownerOf(call), call.params.namespace)),
    }),
    "memory.listNamespaces": async (call) => ({
      value: (await memories.listSpaces(ownerOf(call))).map((space) => spaceDto(call, space)),
    }),
    "memory.deleteNamespace": async (call) => ({
      value: await memories.removeSpace(ownerOf(call), call.params.namespace),
    }),
    "memory.add": async (call) => {
      const { namespace, ...given } = call.params;
      const { memory, isNew } = await memories.add(ownerOf(call), namespace, given, changedBy(call));
      return { value: { ...entryDto(memory), isNew } };
    },
    "memory.get": async (call) => {
      const { namespace, id } = call.params;
      const memory = await memories.get(ownerOf(call), namespace, id);
      return { value: memory && entryDto(memory) };
    },
    "memory.update": async (call) => {
      const { namespace, id, ...change } = call.params;
      const memory = await memories.update(ownerOf(call), namespace, id, change, changedBy(call));
      return { value: entryDto(memory) };
    },
    "memory.delete": async (call) => {
      const { namespace, id } = call.params;
      return { value: await memories.remove(ownerOf(call), namespace, id, changedBy(call)) };
    },
    "memory.list": async (call) => {
      const { namespace, metadata, limit = DEFAULT_PAGE, ...page } = call.params;
      const filter = metadata === undefined ? {} : { metadata };
      const { items, ...rest } = await memories.list(ownerOf(call), namespace, filter, { limit, ...page });
      return { value: { items: items.map(entryDto), ...rest } };
    },
    "memory.search": async (call) => {
      const { params, spec, signal, path, link } = call;
      const { namespaces, limit = DEFAULT_HITS, ...asked } = params;
      // All of them are found before any is searched: one of somebody else's refuses the question.
      const spaces = [];
      for (const namespace of new Set(namespaces))
        spaces.push(await memories.space(ownerOf(call), namespace));
      const once = [...new Map(spaces.map((space) => [space.id, space])).values()];
      const way = { startedBy: starterOf(call), from: link, ...(path !== undefined && { path }) };
      const question = { ...asked, limit, now: now(), signal, ...way };
      const { found, meaning } = await search.search(spec, once, question);
      const nameOf = new Map(once.map(({ id, name }) => [id, fullName(spec.pluginId, name)]));
      const hits = found.map(({ memory, ...why }) => ({
        entry: entryDto(memory),
        namespace: nameOf.get(memory.spaceId) ?? "",
        ...why,
      }));
      return { value: { hits, meaning } };
    },
    "memory.history": async (call) => {
      const { namespace, id } = call.params;
      return { value: (await memories.history(ownerOf(call), namespace, id)).map(changeForPlugin) };
    },
    "memory.undo": async (call) => {
      const { namespace, change } = call.params;
      return { value: await memories.undo(ownerOf(call), namespace, change, changedBy(call)) };
    },
    "memory.consolidate": async (call) => {
      const { namespace } = call.params;
      const { change, merged } = await memories.consolidate(ownerOf(call), namespace, changedBy(call));
      const told = merged.map(({ memory: { id, text }, count }) => ({ id, text, count }));
      return { value: { change, merged: told } };
    },
    "memory.extract": async (call) => {
      const { params, project } = call;
      const { namespace, ...asked } = params;
      const owner = ownerOf(call);
      const space = await memories.space(owner, namespace);
      const about = { ...asked, startedBy: starterOf(call), ...(project !== undefined && { project }) };
      return { value: extractionDto(call, await extractions.start(owner, space, about)) };
    },
    "memory.extraction": async (call) => {
      const found = await extractions.find(ownerOf(call), call.params.id);
      return { value: found && extractionDto(call, found) };
    },
  };
  return withinSlots(handlers, () => slots);
};

const ownerOf = (call: PermittedCall): MemoryOwner => ({ ...call.spec, person: personOf(call) });

const changedBy = ({ spec, by }: PermittedCall): MemoryChange["by"] => {
  const { onBehalfOf } = by.caller;
  if (onBehalfOf === null) return { kind: "plugin", name: spec.pluginId };
  const { kind, name } = actorOf(onBehalfOf);
  return { kind, name };
};

const spaceDto = (
  { spec: { pluginId } }: PermittedCall,
  { name, entries, createdAt }: { readonly name: string; readonly entries: number; readonly createdAt: Date },
) => ({ name: fullName(pluginId, name), entries, createdAt: createdAt.toISOString() });

export const entryDto = ({
  id,
  text,
  metadata,
  citations,
  expiresAt,
  createdAt,
  updatedAt,
}: Memory): MemoryEntry => ({
  id,
  text,
  metadata,
  citations,
  expiresAt: expiresAt?.toISOString() ?? null,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});

export const changeDto = ({ change, kind, by, at, before, after }: RecordedChange): MemoryChange => ({
  change,
  kind,
  by,
  at: at.toISOString(),
  before: before && { ...before, expiresAt: before.expiresAt?.toISOString() ?? null },
  after: after && { ...after, expiresAt: after.expiresAt?.toISOString() ?? null },
});

/** People who looked at a view, or have corrected a memory, are not the plugin's to know. */
const changeForPlugin = (change: RecordedChange): MemoryChange => {
  const { by, ...told } = changeDto(change);
  return { ...told, by: by.kind === "plugin" ? by : { kind: by.kind } };
};

const extractionDto = (
  { spec: { pluginId } }: PermittedCall,
  { spaceName, createdAt, endedAt, ...extraction }: StoredExtraction,
): MemoryExtraction => ({
  ...extraction,
  namespace: fullName(pluginId, spaceName),
  createdAt: createdAt.toISOString(),
  endedAt: endedAt?.toISOString() ?? null,
});
