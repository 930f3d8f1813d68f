import {
  type Member,
  type Membership,
  type Organization,
  type OrganizationPolicy,
  type OrganizationRole,
  type OrganizationStore,
  type Project,
  type ProjectRole,
  policyOf,
} from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import type { Kysely } from "kysely";
import { brokenForeignKey } from "../errors.ts";
import type { Tables } from "../tables.ts";

const ORGANIZATION_COLUMNS = [
  "organizations.id",
  "organizations.slug",
  "organizations.name",
  "organizations.createdAt",
] as const;

/** Organizations, projects and their members in tables of the same names. */
export class PostgresOrganizationStore implements OrganizationStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async createOrganization(organization: Omit<Organization, "createdAt">): Promise<Organization> {
    const { id, slug, name } = organization;
    const created = await this.#db
      .insertInto("organizations")
      .values({ id, slug, name })
      .onConflict((conflict) => conflict.column("slug").doNothing())
      .returning(ORGANIZATION_COLUMNS)
      .executeTakeFirst();
    if (created !== undefined) return created;
    throw new PatchbayError("already_exists", `There is an organization "${slug}" already.`);
  }

  async findOrganization(slug: string): Promise<Organization | null> {
    const organizations = this.#db.selectFrom("organizations").select(ORGANIZATION_COLUMNS);
    return (await organizations.where("slug", "=", slug).executeTakeFirst()) ?? null;
  }

  async listOrganizations(): Promise<Organization[]> {
    return await this.#db.selectFrom("organizations").select(ORGANIZATION_COLUMNS).orderBy("slug").execute();
  }

  async renameOrganization(organizationId: string, name: string): Promise<Organization | null> {
    const organizations = this.#db.updateTable("organizations").set({ name });
    const renamed = organizations.where("id", "=", organizationId).returning(ORGANIZATION_COLUMNS);
    return (await renamed.executeTakeFirst()) ?? null;
  }

  async findPolicy(organizationId: string): Promise<OrganizationPolicy> {
    const organizations = this.#db.selectFrom("organizations").select("policy");
    const found = await organizations.where("id", "=", organizationId).executeTakeFirst();
    return policyOf(found?.policy ?? null);
  }

  async setPolicy(organizationId: string, policy: OrganizationPolicy): Promise<void> {
    const organizations = this.#db.updateTable("organizations").set({ policy: JSON.stringify(policy) });
    await organizations.where("id", "=", organizationId).execute();
  }

  async membershipsOf(userId: string): Promise<Membership[]> {
    const rows = await this.#db
      .selectFrom("members")
      .innerJoin("organizations", "organizations.id", "members.organizationId")
      .leftJoin("projectMembers", (join) =>
        join
          .onRef("projectMembers.organizationId", "=", "members.organizationId")
          .onRef("projectMembers.userId", "=", "members.userId"),
      )
      .leftJoin("projects", "projects.id", "projectMembers.projectId")
      .select(ORGANIZATION_COLUMNS)
      .select([
        "members.role",
        "organizations.policy",
        "projects.slug as projectSlug",
        "projectMembers.role as projectRole",
      ])
      .where("members.userId", "=", userId)
      .orderBy("organizations.slug")
      .orderBy("projects.slug")
      .execute();
    const memberships = new Map<string, Membership & { readonly projects: Map<string, ProjectRole> }>();
    for (const { id, slug, name, createdAt, role, policy, projectSlug, projectRole } of rows) {
      const organization = { id, slug, name, createdAt };
      const membership = memberships.get(id) ?? {
        organization,
        role,
        policy: policyOf(policy),
        projects: new Map<string, ProjectRole>(),
      };
      memberships.set(id, membership);
      if (projectSlug !== null && projectRole !== null) membership.projects.set(projectSlug, projectRole);
    }
    return [...memberships.values()];
  }

  async setMember(organizationId: string, userId: string, role: OrganizationRole): Promise<void> {
    await this.#db
      .insertInto("members")
      .values({ organizationId, userId, role })
      .onConflict((conflict) => conflict.columns(["organizationId", "userId"]).doUpdateSet({ role }))
      .execute();
  }

  async removeMember(organizationId: string, userId: string): Promise<void> {
    await this.#db
      .deleteFrom("members")
      .where("organizationId", "=", organizationId)
      .where("userId", "=", userId)
      .execute();
  }

  /** Within a transaction the members stay as they are until its end: whoever keeps the last owner decides on facts. */
  async listMembers(organizationId: string): Promise<Member<OrganizationRole>[]> {
    return await this.#db
      .selectFrom("members")
      .innerJoin("users", "users.id", "members.userId")
      .select(["users.id as userId", "users.email", "users.name", "members.role"])
      .where("members.organizationId", "=", organizationId)
      .orderBy("users.email")
      .$if(this.#db.isTransaction, (query) => query.forUpdate("members"))
      .execute();
  }

  async createProject(project: Omit<Project, "createdAt">): Promise<Project> {
    const { id, organizationId, slug, name } = project;
    const created = await this.#db
      .insertInto("projects")
      .values({ id, organizationId, slug, name })
      .onConflict((conflict) => conflict.columns(["organizationId", "slug"]).doNothing())
      .returningAll()
      .executeTakeFirst();
    if (created !== undefined) return created;
    throw new PatchbayError("already_exists", `The organization has a project "${slug}" already.`);
  }

  async findProject(organizationId: string, slug: string): Promise<Project | null> {
    const projects = this.#projectsOf(organizationId);
    return (await projects.where("slug", "=", slug).executeTakeFirst()) ?? null;
  }

  async listProjects(organizationId: string): Promise<Project[]> {
    return await this.#projectsOf(organizationId).orderBy("slug").execute();
  }

  async renameProject(organizationId: string, slug: string, name: string): Promise<Project | null> {
    const renamed = await this.#db
      .updateTable("projects")
      .set({ name })
      .where("organizationId", "=", organizationId)
      .where("slug", "=", slug)
      .returningAll()
      .executeTakeFirst();
    return renamed ?? null;
  }

  async deleteProject(organizationId: string, slug: string): Promise<boolean> {
    const deleted = await this.#db
      .deleteFrom("projects")
      .where("organizationId", "=", organizationId)
      .where("slug", "=", slug)
      .returning("id")
      .executeTakeFirst();
    return deleted !== undefined;
  }

  /** Throws `user_not_found` for somebody who is not in the organization, `project_not_found` for another's project. */
  async setProjectMember(
    organizationId: string,
    projectId: string,
    userId: string,
    role: ProjectRole,
  ): Promise<void> {
    try {
      await this.#db
        .insertInto("projectMembers")
        .values({ organizationId, projectId, userId, role })
        .onConflict((conflict) =>
          conflict.columns(["organizationId", "projectId", "userId"]).doUpdateSet({ role }),
        )
        .execute();
    } catch (error) {
      const broken = brokenForeignKey(error);
      if (broken === "project_members_member")
        throw new PatchbayError("user_not_found", "Only members of the organization can be in its projects.");
      if (broken === "project_members_project")
        throw new PatchbayError("project_not_found", "The organization has no such project.");
      throw error;
    }
  }

  async removeProjectMember(organizationId: string, projectId: string, userId: string): Promise<void> {
    await this.#db
      .deleteFrom("projectMembers")
      .where("organizationId", "=", organizationId)
      .where("projectId", "=", projectId)
      .where("userId", "=", userId)
      .execute();
  }

  async listProjectMembers(organizationId: string, projectId: string): Promise<Member<ProjectRole>[]> {
    return await this.#db
      .selectFrom("projectMembers")
      .innerJoin("users", "users.id", "projectMembers.userId")
      .select(["users.id as userId", "users.email", "users.name", "projectMembers.role"])
      .where("projectMembers.organizationId", "=", organizationId)
      .where("projectMembers.projectId", "=", projectId)
      .orderBy("users.email")
      .execute();
  }

  #projectsOf(organizationId: string) {
    return this.#db
      .selectFrom("projects")
      .selectAll()
      .where("organizationId", "=", organizationId)
      .$if(this.#db.isTransaction, (query) => query.forKeyShare());
  }
}
