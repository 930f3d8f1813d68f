import type { MarketplaceQueryDto } from "@patchbay/protocol";
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { clientOf } from "./client.ts";

const PAGE_ITEMS = 30;
// A marketplace that does not answer was waited for by the server already: whoever looks decides whether to ask again.

/** What the marketplaces of the deployment have. */
export const marketplaceSearchQuery = (org: string, filter: Omit<MarketplaceQueryDto, "cursor" | "limit">) =>
  infiniteQueryOptions({
    queryKey: [org, "marketplace", "search", filter],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam }) =>
      clientOf(org)
        .until(signal)
        .marketplace.search({
          ...filter,
          limit: PAGE_ITEMS,
          ...(pageParam !== undefined && { cursor: pageParam }),
        }),
    getNextPageParam: ({ cursor }) => cursor,
    placeholderData: keepPreviousData,
  });

export const marketplacePluginQuery = (org: string, plugin: string) =>
  queryOptions({
    queryKey: [org, "marketplace", "plugin", plugin],
    queryFn: ({ signal }) => clientOf(org).until(signal).marketplace.get(plugin),
    retry: false,
  });

export const marketplaceDocumentQuery = (
  org: string,
  plugin: string,
  version: string,
  document: "readme" | "changelog",
) =>
  queryOptions({
    queryKey: [org, "marketplace document", plugin, version, document],
    queryFn: ({ signal }) => clientOf(org).until(signal).marketplace[document](plugin, version),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });

export const marketplacePublisherQuery = (org: string, publisher: string) =>
  queryOptions({
    queryKey: [org, "marketplace", "publisher", publisher],
    queryFn: ({ signal }) => clientOf(org).until(signal).marketplace.publisher(publisher),
    retry: false,
  });

/** The marketplaces and whether they answer, and whether there is a token for GitHub. */
export const sourcesQuery = (org: string) =>
  queryOptions({
    queryKey: [org, "sources"],
    queryFn: ({ signal }) => clientOf(org).until(signal).marketplace.sources(),
  });
