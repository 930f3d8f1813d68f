import type { MemberDto, ProjectMemberDto } from "@patchbay/protocol";

export type OrganizationRole = MemberDto["role"];
export type ProjectRole = ProjectMemberDto["role"];

export const ORGANIZATION_ROLES: readonly OrganizationRole[] = ["owner", "admin", "member", "viewer"];
export const PROJECT_ROLES: readonly ProjectRole[] = ["manager", "member"];

/** Rights that an API key can have, from reading to administering. */
export const KEY_RIGHTS = [
  "org.plugins.read",
  "org.plugins.use",
  "org.plugins.configure",
  "org.plugins.write",
  "org.plugins.debug",
  "org.audit.read",
  "org.members.write",
] as const;
