import { createHash, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { installationOf, newOrganization, packageOf, refusal, type Subject } from "./fixtures.ts";

const LONG_AGO = new Date(0);
/** Later than any claim: as if the grace time were over. */
const later = (): Date => new Date(Date.now() + 3_600_000);
const newDigest = (): string => createHash("sha256").update(randomUUID()).digest("hex");

export const describeArtifacts = (subject: () => Subject): void => {
  const database = () => subject().database;

  /** What goes of all that is unreferenced. */
  const collect = async (before = later(), from = database()): Promise<string[]> => {
    const removed: string[] = [];
    await from.artifacts.collect(before, 1_000, async (digest) => void removed.push(digest));
    return removed;
  };
  const claimed = async (): Promise<string> => {
    const digest = newDigest();
    await database().artifacts.claim(digest);
    return digest;
  };

  describe("the index of artifacts", () => {
    it("gives up what no package names, once its time is over, and forgets it", async () => {
      const { artifacts, catalog } = database();
      await collect();
      const [digest, script, ui, readme, changelog, icon] = await Promise.all([
        claimed(),
        claimed(),
        claimed(),
        claimed(),
        claimed(),
        claimed(),
      ]);
      const unnamed = await claimed();
      await catalog.addVersion(
        packageOf({
          digest,
          scriptDigest: script,
          uiDigest: ui,
          readmeDigest: readme,
          changelogDigest: changelog,
          icon: { digest: icon, type: "image/png" },
        }),
      );
      expect(await artifacts.countUnreferenced(LONG_AGO)).toBe(0);
      expect(await collect(LONG_AGO)).toEqual([]);
      expect(await artifacts.countUnreferenced(later())).toBe(1);
      expect(await collect()).toEqual([unnamed]);
      expect(await collect()).toEqual([]);
      const referenced = await artifacts.listReferenced();
      expect(referenced).toEqual(expect.arrayContaining([digest, script, ui, readme, changelog, icon]));
      expect(new Set(referenced).size).toBe(referenced.length);
    });

    it("keeps track of what could not be removed", async () => {
      await collect();
      const digest = await claimed();
      const failing = database().artifacts.collect(later(), 10, async () => {
        throw new Error("down");
      });
      await expect(failing).rejects.toThrow("down");
      expect(await collect()).toEqual([digest]);
    });

    it("has whoever stores the same bytes wait for a removal under way, and spares what was claimed anew", async () => {
      await collect();
      const digest = await claimed();
      const order: string[] = [];
      let claiming: Promise<void> | undefined;
      await database().artifacts.collect(later(), 10, async () => {
        claiming = subject()
          .other.artifacts.claim(digest)
          .then(() => void order.push("claimed"));
        await new Promise((resolve) => setTimeout(resolve, 200));
        order.push("removed");
      });
      await claiming;
      expect(order).toEqual(["removed", "claimed"]);
      expect(await collect(new Date(Date.now() - 60_000))).toEqual([]);
      expect(await collect()).toEqual([digest]);
    });

    it("gives nodes that collect at the same time different artifacts", async () => {
      await collect();
      const digests = await Promise.all(Array.from({ length: 30 }, claimed));
      const { database: one, other: two } = subject();
      const removed: string[] = [];
      const slowly = async (digest: string) => {
        removed.push(digest);
        await new Promise((resolve) => setTimeout(resolve, 5));
      };
      await Promise.all([one, two].map((node) => node.artifacts.collect(later(), 20, slowly)));
      await Promise.all([one, two].map((node) => node.artifacts.collect(later(), 20, slowly)));
      expect(removed.toSorted()).toEqual(digests.toSorted());
    });

    it("knows what enabled installations need, each artifact once", async () => {
      const { artifacts, catalog, installations } = database();
      const organizationId = await newOrganization(database());
      const [scriptDigest, uiDigest, old] = [newDigest(), newDigest(), newDigest()];
      const pluginId = `plugin-${randomUUID()}`;
      const own = { organizationId, pluginId };
      await catalog.addVersion(packageOf({ ...own, scriptDigest: old }));
      await catalog.addVersion(packageOf({ ...own, version: "1.1.0", scriptDigest, uiDigest }));
      const created = await installations.create({
        ...installationOf(organizationId, pluginId),
        version: "1.1.0",
      });
      const needed = async () =>
        (await artifacts.listNeeded())
          .filter((one) => one.pluginId === pluginId)
          .map(({ digest: _, ...one }) => one);
      expect(await needed()).toEqual([]);
      await installations.change(created.id, created.revision, { state: "enabled" });
      expect((await needed()).toSorted((a, b) => a.part.localeCompare(b.part))).toEqual([
        { pluginId, version: "1.1.0", part: "script" },
        { pluginId, version: "1.1.0", part: "views" },
      ]);
    });
  });

  describe("old versions", () => {
    const VERSIONS = [
      "1.0.0",
      "1.1.0",
      "1.2.0",
      "1.10.0",
      "2.0.0-beta.1",
      "2.0.0-beta.2",
      "2.0.0-beta.3",
      "1.3.0",
    ];
    const withVersions = async () => {
      const organizationId = await newOrganization(database());
      const pluginId = `plugin-${randomUUID()}`;
      for (const version of VERSIONS)
        await database().catalog.addVersion(packageOf({ organizationId, pluginId, version }));
      const left = async () =>
        (await database().catalog.listVersions(organizationId, pluginId)).map((one) => one.version);
      return { organizationId, pluginId, left };
    };
    const remove = async (before = later()) => await database().catalog.removeSuperseded(3, before, 1_000);

    it("go, except the newest three and the newest three of those that are no pre-releases", async () => {
      const { organizationId, pluginId, left } = await withVersions();
      expect(await database().catalog.countSuperseded(3, LONG_AGO)).toBe(0);
      expect(await remove(LONG_AGO)).toEqual([]);
      expect(await database().catalog.countSuperseded(3, later())).toBeGreaterThanOrEqual(2);
      const removed = (await remove()).filter((one) => one.organizationId === organizationId);
      expect(removed.map((one) => [one.pluginId, one.version]).toSorted()).toEqual([
        [pluginId, "1.0.0"],
        [pluginId, "1.1.0"],
      ]);
      expect(await left()).toEqual([
        "2.0.0-beta.3",
        "2.0.0-beta.2",
        "2.0.0-beta.1",
        "1.10.0",
        "1.3.0",
        "1.2.0",
      ]);
      expect(await database().catalog.countSuperseded(3, later())).toBe(0);
    });

    it("stay while an installation runs them, is about to or can go back to them", async () => {
      const { organizationId, pluginId, left } = await withVersions();
      for (const version of ["0.7.0", "0.8.0", "0.9.0"])
        await database().catalog.addVersion(packageOf({ organizationId, pluginId, version }));
      const { id, revision } = await database().installations.create({
        ...installationOf(organizationId, pluginId),
        version: "0.7.0",
        previous: { version: "0.8.0", grants: [] },
        transition: {
          kind: "update",
          toVersion: "0.9.0",
          grants: [],
          nodeId: "n",
          wasEnabled: true,
          startedAt: new Date().toISOString(),
        },
      });
      await remove();
      expect(await left()).toEqual(expect.arrayContaining(["0.7.0", "0.8.0", "0.9.0"]));
      expect(await left()).not.toContain("1.0.0");
      await database().installations.change(id, revision, { version: "1.10.0", transition: null });
      await remove();
      expect(await left()).toContain("0.8.0");
      expect(await left()).not.toContain("0.7.0");
    });

    it("of the system stay for an installation in any organization, others' do not", async () => {
      const [one, two] = [await newOrganization(database()), await newOrganization(database())];
      const [shared, own] = [`plugin-${randomUUID()}`, `plugin-${randomUUID()}`];
      for (const version of ["1.0.0", "1.1.0", "1.2.0", "1.3.0"]) {
        await database().catalog.addVersion(packageOf({ organizationId: null, pluginId: shared, version }));
        await database().catalog.addVersion(packageOf({ organizationId: one, pluginId: own, version }));
      }
      for (const pluginId of [shared, own])
        await database().installations.create(installationOf(two, pluginId));
      await remove();
      const { catalog } = database();
      expect(await catalog.findVersion(one, shared, "1.0.0")).not.toBeNull();
      expect(await catalog.findVersion(one, own, "1.0.0")).toBeNull();
    });

    it("are either held for who is about to install them, or gone for good", async () => {
      const { organizationId, pluginId, left } = await withVersions();
      const hold = (from = database()) =>
        from.transaction(async ({ catalog, installations }) => {
          await catalog.holdVersion(organizationId, pluginId, "1.0.0");
          // While it is held and the installation is not yet to be seen:
          await remove();
          await installations.create({ ...installationOf(organizationId, pluginId), version: "1.0.0" });
        });
      await hold(subject().other);
      expect(await left()).toContain("1.0.0");
      await remove();
      expect(await left()).toContain("1.0.0");
      const gone = database().transaction(({ catalog }) =>
        catalog.holdVersion(organizationId, pluginId, "1.1.0"),
      );
      expect(await refusal(gone)).toBe("package_not_found");
    });
  });
};
