import { RIGHTS } from "@patchbay/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf, type Domain, openDomain, TestOrganization } from "./support/domain.ts";
import { plain } from "./support/plugins.ts";

let domain: Domain;
let organization: TestOrganization;
let slug: string;
let owner: TestOrganization["owner"];

beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain.close());
beforeEach(async () => {
  organization = await TestOrganization.create(domain);
  ({ slug, owner } = organization);
});

const roles = async () =>
  (await domain.database.organizations.listMembers(organization.id)).map(({ role }) => role).toSorted();

describe("owners", () => {
  it("are never none: the last one is neither removed nor made anything else", async () => {
    const { id, email } = owner.user;
    expect(await codeOf(domain.organizations.removeMember(owner, slug, id))).toBe("last_owner");
    expect(await codeOf(domain.organizations.setMember(owner, slug, email, "admin"))).toBe("last_owner");
    expect(await roles()).toEqual(["owner"]);
  });

  it("who go at the same time do not all go", async () => {
    const other = await organization.join("owner");
    const left = await Promise.all([
      codeOf(domain.organizations.removeMember(owner, slug, owner.user.id)),
      codeOf(domain.organizations.setMember(other, slug, other.user.email, "viewer")),
    ]);
    expect(left.filter((code) => code === null)).toHaveLength(1);
    expect(await roles()).toContain("owner");
  });

  it("are made and unmade by owners alone", async () => {
    const admin = await organization.join("admin");
    const other = await organization.join("owner");
    const member = await organization.join("member");
    const asked = [
      domain.organizations.setMember(admin, slug, member.user.email, "owner"),
      domain.organizations.setMember(admin, slug, other.user.email, "member"),
      domain.organizations.removeMember(admin, slug, other.user.id),
    ];
    expect(await Promise.all(asked.map(codeOf))).toEqual(["forbidden", "forbidden", "forbidden"]);
    await domain.organizations.setMember(owner, slug, member.user.email, "owner");
    await domain.organizations.removeMember(await organization.again(member), slug, owner.user.id);
    expect(await roles()).toEqual(["admin", "owner", "owner"]);
  });
});

describe("members", () => {
  it("are added and removed by those who administer the organization, whatever project others manage", async () => {
    const manager = await organization.join("member", { web: "manager" });
    const other = await organization.join("member");
    const stranger = (await TestOrganization.create(domain)).owner;
    for (const [who, code] of [
      [manager, "forbidden"],
      [stranger, "organization_not_found"],
    ] as const) {
      expect(await codeOf(domain.organizations.setMember(who, slug, other.user.email, "viewer"))).toBe(code);
      expect(await codeOf(domain.organizations.removeMember(who, slug, other.user.id))).toBe(code);
    }
    expect(await codeOf(domain.organizations.removeMember(owner, slug, stranger.user.id))).toBe(
      "user_not_found",
    );
  });

  it("who leave are in none of its projects any more", async () => {
    const manager = await organization.join("member", { web: "manager" });
    await domain.organizations.removeMember(owner, slug, manager.user.id);
    expect((await organization.again(manager)).memberships).toEqual([]);
    await domain.organizations.setMember(owner, slug, manager.user.email, "member");
    expect((await organization.again(manager)).memberships[0]?.projects.size).toBe(0);
  });

  it("of a project belong to the organization", async () => {
    const stranger = (await TestOrganization.create(domain)).owner;
    const { email } = stranger.user;
    const added = domain.organizations.setProjectMember(owner, slug, "web", email, "member");
    expect(await codeOf(added)).toBe("user_not_found");
  });
});

