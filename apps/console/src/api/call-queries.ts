import type { CallFilter } from "@patchbay/api-client";
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { clientOf } from "./client.ts";

const CALLS_PAGE = 50;
const CALL_FRESH_MS = 60_000;

/** The log of calls as far as the person may read it, newest first. `since` is worked out when it is read. */
export const callsQuery = (org: string, filter: Omit<CallFilter, "since">, sinceMs?: number) =>
  infiniteQueryOptions({
    queryKey: [org, "calls", "list", filter, sinceMs],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam }) =>
      clientOf(org)
        .until(signal)
        .calls.list({
          limit: CALLS_PAGE,
          ...filter,
          ...(sinceMs !== undefined && { since: new Date(Date.now() - sinceMs).toISOString() }),
          ...(pageParam !== undefined && { cursor: pageParam }),
        }),
    getNextPageParam: ({ cursor }) => cursor,
  });

export const callQuery = (org: string, id: string) =>
  queryOptions({
    queryKey: [org, "calls", "one", id],
    queryFn: ({ signal }) => clientOf(org).until(signal).calls.get(id),
    // Each reading of somebody else's is written down, so that it is not read again at once; its chain may still grow.
    staleTime: CALL_FRESH_MS,
  });
