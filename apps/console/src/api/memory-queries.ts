import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { clientOf } from "./client.ts";

/** Hits of a search: further ones are hardly what somebody looks for. */
const HITS = 20;

/** No event tells of changed memories, of which a plugin makes many: they are read again when somebody comes back to the page. */
const READ_AT_RETURN = { refetchOnWindowFocus: "always" } as const;

/** The namespaces of a plugin's memories. */
export const memorySpacesQuery = (org: string, plugin: string) =>
  queryOptions({
    ...READ_AT_RETURN,
    queryKey: [org, "memory", "spaces"],
    queryFn: ({ signal }) => clientOf(org).until(signal).memory.list(),
    select: (spaces) => spaces.filter((space) => space.plugin === plugin),
  });

/** The memories of a namespace, the oldest first. */
export const memoriesQuery = (org: string, plugin: string, namespace: string) =>
  infiniteQueryOptions({
    ...READ_AT_RETURN,
    queryKey: [org, "memory", "lists", plugin, namespace],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam }) =>
      clientOf(org)
        .until(signal)
        .memory.page(plugin, namespace, pageParam === undefined ? {} : { cursor: pageParam }),
    getNextPageParam: ({ cursor }) => cursor,
  });

/** What is found in a namespace. A model is asked each time: it stays as it is until something is changed here. */
export const foundMemoriesQuery = (org: string, plugin: string, namespace: string, q: string) =>
  queryOptions({
    queryKey: [org, "memory", "found", plugin, namespace, q],
    queryFn: ({ signal }) => clientOf(org).until(signal).memory.search(plugin, namespace, q, { limit: HITS }),
  });

/** One memory with its history. */
export const memoryQuery = (org: string, plugin: string, namespace: string, id: string) =>
  queryOptions({
    ...READ_AT_RETURN,
    queryKey: [org, "memory", "one", plugin, namespace, id],
    queryFn: ({ signal }) => clientOf(org).until(signal).memory.get(plugin, namespace, id),
  });
