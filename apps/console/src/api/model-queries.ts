import { queryOptions } from "@tanstack/react-query";
import { clientOf } from "./client.ts";

/** All models of the organization, for those who set them up. */
export const modelsQuery = (org: string, project: string | undefined) =>
  queryOptions({
    queryKey: [org, "models", "list", project],
    queryFn: ({ signal }) => clientOf(org).until(signal).models.list(project),
  });

/** What messages pass on their way to chat models, in that order. */
export const messageHooksQuery = (org: string) =>
  queryOptions({
    queryKey: [org, "models", "hooks"],
    queryFn: ({ signal }) => clientOf(org).until(signal).models.hooks(),
  });

export const modelRulesQuery = (org: string) =>
  queryOptions({
    queryKey: [org, "models", "rules"],
    queryFn: ({ signal }) => clientOf(org).until(signal).models.rules(),
  });
