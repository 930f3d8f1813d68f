import { queryOptions } from "@tanstack/react-query";
import { clientOf } from "./client.ts";

/** Who belongs where, and with which keys. */
export const membersQuery = (org: string) =>
  queryOptions({
    queryKey: [org, "members"],
    queryFn: ({ signal }) => clientOf(org).until(signal).organizations.members(),
  });

export const projectMembersQuery = (org: string, project: string) =>
  queryOptions({
    queryKey: [org, "projects", project, "members"],
    queryFn: ({ signal }) => clientOf(org).until(signal).organizations.projectMembers(project),
  });

/** What the organization decides about its plugins. */
export const policyQuery = (org: string) =>
  queryOptions({
    queryKey: [org, "policy"],
    queryFn: ({ signal }) => clientOf(org).until(signal).policy.get(),
  });

export const apiKeysQuery = (org: string) =>
  queryOptions({
    queryKey: [org, "keys"],
    queryFn: ({ signal }) => clientOf(org).until(signal).organizations.apiKeys(),
  });
