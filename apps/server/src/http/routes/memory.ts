import type { Memory } from "@patchbay/core";
import { changeDto, entryDto, fullName, memoryRevision, type OwnedMemories } from "@patchbay/models";
import {
  MAX_MEMORY_NAME_LENGTH,
  MemoryAnswerDto,
  MemoryChangeBody,
  MemoryEntryDto,
  MemorySearchQuery,
  MemorySpaceDto,
  MemoryWithHistoryDto,
} from "@patchbay/protocol";
import Type from "typebox";
import { clientGone } from "../event-stream.ts";
import { BY_REVISION, seenRevisions } from "../revisions.ts";
import { type App, answers, listOf, NoContent, Org, OrgPlugin, PageQuery, pageOf } from "../route.ts";

const tags = ["Memory"];
const Space = Type.Object({
  ...OrgPlugin.properties,
  namespace: Type.String({ maxLength: MAX_MEMORY_NAME_LENGTH }),
});
const Entry = Type.Object({ ...Space.properties, entry: Type.String({ maxLength: 64 }) });
const BASE = "/api/orgs/:org/memory";
const FOR_WHOM =
  "For those who may configure the plugin; it concerns all of it, so that project managers need a plugin of own projects alone.";
const READ = `${FOR_WHOM} The audit log says who has read what, and not what it says.`;
const DEFAULT_HITS = 10;

/** What plugins keep in mind, for those who look after the plugins. */
export const memoryRoutes = (app: App, { memories }: { readonly memories: OwnedMemories }): void => {
  spaceRoutes(app, memories);
  entryRoutes(app, memories);
};

const spaceRoutes = (app: App, memories: OwnedMemories): void => {
  app.get(
    BASE,
    {
      schema: {
        tags,
        operationId: "listMemorySpaces",
        summary: "The namespaces of all plugins' memories",
        description:
          "For those who may configure plugins; project managers see those of plugins of own projects. Namespaces of people are theirs alone: they are neither listed nor counted here.",
        params: Org,
        response: answers({ 200: listOf(MemorySpaceDto) }),
      },
    },
    async ({ principal, params }) => ({
      items: (await memories.listSpaces(principal, params.org)).map(
        ({ pluginId, name, entries, createdAt }) => ({
          plugin: pluginId,
          namespace: name,
          name: fullName(pluginId, name),
          entries,
          createdAt: createdAt.toISOString(),
        }),
      ),
    }),
  );

  app.delete(
    `${BASE}/:plugin/:namespace`,
    {
      schema: {
        tags,
        operationId: "deleteMemorySpace",
        summary: "Delete a namespace with all memories and their history",
        description: FOR_WHOM,
        params: Space,
        response: answers({ 204: NoContent }),
      },
    },
    async ({ principal, params }, reply) => {
      await memories.removeSpace(principal, params.org, params);
      return await reply.code(204).send(null);
    },
  );

  app.get(
    `${BASE}/:plugin/:namespace/search`,
    {
      schema: {
        tags,
        operationId: "searchMemories",
        summary: "Search a namespace as its plugin would",
        description: `${READ} The model is asked in the plugin's name.`,
        params: Space,
        querystring: MemorySearchQuery,
        response: answers({ 200: MemoryAnswerDto }),
      },
    },
    async ({ principal, params, query: { q = "", limit = DEFAULT_HITS } }, reply) => {
      const question = { query: q, limit, signal: clientGone(reply) };
      const { found, meaning } = await memories.search(principal, params.org, params, question);
      return { hits: found.map(({ memory, ...why }) => ({ entry: toDto(memory), ...why })), meaning };
    },
  );
};

const entryRoutes = (app: App, memories: OwnedMemories): void => {
  app.get(
    `${BASE}/:plugin/:namespace/entries`,
    {
      schema: {
        tags,
        operationId: "listMemories",
        summary: "The memories of a namespace, the oldest first",
        description: READ,
        params: Space,
        querystring: Type.Object(PageQuery, { additionalProperties: false }),
        response: answers({ 200: listOf(MemoryEntryDto) }),
      },
    },
    async ({ principal, params, query }) => {
      const { items, ...rest } = await memories.list(principal, params.org, params, pageOf(query));
      return { items: items.map(toDto), ...rest };
    },
  );

  app.get(
    `${BASE}/:plugin/:namespace/entries/:entry`,
    {
      schema: {
        tags,
        operationId: "getMemory",
        summary: "A memory, with what became of it",
        description: READ,
        params: Entry,
        response: answers({ 200: MemoryWithHistoryDto }),
      },
    },
    async ({ principal, params }, reply) => {
      const { memory, history } = await memories.get(principal, params.org, params, params.entry);
      reply.header("etag", `"${memoryRevision(memory)}"`);
      return { ...toDto(memory), history: history.map(changeDto) } as MemoryWithHistoryDto;
    },
  );

  app.patch(
    `${BASE}/:plugin/:namespace/entries/:entry`,
    {
      config: BY_REVISION,
      schema: {
        tags,
        operationId: "changeMemory",
        summary: "Correct a memory",
        description: FOR_WHOM,
        params: Entry,
        body: MemoryChangeBody,
        response: answers({ 200: MemoryEntryDto }),
      },
    },
    async (request, reply) => {
      const { principal, params, body } = request;
      const seen = seenRevisions(request);
      const memory = await memories.update(principal, params.org, params, params.entry, body, seen);
      reply.header("etag", `"${memoryRevision(memory)}"`);
      return toDto(memory);
    },
  );

  app.delete(
    `${BASE}/:plugin/:namespace/entries/:entry`,
    {
      schema: {
        tags,
        operationId: "deleteMemory",
        summary: "Delete a memory",
        description: `${FOR_WHOM} Its history is kept for 30 days, or until the namespace is deleted.`,
        params: Entry,
        response: answers({ 204: NoContent }),
      },
    },
    async ({ principal, params }, reply) => {
      await memories.remove(principal, params.org, params, params.entry);
      return await reply.code(204).send(null);
    },
  );
};

const toDto = (memory: Memory): MemoryEntryDto =>
  ({ ...entryDto(memory), revision: memoryRevision(memory) }) as MemoryEntryDto;
