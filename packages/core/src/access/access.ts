import { PatchbayError } from "@patchbay/protocol";
import type { ApiKey, User } from "../ports/account-store.ts";
import type { Actor } from "../ports/audit-store.ts";
import type { ProjectScope } from "../ports/installation-store.ts";
import type { Membership, Organization } from "../ports/organization-store.ts";
import type { OrganizationPolicy } from "./policy.ts";
import { type OrganizationRole, type Reach, RIGHTS, type Right, reachOf, ruleFor } from "./rights.ts";

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
  user.deploymentAdmin && (key === null || key.rights.includes("org.members.write"));

/** Throws `forbidden` unless the caller administers the deployment, in person or with a key of all rights. */
export const requireDeploymentAdmin = (principal: Principal): void => {
  if (isDeploymentAdmin(principal)) return;
  throw new PatchbayError("forbidden", "Only an administrator of this deployment may do this.");
};

/** Throws `forbidden` when the caller may change only what belongs to their own projects, and `scope` reaches further. */
export const requireScope = (access: Access, scope: ProjectScope): void => {
  if (isScopeWritable(access, scope)) return;
  const outside =
    scope.projects === "all" ? ["all projects"] : scope.projects.filter((slug) => !access.managed.has(slug));
  throw new PatchbayError(
    "forbidden",
    `A project manager may change plugins of own projects only; this one concerns ${outside.join(", ") || "no project"}.`,
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
