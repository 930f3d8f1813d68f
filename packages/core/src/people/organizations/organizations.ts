import { type AuditAction, PatchbayError } from "@patchbay/protocol";
import {
  authorize,
  type MemberAuthority,
  requireDeploymentAdmin,
  requireRightsOf,
} from "../../access/authority.ts";
import { actorOf, type Principal } from "../../access/caller.ts";
import { isProjectVisible } from "../../access/sight.ts";
import { readEmail } from "../../model/email.ts";
import {
  type OrganizationRole,
  type ProjectRole,
  RIGHTS_OF_MANAGERS,
  rightsOfRole,
} from "../../model/rights.ts";
import type { User } from "../../ports/account-store.ts";
import type { Database, Stores } from "../../ports/database.ts";
import type { Member, Organization, Project } from "../../ports/organization-store.ts";
import type { World } from "../../world.ts";
import { removeProject } from "./project-removal.ts";

/** Organizations, their projects and members. */
export class Organizations {
  readonly #database: Database;
  readonly #world: World;

  constructor(database: Database, world: World) {
    this.#database = database;
    this.#world = world;
  }

  /** Creates an organization that the caller owns. For administrators of the deployment. Throws `already_exists`. */
  async create(principal: Principal, request: { slug: string; name: string }): Promise<Organization> {
    requireDeploymentAdmin(principal);
    return await this.createFor(principal.user, request);
  }

