import { queryOptions } from "@tanstack/react-query";
import { clientOf } from "./client.ts";

/** All models of the organization, for those who set them up. */
export const modelsQuery = (org: string, project: string | undefined) =>
  queryOptions({
    queryKey: [org, "models", "list", project],
    queryFn: ({ signal }) => clientOf(org).until(signal).models.list(project),
  });

export const modelRulesQuery = (org: string) =>
  queryOptions({
    queryKey: [org, "models", "rules"],
    queryFn: ({ signal }) => clientOf(org).until(signal).models.rules(),
  });
