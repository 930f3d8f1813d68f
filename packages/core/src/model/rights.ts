import type { DEBUG_AUDIENCES, INSTALL_AUDIENCES } from "@patchbay/protocol";

/** The rights table: who may do what. Everything else that decides access is built from it. */

export type OrganizationRole = "owner" | "admin" | "member" | "viewer";
export type ProjectRole = "manager" | "member";

export const ORGANIZATION_ROLES = [
  "owner",
  "admin",
  "member",
  "viewer",
] as const satisfies readonly OrganizationRole[];
export const PROJECT_ROLES = ["manager", "member"] as const satisfies readonly ProjectRole[];

export const RIGHTS = [
  "org.plugins.read",
  "org.plugins.write",
  "org.plugins.configure",
  "org.plugins.use",
  "org.plugins.debug",
  "org.members.write",
  "org.audit.read",
] as const;
export type Right = (typeof RIGHTS)[number];

/** Whom an organization's policy lets install and debug plugins. */
export interface RightsPolicy {
  readonly install: (typeof INSTALL_AUDIENCES)[number];
  readonly debug: (typeof DEBUG_AUDIENCES)[number];
}
/** Of organizations that have decided nothing. */
export const DEFAULT_RIGHTS: RightsPolicy = { install: "administrators", debug: "administrators" };

/** How far a right reaches: everywhere in the organization, or only where all concerned projects are the manager's own. */
export type Reach = "organization" | "own_projects";

const EVERYTHING: readonly Right[] = RIGHTS;
const OF_ROLE: Readonly<Record<OrganizationRole, readonly Right[]>> = {
  owner: EVERYTHING,
  admin: EVERYTHING,
  member: ["org.plugins.read", "org.plugins.use"],
  viewer: ["org.plugins.read"],
};
/** What a role gives by itself; what a policy adds to members comes on top. */
export const rightsOfRole = (role: OrganizationRole): readonly Right[] => OF_ROLE[role];

/** Whether the role runs the organization. */
export const isAdministrator = (role: OrganizationRole): boolean => role === "owner" || role === "admin";

const OF_MANAGERS: Partial<Record<Right, Reach>> = {
  "org.plugins.read": "organization",
  "org.plugins.use": "organization",
  "org.plugins.write": "own_projects",
  "org.plugins.configure": "own_projects",
};

export const RIGHTS_OF_MANAGERS = Object.keys(OF_MANAGERS) as readonly Right[];

/**
 * How far `right` reaches for someone with this role who manages `managedProjects` projects; null when they do not
 * have it at all.
 */
export const reachOf = (
  right: Right,
  role: OrganizationRole,
  managedProjects: number,
  policy: RightsPolicy,
): Reach | null => {
  if (right === "org.plugins.debug" && policy.debug === "nobody") return null;
  const rule = ruleFor(right);
  const audience = rule === null ? "nobody" : policy[rule];
  if (OF_ROLE[role].includes(right) || (role === "member" && audience === "everyone")) return "organization";
  if (managedProjects === 0) return null;
  const isOfManagers = audience === "everyone" || audience === "managers";
  return OF_MANAGERS[right] ?? (isOfManagers ? "own_projects" : null);
};

/** The part of a policy that decides on the right for those whom their role alone does not give it; null when none does. */
export const ruleFor = (right: Right): keyof RightsPolicy | null => {
  if (right === "org.plugins.write") return "install";
  return right === "org.plugins.debug" ? "debug" : null;
};
