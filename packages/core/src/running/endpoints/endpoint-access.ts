import { PatchbayError } from "@patchbay/protocol";
import { authorize, isScopeWritable, type MemberAuthority } from "../../access/authority.ts";
import type { Principal } from "../../access/caller.ts";
import type { Stores } from "../../ports/database.ts";
import type { Endpoint } from "../../ports/endpoint-store.ts";
import type { ProjectScope } from "../../ports/installation-store.ts";

/** Whom an endpoint concerns: the organization, or one project. */
export const scopeOf = ({ project }: Pick<Endpoint, "project">): ProjectScope => ({
  projects: project === null ? "all" : [project],
});

/**
 * Addresses open a way into plugins, and their log shows what has come: they are for those who configure plugins, and for managers of projects
 * those of their own projects. Throws `forbidden` and `organization_not_found`.
 */
export const authorizeEndpoints = (principal: Principal, slug: string): MemberAuthority =>
  authorize(principal, slug, "org.plugins.configure");

/** One that the caller may know of. Throws besides `endpoint_not_found`. */
export const findEndpoint = async (
  stores: Pick<Stores, "endpoints">,
  authority: MemberAuthority,
  id: string,
  read: "find" | "lock" = "find",
): Promise<Endpoint> => {
  const endpoint = await stores.endpoints[read](authority.organization.id, id);
  if (endpoint !== null && isScopeWritable(authority, scopeOf(endpoint))) return endpoint;
  throw new PatchbayError("endpoint_not_found", `There is no endpoint "${id.slice(0, 64)}".`);
};
