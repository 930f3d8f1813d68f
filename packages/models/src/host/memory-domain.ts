import {
  actorOf,
  type HostHandlers,
  type Memory,
  OwnSlots,
  type PermittedCall,
  type RecordedChange,
  type StoredExtraction,
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

/** `memory`: the namespaces of the installation. It comes from the pipe, never from the plugin. */
export const memoryDomain = ({
  memories,
  search,
  extractions,
  now,
}: MemoryServices): HostHandlers<"memory"> => {
  const slots = new OwnSlots(MAX_SEARCHES_AT_ONCE);
  const handlers: HostHandlers<"memory"> = {
    "memory.createNamespace": async ({ spec, params }) => ({
      value: spaceDto(spec.pluginId, await memories.createSpace(spec, params.namespace)),
    }),
    "memory.listNamespaces": async ({ spec }) => ({
      value: (await memories.listSpaces(spec)).map((space) => spaceDto(spec.pluginId, space)),
    }),
    "memory.deleteNamespace": async ({ spec, params }) => ({
      value: await memories.removeSpace(spec, params.namespace),
    }),
    "memory.add": async (call) => {
      const { namespace, ...given } = call.params;
      const { memory, isNew } = await memories.add(call.spec, namespace, given, changedBy(call));
      return { value: { ...entryDto(memory), isNew } };
    },
    "memory.get": async ({ spec, params }) => {
      const memory = await memories.get(spec, params.namespace, params.id);
      return { value: memory && entryDto(memory) };
    },
    "memory.update": async (call) => {
      const { namespace, id, ...change } = call.params;
      return { value: entryDto(await memories.update(call.spec, namespace, id, change, changedBy(call))) };
    },
    "memory.delete": async (call) => ({
      value: await memories.remove(call.spec, call.params.namespace, call.params.id, changedBy(call)),
    }),
    "memory.list": async ({ spec, params }) => {
      const { namespace, metadata, limit = DEFAULT_PAGE, ...page } = params;
      const filter = metadata === undefined ? {} : { metadata };
      const { items, ...rest } = await memories.list(spec, namespace, filter, { limit, ...page });
      return { value: { items: items.map(entryDto), ...rest } };
    },
    "memory.search": async ({ spec, params, signal, path }) => {
      const { namespaces, limit = DEFAULT_HITS, ...asked } = params;
      // All of them are found before any is searched: one of somebody else's refuses the question.
      const spaces = [];
      for (const namespace of new Set(namespaces)) spaces.push(await memories.space(spec, namespace));
      const once = [...new Map(spaces.map((space) => [space.id, space])).values()];
      const question = { ...asked, limit, now: now(), signal, ...(path !== undefined && { path }) };
      const { found, meaning } = await search.search(spec, once, question);
      const nameOf = new Map(once.map(({ id, name }) => [id, fullName(spec.pluginId, name)]));
      const hits = found.map(({ memory, ...why }) => ({
        entry: entryDto(memory),
        namespace: nameOf.get(memory.spaceId) ?? "",
        ...why,
      }));
      return { value: { hits, meaning } };
    },
    "memory.history": async ({ spec, params }) => ({
      value: (await memories.history(spec, params.namespace, params.id)).map(changeForPlugin),
    }),
    "memory.undo": async (call) => ({
      value: await memories.undo(call.spec, call.params.namespace, call.params.change, changedBy(call)),
    }),
    "memory.consolidate": async (call) => {
      const { change, merged } = await memories.consolidate(
        call.spec,
        call.params.namespace,
        changedBy(call),
      );
      return {
        value: {
          change,
          merged: merged.map(({ memory: { id, text }, count }) => ({ id, text, count })),
        },
      };
    },
    "memory.extract": async ({ spec, params, project }) => {
      const { namespace, ...asked } = params;
      const space = await memories.space(spec, namespace);
      const about = { ...asked, ...(project !== undefined && { project }) };
      return { value: extractionDto(spec.pluginId, await extractions.start(spec, space, about)) };
    },
    "memory.extraction": async ({ spec, params }) => {
      const found = await extractions.find(spec.installationId, params.id);
      return { value: found && extractionDto(spec.pluginId, found) };
    },
  };
  return withinSlots(handlers, () => slots);
};

const changedBy = ({ spec, by }: PermittedCall): MemoryChange["by"] => {
  const { onBehalfOf } = by.caller;
  if (onBehalfOf === null) return { kind: "plugin", name: spec.pluginId };
  const { kind, name } = actorOf(onBehalfOf);
  return { kind, name };
};

const spaceDto = (
  pluginId: string,
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
  pluginId: string,
  { spaceName, createdAt, endedAt, ...extraction }: StoredExtraction,
): MemoryExtraction => ({
  ...extraction,
  namespace: fullName(pluginId, spaceName),
  createdAt: createdAt.toISOString(),
  endedAt: endedAt?.toISOString() ?? null,
});
