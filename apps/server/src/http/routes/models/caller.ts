import type { MemberCaller } from "@patchbay/models";
import { PatchbayError } from "@patchbay/protocol";
import type { FastifyRequest } from "fastify";

/** What a client may name beside a request in somebody else's format. */
export const ORGANIZATION_HEADER = "patchbay-organization";
export const PROJECT_HEADER = "patchbay-project";

/**
 * Who asks models: an API key names its organization; somebody who is signed in names it by header, unless they belong to one alone.
 * Throws `invalid_request`.
 */
export const callerIn = (request: FastifyRequest, signal: AbortSignal): MemberCaller => {
  const { principal } = request;
  const named = headerOf(request, ORGANIZATION_HEADER);
  const { key, memberships } = principal;
  const own = memberships.filter(
    ({ organization }) => key === null || organization.id === key.organizationId,
  );
  const organization = named ?? (own.length === 1 ? own[0]?.organization.slug : undefined);
  if (organization === undefined)
    throw new PatchbayError(
      "invalid_request",
      `Say for which organization you ask: send its short name in the header \`${ORGANIZATION_HEADER}\`, or an API key of it.`,
    );
  return { by: { principal, organization }, project: headerOf(request, PROJECT_HEADER), signal };
};

const headerOf = ({ headers }: FastifyRequest, name: string): string | undefined => {
  const value = headers[name];
  return typeof value === "string" && value !== "" ? value : undefined;
};
