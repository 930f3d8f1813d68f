import { randomUUID } from "node:crypto";
import { type Change, type Database, DEFAULT_POLICY } from "@patchbay/core";
import { describe, expect, it } from "vitest";
import { newInstallation, newOrganization, newUser, packageOf, type Subject } from "./fixtures.ts";

/** Enough for a change that is told a moment later to be missed. */
const ROUNDS = 50;

export const describeChanges = (subject: () => Subject): void => {
  /** All that the other node hears of `work`, in order. An installation of the suite's own marks its begin and its end. */
  const heard = async (work: (database: Database) => Promise<void>): Promise<Change[]> => {
    const { database, other } = subject();
    const changes: Change[] = [];
    const unsubscribe = other.changes.subscribe((change) => changes.push(change));
    const { id: marker } = await newInstallation(database);
    const isMarker = (change: Change) => change.kind === "installation" && change.id === marker;
    const markers = () => changes.filter(isMarker).length;
    await expect.poll(markers, { timeout: 10_000 }).toBe(1);
    await work(database);
    await database.installations.remove(marker, 1);
    await expect.poll(markers, { timeout: 10_000 }).toBe(2);
    unsubscribe();
    return changes.slice(changes.findIndex(isMarker) + 1, changes.findLastIndex(isMarker));
  };

  describe("changes", () => {
    it("of installations and settings reach every node with their ids", async () => {
      const { id } = await newInstallation(subject().database);
      const changes = await heard(async ({ installations, settings }) => {
        await settings.put(id, { project: null, values: { a: "\0" }, secrets: {} });
        await installations.change(id, 1, {
          lastError: { code: "internal", message: "\0", at: "", see: "" },
        });
        await settings.reset(id, null);
        await installations.remove(id, 2);
      });
      const kinds = changes.filter((change) => "id" in change && change.id === id).map(({ kind }) => kind);
      expect(kinds).toEqual(["settings", "installation", "settings", "installation"]);
    });

    it("of memberships, keys and sessions reach every node, and uses of a key do not", async () => {
      const { database } = subject();
      const organizationId = await newOrganization(database);
      const { id: userId } = await newUser(database);
      const [project, key, session] = [randomUUID(), randomUUID(), randomUUID()];
      await database.organizations.createProject({ id: project, organizationId, slug: "web", name: "Web" });
      const changes = await heard(async ({ accounts, organizations }) => {
        await organizations.setMember(organizationId, userId, "member");
        await organizations.setProjectMember(organizationId, project, userId, "member");
        await accounts.createApiKey({
          id: key,
          tokenHash: key,
          name: "",
          prefix: "",
          userId,
          organizationId,
          madeByKey: null,
          rights: [],
          expiresAt: null,
        });
        await accounts.useApiKey(key, new Date());
        await accounts.deleteApiKey(organizationId, key);
        await accounts.createSession({ tokenHash: session, userId, expiresAt: new Date() });
        await accounts.deleteSession(session);
        await organizations.removeProjectMember(organizationId, project, userId);
        await organizations.removeMember(organizationId, userId);
      });
      const mine = changes.filter((change) => "id" in change && [userId, key, session].includes(change.id));
      const member = { kind: "member", id: userId, organizationId };
      const apiKey = { kind: "api_key", id: key, organizationId, userId };
      expect(mine).toEqual([
        ...[member, member, apiKey, apiKey],
        { kind: "session", id: session },
        ...[member, member],
      ]);
    });

    it("say where they happened, and what of an installation is another", async () => {
      const { database } = subject();
      const { id, organizationId, pluginId } = await newInstallation(database);
      const project = randomUUID();
      const changes = await heard(async ({ catalog, installations, organizations, settings }) => {
        await settings.put(id, { project: "web", values: {}, secrets: {} });
        const grants = [{ name: "storage.scoped" }] as const;
        await installations.change(id, 1, { grants, scope: { projects: ["web"] } });
        await organizations.createProject({ id: project, organizationId, slug: "web", name: "Web" });
        await catalog.addVersion(packageOf({ pluginId, organizationId }));
        await catalog.addVersion(packageOf({ pluginId }));
      });
      const place = { organizationId, pluginId };
      expect(changes.filter((change) => "id" in change && change.pluginId === pluginId)).toEqual([
        { kind: "settings", id, ...place, project: "web" },
        { kind: "installation", id, ...place, aspects: ["grants", "scope"] },
        { kind: "catalog", id: expect.any(String), ...place },
        { kind: "catalog", id: expect.any(String), pluginId },
      ]);
      expect(changes).toContainEqual({ kind: "project", id: project, organizationId, project: "web" });
    });

    it("are told after they were committed, and not at all when they were not", async () => {
      const [kept, undone] = [
        await newInstallation(subject().database),
        await newInstallation(subject().database),
      ];
      const states: string[] = [];
      const unsubscribe = subject().other.changes.subscribe(async (change) => {
        if (change.kind !== "installation" || change.id !== kept.id) return;
        states.push((await subject().other.installations.findById(kept.id))?.state ?? "gone");
      });
      const changes = await heard(async (database) => {
        await database.transaction(async ({ installations }) => {
          await installations.change(kept.id, 1, { state: "enabling" });
          await installations.change(kept.id, 2, { state: "enabled" });
        });
        const failing = database.transaction(async ({ installations }) => {
          await installations.change(undone.id, 1, { state: "enabled" });
          throw new Error("changed my mind");
        });
        await expect(failing).rejects.toThrow("changed my mind");
      });
      await expect.poll(() => states).toContain("enabled");
      unsubscribe();
      expect(states).not.toContain("enabling");
      expect(changes.filter((change) => "id" in change && change.id === undone.id)).toEqual([]);
      expect((await subject().database.installations.findById(undone.id))?.state).toBe("disabled");
    });

    it("of a transaction are told where it was made before it comes back", async () => {
      const { database } = subject();
      const organizationId = await newOrganization(database);
      const { id: userId } = await newUser(database);
      await database.organizations.setMember(organizationId, userId, "member");
      const told: Change[] = [];
      const unsubscribe = database.changes.subscribe((change) => told.push(change));
      for (let round = 1; round <= ROUNDS; round += 1) {
        const required = [`acme.round-${round}`];
        await database.transaction(async ({ organizations }) => {
          await organizations.setPolicy(organizationId, { ...DEFAULT_POLICY, required });
        });
        const own = told.filter((change) => "id" in change && change.id === userId);
        expect(own.length).toBeGreaterThanOrEqual(round);
      }
      unsubscribe();
    });

    it("are everything after the connection was lost, and are told again", async () => {
      const { database, other } = subject();
      const changes: Change[] = [];
      const unsubscribe = other.changes.subscribe((change) => changes.push(change));
      const throwing = other.changes.subscribe(() => {
        throw new Error("a listener's fault is its own");
      });
      await subject().breakChangeFeeds();
      await expect.poll(() => changes, { timeout: 15_000 }).toContainEqual({ kind: "everything" });
      const { id } = await newInstallation(database);
      await expect
        .poll(() => changes, { timeout: 5_000 })
        .toContainEqual(expect.objectContaining({ kind: "installation", id }));
      throwing();
      unsubscribe();
    });
  });
};