  /** Creates an organization with its project `default`, owned by `owner`. Throws `already_exists`. */
  async createFor(owner: User, request: { slug: string; name: string }): Promise<Organization> {
    return await this.#database.transaction(async (stores) => {
      const organization = await stores.organizations.createOrganization({
        id: this.#world.newId(),
        ...request,
      });
      await stores.organizations.setMember(organization.id, owner.id, "owner");
      await stores.organizations.createProject({
        id: this.#world.newId(),
        organizationId: organization.id,
        slug: "default",
        name: "Default",
      });
      await stores.audit.append({
        organizationId: organization.id,
        actor: { kind: "user", id: owner.id, name: owner.email },
        action: "organization.created",
        pluginId: null,
        detail: { slug: organization.slug },
      });
      return organization;
    });
  }

  /** Gives the organization another name; its slug, which addresses hold, stays. */
  async rename(principal: Principal, slug: string, name: string): Promise<Organization> {
    const authority = authorize(principal, slug, "org.members.write");
    const before = authority.organization.name;
    return await this.#audited(authority, "organization.renamed", { before, after: name }, async (stores) => {
      const renamed = await stores.organizations.renameOrganization(authority.organization.id, name);
      if (renamed !== null) return renamed;
      throw new PatchbayError("organization_not_found", `The organization "${slug}" is gone.`);
    });
  }

  async listMembers(principal: Principal, slug: string): Promise<Member<OrganizationRole>[]> {
    const { organization } = authorize(principal, slug, "org.plugins.read");
    return await this.#database.organizations.listMembers(organization.id);
  }

  /** Adds a known person or changes their role. Throws `user_not_found` or `last_owner`. */
  async setMember(
    principal: Principal,
    slug: string,
    email: string,
    role: OrganizationRole,
  ): Promise<Member<OrganizationRole>> {
    const authority = authorize(principal, slug, "org.members.write");
    this.requireMayMake(authority, role);
    const user = await this.#database.accounts.findUserByEmail(readEmail(email) ?? "");
    if (user === null) {
      throw new PatchbayError(
        "user_not_found",
        `Nobody here has the address ${email}. Add a name to create an account.`,
      );
    }
    await this.#audited(authority, "member.set", { email: user.email, role }, async (stores) => {
      if (role !== "owner") await keepAnOwner(stores, authority, user.id);
      await stores.organizations.setMember(authority.organization.id, user.id, role);
    });
    return { userId: user.id, email: user.email, name: user.name, role };
  }

  /** Throws `forbidden` when the caller may not make somebody this. */
  requireMayMake(authority: MemberAuthority, role: OrganizationRole): void {
    requireOwnerFor(authority, role);
    requireRightsOf(authority.caller, role, rightsOfRole(role));
  }

  /** Throws `user_not_found` or `last_owner`. */
  async removeMember(principal: Principal, slug: string, userId: string): Promise<void> {
    const authority = authorize(principal, slug, "org.members.write");
    const member = (await this.#database.organizations.listMembers(authority.organization.id)).find(
      (one) => one.userId === userId,
    );
    if (member === undefined) throw new PatchbayError("user_not_found", "There is no such member.");
    requireOwnerFor(authority, member.role);
    await this.#audited(authority, "member.removed", { email: member.email }, async (stores) => {
      await keepAnOwner(stores, authority, userId);
      await stores.organizations.removeMember(authority.organization.id, userId);
    });
  }

  /** The projects that the caller sees: all for administrators, otherwise those that they belong to. */
  async listProjects(principal: Principal, slug: string): Promise<Project[]> {
    const authority = authorize(principal, slug, "org.plugins.read");
    const projects = await this.#database.organizations.listProjects(authority.organization.id);
    return projects.filter((project) => isProjectVisible(authority, project.slug));
  }

  /** Throws `already_exists`. */
  async createProject(
    principal: Principal,
    slug: string,
    request: { slug: string; name: string },
  ): Promise<Project> {
    const authority = authorize(principal, slug, "org.members.write");
    return await this.#audited(authority, "project.created", { project: request.slug }, (stores) =>
      stores.organizations.createProject({
        id: this.#world.newId(),
        organizationId: authority.organization.id,
        ...request,
      }),
    );
  }

  /** Gives a project another name; its slug stays. Throws `project_not_found`. */
  async renameProject(
    principal: Principal,
    slug: string,
    projectSlug: string,
    name: string,
  ): Promise<Project> {
    const authority = authorize(principal, slug, "org.members.write");
    const { name: before } = await this.#project(authority, projectSlug);
    const detail = { project: projectSlug, before, after: name };
    return await this.#audited(authority, "project.renamed", detail, async (stores) => {
      const renamed = await stores.organizations.renameProject(authority.organization.id, projectSlug, name);
      if (renamed !== null) return renamed;
      throw new PatchbayError("project_not_found", `There is no project "${projectSlug}".`);
    });
  }

  /** Throws what `removeProject` throws. */
  async deleteProject(principal: Principal, slug: string, projectSlug: string): Promise<void> {
    const authority = authorize(principal, slug, "org.members.write");
    await this.#database.transaction((stores) => removeProject(stores, authority, projectSlug));
  }

  async listProjectMembers(
    principal: Principal,
    slug: string,
    projectSlug: string,
  ): Promise<Member<ProjectRole>[]> {
    const authority = authorize(principal, slug, "org.plugins.read");
    const project = await this.#project(authority, projectSlug);
    return await this.#database.organizations.listProjectMembers(authority.organization.id, project.id);
  }

  /** Puts a member of the organization into a project. Throws `project_not_found` or `user_not_found`. */
  async setProjectMember(
    principal: Principal,
    slug: string,
    projectSlug: string,
    email: string,
    role: ProjectRole,
  ): Promise<Member<ProjectRole>> {
    const authority = authorize(principal, slug, "org.members.write");
    const project = await this.#project(authority, projectSlug);
    if (role === "manager") requireRightsOf(principal, "project manager", RIGHTS_OF_MANAGERS);
    const members = await this.#database.organizations.listMembers(authority.organization.id);
    const member = members.find((one) => one.email === readEmail(email));
    if (member === undefined)
      throw new PatchbayError(
        "user_not_found",
        `${email} is not a member of the organization; add them first.`,
      );
    await this.#audited(
      authority,
      "project.member_set",
      { project: projectSlug, email: member.email, role },
      (stores) =>
        stores.organizations.setProjectMember(authority.organization.id, project.id, member.userId, role),
    );
    return { ...member, role };
  }

  /** Throws `project_not_found`. Removing someone who is not there is no fault. */
  async removeProjectMember(
    principal: Principal,
    slug: string,
    projectSlug: string,
    userId: string,
  ): Promise<void> {
    const authority = authorize(principal, slug, "org.members.write");
    const project = await this.#project(authority, projectSlug);
    await this.#audited(authority, "project.member_removed", { project: projectSlug, userId }, (stores) =>
      stores.organizations.removeProjectMember(authority.organization.id, project.id, userId),
    );
  }

  async #project(authority: MemberAuthority, slug: string): Promise<Project> {
    const project = await this.#database.organizations.findProject(authority.organization.id, slug);
    if (project !== null && isProjectVisible(authority, slug)) return project;
    throw new PatchbayError("project_not_found", `There is no project "${slug}".`);
  }

  async #audited<T>(
    authority: MemberAuthority,
    action: AuditAction,
    detail: Record<string, unknown>,
    work: (stores: Stores) => Promise<T>,
  ): Promise<T> {
    return await this.#database.transaction(async (stores) => {
      const result = await work(stores);
      const actor = actorOf(authority.caller);
      await stores.audit.append({
        organizationId: authority.organization.id,
        actor,
        action,
        pluginId: null,
        detail,
      });
      return result;
    });
  }
}

/** Only an owner makes or unmakes owners. */
const requireOwnerFor = (authority: MemberAuthority, role: OrganizationRole): void => {
  if (role !== "owner" || authority.role === "owner") return;
  throw new PatchbayError("forbidden", "Only an owner may add or remove an owner.");
};

const keepAnOwner = async (
  stores: Stores,
  authority: MemberAuthority,
  leavingUserId: string,
): Promise<void> => {
  const members = await stores.organizations.listMembers(authority.organization.id);
  const leaving = members.find((member) => member.userId === leavingUserId);
  if (leaving?.role !== "owner") return;
  if (authority.role !== "owner")
    throw new PatchbayError("forbidden", "Only an owner may change an owner's role.");
  if (members.filter((member) => member.role === "owner").length > 1) return;
  throw new PatchbayError(
    "last_owner",
    "This is the only owner of the organization. Make someone else owner first.",
  );
};
