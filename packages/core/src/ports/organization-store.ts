import type { OrganizationPolicy } from "../model/policy.ts";
import type { OrganizationRole, ProjectRole } from "../model/rights.ts";

export interface Organization {
  readonly id: string;
  /** Its name in addresses: lower-case letters, digits, hyphens. */
  readonly slug: string;
  readonly name: string;
  readonly createdAt: Date;
}

export interface Project {
  readonly id: string;
  readonly organizationId: string;
  /** Unique in its organization. */
  readonly slug: string;
  readonly name: string;
  readonly createdAt: Date;
}

export interface Member<Role> {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
}

/** All that decides what a person may do in one organization. */
export interface Membership {
  readonly organization: Organization;
  readonly role: OrganizationRole;
  /** The organization's. */
  readonly policy: OrganizationPolicy;
  /** Roles in the organization's projects, by slug. */
  readonly projects: ReadonlyMap<string, ProjectRole>;
}

/** Organizations, projects and who belongs to them. */
export interface OrganizationStore {
  /** Throws `already_exists` when the slug is taken. */
  createOrganization(organization: Omit<Organization, "createdAt">): Promise<Organization>;
  findOrganization(slug: string): Promise<Organization | null>;
  listOrganizations(): Promise<Organization[]>;
  /** Null when there is none. */
  renameOrganization(organizationId: string, name: string): Promise<Organization | null>;
  /** The default one until another is set. */
  findPolicy(organizationId: string): Promise<OrganizationPolicy>;
  /** Replaces it. Whoever belongs to the organization is read anew on all nodes. */
  setPolicy(organizationId: string, policy: OrganizationPolicy): Promise<void>;
  /** Every organization that the person belongs to, by slug. */
  membershipsOf(userId: string): Promise<Membership[]>;

  setMember(organizationId: string, userId: string, role: OrganizationRole): Promise<void>;
  removeMember(organizationId: string, userId: string): Promise<void>;
  listMembers(organizationId: string): Promise<Member<OrganizationRole>[]>;

  /** Throws `already_exists` when the organization has a project of this slug. */
  createProject(project: Omit<Project, "createdAt">): Promise<Project>;
  /** In a transaction the project stays until its end. */
  findProject(organizationId: string, slug: string): Promise<Project | null>;
  /** In a transaction these projects stay until its end. */
  listProjects(organizationId: string): Promise<Project[]>;
  /** Null when there is none. */
  renameProject(organizationId: string, slug: string, name: string): Promise<Project | null>;
  /** With its memberships. Whether there was one. */
  deleteProject(organizationId: string, slug: string): Promise<boolean>;
  setProjectMember(
    organizationId: string,
    projectId: string,
    userId: string,
    role: ProjectRole,
  ): Promise<void>;
  removeProjectMember(organizationId: string, projectId: string, userId: string): Promise<void>;
  listProjectMembers(organizationId: string, projectId: string): Promise<Member<ProjectRole>[]>;
}