describe("a project", () => {
  it("is not seen by those who do not belong to it, but for administrators", async () => {
    const member = await organization.join("member", { web: "member" });
    const seen = async (who = member) =>
      (await domain.organizations.listProjects(who, slug)).map((project) => project.slug).toSorted();
    expect(await seen()).toEqual(["web"]);
    expect(await seen(await organization.join("admin"))).toEqual(["app", "default", "web"]);
    expect(await codeOf(domain.organizations.listProjectMembers(member, slug, "app"))).toBe(
      "project_not_found",
    );
  });

  it("goes with all that is about it, and not while a plugin would apply nowhere", async () => {
    const settings = { type: "object", properties: { units: { type: "string" } } };
    await organization.install(plain("acme.both", { manifest: { settings } }), {
      scope: { projects: ["web", "app"] },
    });
    await organization.install(plain("acme.web"), { scope: { projects: ["web"] } });
    await domain.configuration.putSettings(owner, slug, "acme.both", "web", { units: "metric" });
    await expect(domain.organizations.deleteProject(owner, slug, "web")).rejects.toMatchObject({
      code: "project_in_use",
      facts: { plugins: ["acme.web"] },
    });
    expect(
      (await domain.installations.get(owner, slug, "acme.both")).installation.scope.projects,
    ).toHaveLength(2);
    await domain.installer.uninstall(owner, slug, "acme.web", { disable: true });
    await domain.organizations.deleteProject(owner, slug, "web");
    const { installation } = await domain.installations.get(owner, slug, "acme.both");
    expect(installation.scope).toEqual({ projects: ["app"] });
    expect(await domain.database.settings.list(installation.id)).toEqual([]);
  });

  it("is never left in a scope or a setting that is changed at the same moment", async () => {
    const settings = { type: "object", properties: { units: { type: "string" } } };
    const { id } = await organization.install(plain("acme.scoped", { manifest: { settings } }), {
      isOn: false,
    });
    for (let round = 0; round < 4; round += 1) {
      await Promise.all([
        codeOf(domain.configuration.putScope(owner, slug, "acme.scoped", { projects: ["web", "app"] })),
        codeOf(domain.configuration.putSettings(owner, slug, "acme.scoped", "web", { units: "metric" })),
        codeOf(domain.organizations.deleteProject(owner, slug, "web")),
      ]);
      const projects = (await domain.organizations.listProjects(owner, slug)).map((project) => project.slug);
      const { installation } = await domain.installations.get(owner, slug, "acme.scoped");
      const levels = (await domain.database.settings.list(id)).map(({ project }) => project);
      const named = [
        ...(installation.scope.projects === "all" ? [] : installation.scope.projects),
        ...levels,
      ];
      expect(projects).toEqual(expect.arrayContaining(named.filter((one) => one !== null)));
      await domain.configuration.putScope(owner, slug, "acme.scoped", { projects: "all" });
      await codeOf(domain.organizations.createProject(owner, slug, { slug: "web", name: "Web" }));
    }
  });

  it("of one slug is made once", async () => {
    const make = () => codeOf(domain.organizations.createProject(owner, slug, { slug: "new", name: "New" }));
    expect((await Promise.all([make(), make()])).filter((code) => code === null)).toHaveLength(1);
  });
});

describe("an organization", () => {
  it("is made by administrators of the deployment, in person or with a key of all rights", async () => {
    const make = (who = owner) =>
      codeOf(domain.organizations.create(who, { slug: `made-${crypto.randomUUID()}`, name: "Made" }));
    expect(await make()).toBe("forbidden");
    const boss = await organization.join("owner", {}, { deploymentAdmin: true });
    expect(await make(boss)).toBeNull();
    expect(await make(await organization.keyOf(boss, ["org.members.write"]))).toBe("forbidden");
    expect(await make(await organization.keyOf(boss, RIGHTS.slice(1)))).toBe("forbidden");
    expect(await make(await organization.keyOf(boss, RIGHTS))).toBeNull();
  });

  it("has an address of its own", async () => {
    const made = domain.organizations.createFor(owner.user, { slug, name: "Another" });
    expect(await codeOf(made)).toBe("already_exists");
    expect((await organization.again(owner)).memberships).toHaveLength(1);
  });
});
