import { PatchbayError } from "@patchbay/protocol";
import type { OrganizationPolicy } from "../model/policy.ts";
import {
  isAdministrator,
  type OrganizationRole,
  type Reach,
  RIGHTS,
  type Right,
  reachOf,
  ruleFor,
} from "../model/rights.ts";
import type { ProjectScope } from "../ports/installation-store.ts";
import type { Membership, Organization } from "../ports/organization-store.ts";
import type { Principal, SystemCaller } from "./caller.ts";
import type { Sight } from "./sight.ts";

/** A caller inside one organization, with the right that was asked for. */
export interface Authority extends Sight {
  readonly caller: Principal | SystemCaller;
  readonly organization: Pick<Organization, "id">;
  /** The rules that bind what the caller does: the organization's, for everybody but Patchbay itself. */
  readonly policy: OrganizationPolicy;
  /** Owners and administrators, and Patchbay itself: what they grant has no limit. */
  readonly administers: boolean;
  readonly reach: Reach;
  /** Slugs of the projects that the caller manages. */
  readonly managed: ReadonlySet<string>;
}

/** The authority of somebody who belongs to the organization, in person or by key. */
export interface MemberAuthority extends Authority {
  readonly caller: Principal;
  readonly organization: Organization;
  readonly role: OrganizationRole;
}

/**
 * Lets the caller into an organization, or throws. The right is checked before membership is revealed: `forbidden`
 * when the caller has it nowhere, `organization_not_found` when they have it but not there, whether or not there is
 * such an organization.
 */
export const authorize = (principal: Principal, organizationSlug: string, right: Right): MemberAuthority => {
  const membership = principal.memberships.find(({ organization }) => organization.slug === organizationSlug);
  const authority = membership && authorityIn(principal, membership, right);
  if (authority) return authority;
  const holdsItNowhere = principal.memberships.every((one) => !authorityIn(principal, one, right));
  if (holdsItNowhere || (membership && isVisible(principal, organizationSlug))) {
    throw missingRight(principal, right, membership);
  }
  throw new PatchbayError(
    "organization_not_found",
    `There is no organization "${organizationSlug}" that you belong to.`,
  );
};

/** Whether the caller has the right in the organization, wherever it reaches. */
export const holds = (principal: Principal, organizationSlug: string, right: Right): boolean => {
  const membership = principal.memberships.find(({ organization }) => organization.slug === organizationSlug);
  return membership !== undefined && authorityIn(principal, membership, right) !== null;
};

/**
 * Throws `forbidden` when an API key gives somebody rights that it does not have: it does no more than its rights say, by other hands
 * neither. `role` is what somebody would be.
 */
export const requireRightsOf = ({ key }: Principal, role: string, rights: readonly Right[]): void => {
  const missing = key === null ? [] : rights.filter((right) => !key.rights.includes(right));
  if (missing.length === 0) return;
  throw new PatchbayError(
    "forbidden",
    `The API key "${key?.name}" cannot make somebody ${role}: that gives rights which it does not have (${missing.join(", ")}).`,
  );
};

/**
 * When what a caller makes has to end: with the API key that makes it, if it ends. `wanted` null is never. Throws `invalid_request`
 * for a later time than that, or one that is past.
 */
export const endOf = ({ key }: Principal, wanted: Date | null, now: Date): Date | null => {
  const refuse = (message: string) =>
    new PatchbayError("invalid_request", message, { errors: [{ pointer: "/expiresAt", message }] });
  if (wanted !== null && wanted <= now)
    throw refuse("It would have expired already: the time is past. Choose a later one.");
  const latest = key?.expiresAt ?? null;
  if (latest === null) return wanted;
  if (wanted !== null && wanted > latest)
    throw refuse(`What is made with an API key ends with it, at the latest at ${latest.toISOString()}.`);
  return wanted ?? latest;
};

/** A right that somebody has, and how far it reaches: everywhere in the organization, or in these projects (by slug). */
export interface HeldRight {
  readonly right: Right;
  readonly reach: "organization" | readonly string[];
}

