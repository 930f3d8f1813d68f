import { PatchbayError } from "@patchbay/protocol";
import type { OrganizationPolicy } from "../model/policy.ts";
import { type OrganizationRole, type Reach, RIGHTS, type Right, reachOf, ruleFor } from "../model/rights.ts";
import type { ApiKey, User } from "../ports/account-store.ts";
import type { Actor } from "../ports/audit-store.ts";
import type { ProjectScope } from "../ports/installation-store.ts";
import type { Membership, Organization } from "../ports/organization-store.ts";

/** Who is asking, with all that decides what they may do. */
export interface Principal {
  readonly user: User;
  /** Set when the request came with an API key: it narrows the person's rights to one organization and a list. */
  readonly key: ApiKey | null;
  readonly memberships: readonly Membership[];
}

/** A caller inside one organization, with the right that was asked for. */
export interface Access {
  readonly principal: Principal;
  readonly organization: Organization;
  readonly role: OrganizationRole;
  /** The organization's. */
  readonly policy: OrganizationPolicy;
  readonly reach: Reach;
  /** Slugs of the projects that the caller manages. */
  readonly managed: ReadonlySet<string>;
  /** Slugs of the projects that the caller belongs to. */
  readonly projects: ReadonlySet<string>;
}

/**
 * Lets the caller into an organization, or throws. The right is checked before membership is revealed: `forbidden`
 * when the caller has it nowhere, `organization_not_found` when they have it but not there, whether or not there is
 * such an organization.
 */
export const authorize = (principal: Principal, organizationSlug: string, right: Right): Access => {
  const membership = principal.memberships.find(({ organization }) => organization.slug === organizationSlug);
  const access = membership && grantAccess(principal, membership, right);
  if (access) return access;
  const holdsItNowhere = principal.memberships.every((one) => !grantAccess(principal, one, right));
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
  return membership !== undefined && grantAccess(principal, membership, right) !== null;
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
    const access = grantAccess(principal, membership, right);
    if (access === null) return [];
    return { right, reach: access.reach === "organization" ? "organization" : [...access.managed] };
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
export const requireScope = (access: Access, scope: ProjectScope): void => {
  if (isScopeWritable(access, scope)) return;
  const outside =
    scope.projects === "all" ? ["all projects"] : scope.projects.filter((slug) => !access.managed.has(slug));
  throw new PatchbayError(
    "forbidden",
    `A project manager has this right for plugins of own projects only; this one concerns ${outside.join(", ") || "no project"}.`,
  );
};

/** Whether the caller may change what concerns all these projects. */
export const isScopeWritable = (access: Access, scope: ProjectScope): boolean =>
  access.reach === "organization" ||
  (scope.projects !== "all" &&
    scope.projects.length > 0 &&
    scope.projects.every((slug) => access.managed.has(slug)));

/** Owners and administrators reach every project; others those that they belong to. */
export const isProjectVisible = (access: Access, slug: string): boolean =>
  access.role === "owner" || access.role === "admin" || access.projects.has(slug);

/** Plugins of certain projects are hidden from those who belong to none of them. */
export const isScopeVisible = (access: Access, { projects }: ProjectScope): boolean =>
  projects === "all" || projects.some((slug) => isProjectVisible(access, slug));

export const actorOf = ({ user, key }: Principal): Actor =>
  key === null
    ? { kind: "user", id: user.id, name: user.email }
    : { kind: "api_key", id: key.id, name: `${key.name} (${user.email})` };

export const SYSTEM_ACTOR: Actor = { kind: "system", id: null, name: "Patchbay" };

const grantAccess = (principal: Principal, membership: Membership, right: Right): Access | null => {
  const { key } = principal;
  if (key !== null && (key.organizationId !== membership.organization.id || !key.rights.includes(right)))
    return null;
  const managed = new Set(
    [...membership.projects].filter(([, role]) => role === "manager").map(([slug]) => slug),
  );
  const reach = reachOf(right, membership.role, managed.size, membership.policy);
  if (reach === null) return null;
  const { organization, role, policy } = membership;
  return {
    principal,
    organization,
    role,
    policy,
    reach,
    managed,
    projects: new Set(membership.projects.keys()),
  };
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
