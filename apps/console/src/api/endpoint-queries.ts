import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { clientOf } from "./client.ts";

/** Requests of a page of the list. */
const REQUESTS = 50;

/** The addresses at which plugins answer requests from outside. */
export const endpointsQuery = (org: string) =>
  queryOptions({
    queryKey: [org, "endpoints", "list"],
    queryFn: ({ signal }) => clientOf(org).until(signal).endpoints.list(),
  });

/** What plugins can answer, for which addresses can be made. */
export const offeredEndpointsQuery = (org: string) =>
  queryOptions({
    queryKey: [org, "endpoints", "offered"],
    queryFn: ({ signal }) => clientOf(org).until(signal).endpoints.offered(),
  });

export const endpointQuery = (org: string, id: string) =>
  queryOptions({
    queryKey: [org, "endpoints", "one", id],
    queryFn: ({ signal }) => clientOf(org).until(signal).endpoints.get(id),
  });

/** What has come at an address, newest first. */
export const endpointRequestsQuery = (org: string, id: string) =>
  infiniteQueryOptions({
    queryKey: [org, "endpoints", "requests", id],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam }) =>
      clientOf(org)
        .until(signal)
        .endpoints.requests(id, { limit: REQUESTS, ...(pageParam !== undefined && { cursor: pageParam }) }),
    getNextPageParam: ({ cursor }) => cursor,
  });

/** One of them, with its body, which stays as it is. */
export const endpointRequestQuery = (org: string, id: string, request: string) =>
  queryOptions({
    queryKey: [org, "endpoints", "request", id, request],
    queryFn: ({ signal }) => clientOf(org).until(signal).endpoints.request(id, request),
    staleTime: Number.POSITIVE_INFINITY,
  });