/** All that the caller may do in one of their organizations; nothing in those that their API key is not for. */
export const rightsIn = (principal: Principal, membership: Membership): readonly HeldRight[] =>
  RIGHTS.flatMap((right) => {
    const authority = authorityIn(principal, membership, right);
    if (authority === null) return [];
    return { right, reach: authority.reach === "organization" ? "organization" : [...authority.managed] };
  });

/** Whether the caller administers the deployment, in person or with a key of all rights. */
export const isDeploymentAdmin = ({ user, key }: Principal): boolean =>
  user.deploymentAdmin && (key === null || RIGHTS.every((right) => key.rights.includes(right)));

/** Throws `forbidden` unless the caller administers the deployment, in person or with a key of all rights. */
export const requireDeploymentAdmin = (principal: Principal): void => {
  if (isDeploymentAdmin(principal)) return;
  throw new PatchbayError("forbidden", "Only an administrator of this deployment may do this.");
};

/** Throws `forbidden` when the right reaches only what belongs to the caller's own projects, and `scope` reaches further. */
export const requireScope = (authority: Authority, scope: ProjectScope): void => {
  if (isScopeWritable(authority, scope)) return;
  const outside =
    scope.projects === "all"
      ? ["all projects"]
      : scope.projects.filter((slug) => !authority.managed.has(slug));
  throw new PatchbayError(
    "forbidden",
    `A project manager has this right for plugins of own projects only; this one concerns ${outside.join(", ") || "no project"}.`,
  );
};

/** Whether the caller may change what concerns all these projects. */
export const isScopeWritable = (authority: Authority, scope: ProjectScope): boolean =>
  authority.reach === "organization" ||
  (scope.projects !== "all" &&
    scope.projects.length > 0 &&
    scope.projects.every((slug) => authority.managed.has(slug)));

/** Patchbay's own authority over an organization's plugins. `policy` is what it has to keep to. */
export const systemAuthority = (
  organizationId: string,
  because: SystemCaller["because"],
  policy: OrganizationPolicy,
): Authority => ({
  caller: { kind: "system", because },
  organization: { id: organizationId },
  policy,
  administers: true,
  reach: "organization",
  managed: new Set(),
  projects: "all",
});

const authorityIn = (principal: Principal, membership: Membership, right: Right): MemberAuthority | null => {
  const { key } = principal;
  if (key !== null && (key.organizationId !== membership.organization.id || !key.rights.includes(right)))
    return null;
  const managed = new Set(
    [...membership.projects].filter(([, role]) => role === "manager").map(([slug]) => slug),
  );
  const reach = reachOf(right, membership.role, managed.size, membership.policy);
  if (reach === null) return null;
  const { organization, role, policy } = membership;
  const administers = isAdministrator(role);
  const projects = administers ? "all" : new Set(membership.projects.keys());
  return { caller: principal, organization, role, policy, administers, reach, managed, projects };
};

/** Says besides when it is the organization's policy that keeps the right from a member, and who can change that. */
const missingRight = (
  principal: Principal,
  right: Right,
  membership: Membership | undefined,
): PatchbayError => {
  const rule = ruleFor(right);
  const audience = rule === null ? undefined : membership?.policy[rule];
  const isByPolicy =
    rule !== null && audience !== undefined && membership?.role !== "viewer" && principal.key === null;
  const reason = isByPolicy
    ? ` The organization's policy (${rule}) gives it to ${audience}; its owners and administrators can change that.`
    : "";
  return new PatchbayError(
    "forbidden",
    `This needs the right ${right}, which ${nameOf(principal)} does not have here.${reason}`,
    { facts: { right, ...(isByPolicy && { rule, changedBy: ["owner", "admin"] }) } },
  );
};

/** A key of one organization reveals nothing about the person's others. */
const isVisible = ({ key, memberships }: Principal, slug: string): boolean =>
  key === null ||
  memberships.some(
    ({ organization }) => organization.slug === slug && organization.id === key.organizationId,
  );

const nameOf = ({ user, key }: Principal): string =>
  key === null ? user.email : `the API key "${key.name}"`;
