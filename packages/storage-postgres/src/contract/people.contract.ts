import { randomUUID } from "node:crypto";
import { DEFAULT_POLICY } from "@patchbay/core";
import { beforeEach, describe, expect, it } from "vitest";
import {
  installationOf,
  newInstallation,
  newOrganization,
  newUser,
  refusal,
  type Subject,
  times,
} from "./fixtures.ts";

const T0 = new Date("2026-03-01T12:00:00Z");
const later = (seconds: number): Date => new Date(T0.getTime() + seconds * 1000);

export const describePeople = (subject: () => Subject): void => {
  const accounts = () => subject().database.accounts;
  const organizations = () => subject().database.organizations;

  describe("accounts", () => {
    it("find a person by id and by address in any case", async () => {
      const id = randomUUID();
      const user = await accounts().createUser({
        id,
        email: `Ada-${id}@Example.org`,
        name: "Ada",
        passwordHash: "$argon2id$x",
        deploymentAdmin: true,
        preparedBy: null,
      });
      expect(user).toMatchObject({ id, email: `ada-${id}@example.org`, passwordHash: "$argon2id$x" });
      expect(user.createdAt).toBeInstanceOf(Date);
      expect(await accounts().findUser(id)).toEqual(user);
      expect(await accounts().findUserByEmail(`ADA-${id}@example.ORG`)).toEqual(user);
      expect(await accounts().findUser("nobody")).toBeNull();
      expect(await accounts().hasUsers()).toBe(true);
    });

    it("refuse an address that is taken, and the transaction around goes on", async () => {
      const { email } = await newUser(subject().database);
      const again = {
        id: randomUUID(),
        email: email.toUpperCase(),
        name: "",
        passwordHash: null,
        preparedBy: null,
      };
      await subject().database.transaction(async (stores) => {
        expect(await refusal(stores.accounts.createUser({ ...again, deploymentAdmin: false }))).toBe(
          "already_exists",
        );
        expect(await stores.accounts.findUser(again.id)).toBeNull();
      });
    });

    it("find a person by who they are elsewhere, to the letter", async () => {
      const user = await newUser(subject().database);
      const identity = { issuer: "https://id.example.org", subject: `Abc-${user.id}` };
      expect(await accounts().findUserByIdentity(identity)).toBeNull();
      await accounts().createIdentity(identity, user.id);
      await accounts().createIdentity({ ...identity, issuer: "https://other.example.org" }, user.id);
      expect(await accounts().findUserByIdentity(identity)).toEqual(user);
      for (const other of [
        { ...identity, subject: `abc-${user.id}` },
        { ...identity, subject: `${identity.subject} ` },
        { ...identity, issuer: "https://id.example.org/" },
      ])
        expect(await accounts().findUserByIdentity(other)).toBeNull();
    });

    it("let one of many people be the same elsewhere, and the transaction around goes on", async () => {
      const [ada, eve] = [await newUser(subject().database), await newUser(subject().database)];
      const identity = { issuer: "https://id.example.org", subject: randomUUID() };
      const links = await times(4, (index) =>
        (index % 2 ? subject().other : subject().database).accounts
          .createIdentity(identity, index < 2 ? ada.id : eve.id)
          .then(() => "done")
          .catch((error: unknown) => (error as { code: string }).code),
      );
      expect(links.sort()).toEqual(["already_exists", "already_exists", "already_exists", "done"]);
      await subject().database.transaction(async (stores) => {
        expect(await refusal(stores.accounts.createIdentity(identity, eve.id))).toBe("already_exists");
        expect(await stores.accounts.findUser(eve.id)).toEqual(eve);
      });
    });

    it("know a session until its end", async () => {
      const user = await newUser(subject().database);
      const tokenHash = randomUUID();
      await accounts().createSession({ tokenHash, userId: user.id, expiresAt: later(60) });
      expect(await accounts().findSessionUser(tokenHash, later(59))).toEqual(user);
      expect(await accounts().findSessionUser(tokenHash, later(60))).toBeNull();
      expect(await accounts().sessionEnd(tokenHash)).toEqual(later(60));
      await accounts().deleteSession(tokenHash);
      expect(await accounts().sessionEnd(tokenHash)).toBeNull();
      expect(await accounts().findSessionUser(tokenHash, T0)).toBeNull();
    });

    it("take another password, and end every session of a person but one", async () => {
      const [user, other] = [await newUser(subject().database), await newUser(subject().database)];
      const [here, there, theirs] = [randomUUID(), randomUUID(), randomUUID()];
      for (const [tokenHash, userId] of [
        [here, user.id],
        [there, user.id],
        [theirs, other.id],
      ] as const)
        await accounts().createSession({ tokenHash, userId, expiresAt: later(60) });
      await accounts().setPassword(user.id, "$argon2id$new");
      await accounts().deleteOtherSessions(user.id, here);
      expect(await accounts().findSessionUser(here, T0)).toEqual({ ...user, passwordHash: "$argon2id$new" });
      expect(await accounts().findSessionUser(there, T0)).toBeNull();
      expect(await accounts().findSessionUser(theirs, T0)).toEqual(other);
    });

    it("forget what has expired and keep the rest", async () => {
      const { id: userId } = await newUser(subject().database);
      const [ended, lasting, link, subjectName] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
      await accounts().createSession({ tokenHash: ended, userId, expiresAt: later(10) });
      await accounts().createSession({ tokenHash: lasting, userId, expiresAt: later(30) });
      await accounts().createSetupLink(link, later(10));
      await accounts().countAttempt(subjectName, later(-3 * 24 * 3600), T0);
      await accounts().countAttempt(subjectName, T0, T0);
      await accounts().removeExpired(later(20));
      expect(await accounts().findSessionUser(ended, T0)).toBeNull();
      expect(await accounts().findSessionUser(lasting, T0)).not.toBeNull();
      expect(await accounts().useSetupLink(link, T0)).toBe(false);
      expect(await accounts().countAttempt(subjectName, T0, new Date(0))).toBe(2);
    });

    it("let a set-up link be used once, by one of many at the same time, and not after its end", async () => {
      const [link, late] = [randomUUID(), randomUUID()];
      await accounts().createSetupLink(link, later(60));
      const uses = await times(8, () => accounts().useSetupLink(link, T0));
      expect(uses.filter(Boolean)).toHaveLength(1);
      await accounts().createSetupLink(late, later(60));
      expect(await accounts().useSetupLink(late, later(60))).toBe(false);
    });

    it("let a link set a password once, until its end or the next link", async () => {
      const { id: userId } = await newUser(subject().database);
      const [first, second, late] = [randomUUID(), randomUUID(), randomUUID()];
      const create = (tokenHash: string) =>
        accounts().createPasswordLink({ tokenHash, userId, expiresAt: later(60), madeByKey: null });
      await create(first);
      await create(second);
      expect(await accounts().usePasswordLink(first, T0)).toBeNull();
      expect((await accounts().findPasswordLink(second, T0))?.id).toBe(userId);
      const uses = await times(8, () => accounts().usePasswordLink(second, T0));
      expect(uses.filter((user) => user !== null).map(({ id }) => id)).toEqual([userId]);
      await create(late);
      expect(await accounts().usePasswordLink(late, later(60))).toBeNull();
      await accounts().setPassword(userId, null);
      expect(await accounts().findPasswordLink(late, T0)).toBeNull();
    });

    it("let an invitation be used once, by whom it is for", async () => {
      const [{ id: userId }, other] = [await newUser(subject().database), await newUser(subject().database)];
      const organizationId = await newOrganization(subject().database);
      const tokenHash = randomUUID();
      const invitation = { organizationId, role: "viewer" as const };
      await accounts().createInvitation({
        tokenHash,
        userId,
        expiresAt: later(60),
        madeByKey: null,
        ...invitation,
      });
      expect(await accounts().useInvitation(tokenHash, other.id, T0)).toBeNull();
      expect(await accounts().useInvitation(tokenHash, userId, later(60))).toBeNull();
      expect(await accounts().useInvitation(tokenHash, userId, T0)).toEqual(invitation);
      expect(await accounts().useInvitation(tokenHash, userId, T0)).toBeNull();
    });

    it("remember from where a person has signed in, for a time", async () => {
      const { id: userId } = await newUser(subject().database);
      await accounts().noteNetwork(userId, "203.0.113.7", T0);
      await accounts().noteNetwork(userId, "203.0.113.7", later(10));
      expect(await accounts().knowsNetwork(userId, "203.0.113.7", later(10))).toBe(true);
      expect(await accounts().knowsNetwork(userId, "203.0.113.7", later(11))).toBe(false);
      expect(await accounts().knowsNetwork(userId, "203.0.113.8", T0)).toBe(false);
      await accounts().removeExpired(later(91 * 24 * 3600));
      expect(await accounts().knowsNetwork(userId, "203.0.113.7", T0)).toBe(false);
    });

    it("count attempts one by one even when they come at once, on several nodes", async () => {
      const name = randomUUID();
      await accounts().countAttempt(name, later(-60), later(-100));
      const counts = await times(12, (index) =>
        (index % 2 ? subject().other : subject().database).accounts.countAttempt(name, T0, later(-30)),
      );
      expect(counts.sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
      await accounts().clearAttempts(name);
      expect(await accounts().countAttempt(name, T0, later(-30))).toBe(1);
    });
  });

  describe("API keys", () => {
    let organizationId: string;
    let userId: string;
    beforeEach(async () => {
      organizationId = await newOrganization(subject().database);
      userId = (await newUser(subject().database)).id;
    });

    const newKey = async (expiresAt: Date | null = null, madeByKey: string | null = null) => {
      const tokenHash = randomUUID();
      const key = await accounts().createApiKey({
        id: randomUUID(),
        name: "ci",
        prefix: "pb_abc",
        userId,
        organizationId,
        madeByKey,
        rights: ["org.plugins.read", "org.plugins.use"],
        expiresAt,
        tokenHash,
      });
      return { key, tokenHash };
    };

    it("name their person and rights until their end", async () => {
      const { key, tokenHash } = await newKey(later(60));
      expect(key).not.toHaveProperty("tokenHash");
      const found = await accounts().useApiKey(tokenHash, later(59));
      expect(found?.user.id).toBe(userId);
      expect(found?.key).toEqual({ ...key, lastUsedAt: later(59) });
      expect(await accounts().useApiKey(tokenHash, later(60))).toBeNull();
      expect(await accounts().useApiKey("unknown", T0)).toBeNull();
    });

    it("note their use at most once a minute", async () => {
      const { key, tokenHash } = await newKey();
      const usedAt = async (now: Date) => {
        await accounts().useApiKey(tokenHash, now);
        return (await accounts().findApiKey(organizationId, key.id))?.lastUsedAt;
      };
      expect(key.lastUsedAt).toBeNull();
      expect(await usedAt(T0)).toEqual(T0);
      expect(await usedAt(later(59))).toEqual(T0);
      expect(await usedAt(later(60))).toEqual(later(60));
    });

    it("go with the key that made them, and all nodes hear of each", async () => {
      const { key: maker } = await newKey();
      const { key: made } = await newKey(null, maker.id);
      const { tokenHash } = await newKey(null, made.id);
      const told = Promise.withResolvers<void>();
      const stop = subject().other.changes.subscribe((change) => {
        if (change.kind === "api_key" && change.id === tokenHash) told.resolve();
      });
      await accounts().deleteApiKey(organizationId, maker.id);
      await told.promise;
      stop();
      expect(await accounts().listApiKeys(organizationId)).toEqual([]);
      expect(await accounts().useApiKey(tokenHash, T0)).toBeNull();
    });

    it("are listed, found and deleted in their own organization only", async () => {
      const { key } = await newKey();
      const elsewhere = await newOrganization(subject().database);
      expect(await accounts().listApiKeys(organizationId)).toEqual([key]);
      expect(await accounts().listApiKeys(organizationId, userId)).toEqual([key]);
      expect(await accounts().listApiKeys(organizationId, "somebody")).toEqual([]);
      expect(await accounts().listApiKeys(elsewhere)).toEqual([]);
      await accounts().deleteApiKey(elsewhere, key.id);
      expect(await accounts().findApiKey(elsewhere, key.id)).toBeNull();
      expect(await accounts().findApiKey(organizationId, key.id)).toEqual(key);
      await accounts().deleteApiKey(organizationId, key.id);
      expect(await accounts().findApiKey(organizationId, key.id)).toBeNull();
    });
  });

  describe("organizations", () => {
    it("have the default policy until another is set, which whoever belongs to them is read with", async () => {
      const userId = (await newUser(subject().database)).id;
      const organizationId = await newOrganization(subject().database);
      await organizations().setMember(organizationId, userId, "member");
      expect(await organizations().findPolicy(organizationId)).toEqual(DEFAULT_POLICY);
      const policy = {
        ...DEFAULT_POLICY,
        install: "nobody" as const,
        forbidden: ["a.*"],
        maxGrants: [{ name: "net.fetch" as const, hosts: ["a.example"] }],
      };
      const told = Promise.withResolvers<void>();
      const stop = subject().other.changes.subscribe((change) => {
        if (change.kind === "member" && change.id === userId) told.resolve();
      });
      await organizations().setPolicy(organizationId, policy);
      await told.promise;
      stop();
      expect(await subject().other.organizations.findPolicy(organizationId)).toEqual(policy);
      expect((await subject().other.organizations.membershipsOf(userId))[0]?.policy).toEqual(policy);
    });

    it("are found by slug, which is unique", async () => {
      const id = await newOrganization(subject().database);
      const found = await organizations().findOrganization(`org-${id}`);
      expect(found).toMatchObject({ id, name: "Acme" });
      expect(await organizations().findOrganization("nowhere")).toBeNull();
      const again = { id: randomUUID(), slug: `org-${id}`, name: "Other" };
      expect(await refusal(organizations().createOrganization(again))).toBe("already_exists");
      expect((await organizations().listOrganizations()).map((one) => one.id)).toContain(id);
    });

    it("get other names, and go with their memberships", async () => {
      const { database } = subject();
      const { organizations, installations, settings } = database;
      const organizationId = await newOrganization(database);
      const { id: userId } = await newUser(database);
      const id = randomUUID();
      await organizations.createProject({ id, organizationId, slug: "web", name: "Web" });
      await organizations.setMember(organizationId, userId, "member");
      await organizations.setProjectMember(organizationId, id, userId, "manager");
      expect(await organizations.renameOrganization(organizationId, "New")).toMatchObject({ name: "New" });
      expect(await organizations.renameOrganization(randomUUID(), "New")).toBeNull();
      expect(await organizations.renameProject(organizationId, "web", "New")).toMatchObject({
        id,
        name: "New",
      });
      expect(await organizations.renameProject(organizationId, "app", "New")).toBeNull();
      const mine = await installations.create(installationOf(organizationId));
      const theirs = await newInstallation(database);
      for (const installation of [mine, theirs])
        await settings.put(installation.id, { project: "web", values: { a: 1 }, secrets: {} });
      await settings.put(mine.id, { project: null, values: { a: 2 }, secrets: {} });
      expect(await settings.removeProject(organizationId, "web")).toBe(1);
      expect((await settings.list(mine.id)).map(({ project }) => project)).toEqual([null]);
      expect(await settings.list(theirs.id)).toHaveLength(1);
      expect(await organizations.deleteProject(organizationId, "web")).toBe(true);
      expect(await organizations.deleteProject(organizationId, "web")).toBe(false);
      expect((await organizations.membershipsOf(userId))[0]?.projects).toEqual(new Map());
    });

    it("tell what a person is in each of them and in their projects", async () => {
      const { id: userId, email } = await newUser(subject().database);
      const [first, second] = [
        await newOrganization(subject().database),
        await newOrganization(subject().database),
      ];
      const [project, empty] = [randomUUID(), randomUUID()];
      await organizations().createProject({ id: project, organizationId: first, slug: "web", name: "Web" });
      await organizations().createProject({ id: empty, organizationId: first, slug: "app", name: "App" });
      await organizations().setMember(first, userId, "viewer");
      await organizations().setMember(first, userId, "member");
      await organizations().setMember(second, userId, "owner");
      await organizations().setProjectMember(first, project, userId, "member");
      await organizations().setProjectMember(first, project, userId, "manager");
      const memberships = await organizations().membershipsOf(userId);
      const slugs = memberships.map(({ organization }) => organization.slug);
      expect(slugs).toEqual([...slugs].sort());
      const of = (id: string) => memberships.find(({ organization }) => organization.id === id);
      expect(of(first)).toMatchObject({ role: "member", projects: new Map([["web", "manager"]]) });
      expect(of(second)).toMatchObject({ role: "owner", projects: new Map() });
      const listed = { userId, email, name: "Ada" };
      expect(await organizations().listMembers(first)).toEqual([{ ...listed, role: "member" }]);
      expect(await organizations().listProjectMembers(first, project)).toEqual([
        { ...listed, role: "manager" },
      ]);
      expect(await organizations().listProjectMembers(second, project)).toEqual([]);
    });

    it("take a member who leaves out of their projects", async () => {
      const { id: userId } = await newUser(subject().database);
      const organizationId = await newOrganization(subject().database);
      const project = randomUUID();
      await organizations().createProject({ id: project, organizationId, slug: "web", name: "Web" });
      await organizations().setMember(organizationId, userId, "member");
      await organizations().setProjectMember(organizationId, project, userId, "member");
      await organizations().removeMember(organizationId, userId);
      expect(await organizations().membershipsOf(userId)).toEqual([]);
      await organizations().setMember(organizationId, userId, "member");
      expect(await organizations().listProjectMembers(organizationId, project)).toEqual([]);
    });

    it("keep projects by slug, and strangers and other organizations out of them", async () => {
      const { id: userId } = await newUser(subject().database);
      const [mine, theirs] = [
        await newOrganization(subject().database),
        await newOrganization(subject().database),
      ];
      const project = { id: randomUUID(), organizationId: theirs, slug: "web", name: "Web" };
      await organizations().createProject(project);
      await organizations().createProject({ ...project, id: randomUUID(), organizationId: mine });
      expect(await refusal(organizations().createProject({ ...project, id: randomUUID() }))).toBe(
        "already_exists",
      );
      expect(await organizations().findProject(theirs, "web")).toMatchObject(project);
      expect(await organizations().findProject(theirs, "app")).toBeNull();
      expect(await organizations().listProjects(theirs)).toHaveLength(1);
      await organizations().setMember(mine, userId, "member");
      const put = (organizationId: string) =>
        refusal(organizations().setProjectMember(organizationId, project.id, userId, "member"));
      expect(await put(mine)).toBe("project_not_found");
      expect(await put(theirs)).toBe("user_not_found");
    });

    it("let two transactions decide about their members one after the other", async () => {
      const organizationId = await newOrganization(subject().database);
      const people = [await newUser(subject().database), await newUser(subject().database)];
      for (const { id } of people) await organizations().setMember(organizationId, id, "owner");
      await Promise.all(
        people.map(({ id }, index) =>
          (index ? subject().other : subject().database).transaction(async (stores) => {
            const members = await stores.organizations.listMembers(organizationId);
            if (members.length > 1) await stores.organizations.removeMember(organizationId, id);
          }),
        ),
      );
      expect(await organizations().listMembers(organizationId)).toHaveLength(1);
    });
  });
};
