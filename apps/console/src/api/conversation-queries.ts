import { infiniteQueryOptions } from "@tanstack/react-query";
import { clientOf } from "./client.ts";

/** Each reading is written into the audit log: nothing is read again by itself. */
const READ_ONCE = {
  staleTime: Number.POSITIVE_INFINITY,
  refetchOnWindowFocus: false,
  refetchOnReconnect: false,
} as const;

/** What a plugin keeps of conversations; with `q` those that have its words. */
export const conversationsQuery = (org: string, plugin: string, q: string) =>
  infiniteQueryOptions({
    ...READ_ONCE,
    queryKey: [org, "conversations", plugin, "list", q],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam }) =>
      clientOf(org)
        .until(signal)
        .conversations.list(plugin, {
          ...(q !== "" && { q }),
          ...(pageParam !== undefined && { cursor: pageParam }),
        }),
    getNextPageParam: ({ cursor }) => cursor,
  });

export const conversationMessagesQuery = (org: string, plugin: string, id: string) =>
  infiniteQueryOptions({
    ...READ_ONCE,
    queryKey: [org, "conversations", plugin, "messages", id],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam }) =>
      clientOf(org)
        .until(signal)
        .conversations.messages(plugin, id, pageParam === undefined ? {} : { cursor: pageParam }),
    getNextPageParam: ({ cursor }) => cursor,
  });
