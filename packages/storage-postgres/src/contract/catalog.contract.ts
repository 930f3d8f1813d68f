import { randomUUID } from "node:crypto";
import type { CatalogQuery } from "@patchbay/core";
import { describe, expect, it } from "vitest";
import { installationOf, newOrganization, packageOf, refusal, type Subject, times } from "./fixtures.ts";

export const describeCatalog = (subject: () => Subject): void => {
  const catalog = () => subject().database.catalog;

  describe("the catalog", () => {
    it("gives a version back as it was added, manifest and all", async () => {
      const organizationId = await newOrganization(subject().database);
      const about = { description: "nul \0, quote ', %_\\", zebra: 1, apple: 2 } as Record<string, unknown>;
      const icon = { digest: "c".repeat(64), type: "image/png" };
      const added = packageOf({ organizationId, about, icon, readmeDigest: "d".repeat(64) });
      const { version, created } = await catalog().addVersion(added);
      expect(created).toBe(true);
      expect(version).toEqual({ ...added, createdAt: expect.any(Date) });
      const found = await catalog().findVersion(organizationId, added.pluginId, "1.0.0");
      expect(found).toEqual(version);
      expect(Object.keys(found?.manifest ?? {})).toEqual(Object.keys(added.manifest));
    });

    it("takes the same version again with the same content only", async () => {
      for (const organizationId of [null, await newOrganization(subject().database)]) {
        const one = packageOf({ organizationId });
        const { version } = await catalog().addVersion(one);
        expect(await catalog().addVersion({ ...one, id: randomUUID() })).toEqual({ version, created: false });
        const other = { ...one, id: randomUUID(), digest: "b".repeat(64) };
        expect(await refusal(catalog().addVersion(other))).toBe("version_exists");
      }
    });

    it("tells of all that is installed which version it is and which is the newest", async () => {
      const { database } = subject();
      const [mine, theirs] = [await newOrganization(database), await newOrganization(database)];
      const add = (pluginId: string, version: string, organizationId: string | null = mine) =>
        catalog().addVersion(packageOf({ pluginId, version, organizationId }));
      const [old, current, shared] = ["old", "current", "shared"].map(
        (name) => `${name}-${randomUUID()}`,
      ) as [string, string, string];
      for (const version of ["1.0.0", "1.9.0", "1.10.0"]) await add(old, version);
      await add(old, "2.0.0", theirs);
      await add(current, "1.0.0");
      await add(shared, "1.0.0");
      await add(shared, "1.1.0", null);
      await add(`plugin-${randomUUID()}`, "1.0.0");
      for (const pluginId of [old, current, shared])
        await database.installations.create(installationOf(mine, pluginId));
      const installed = await catalog().listInstalled(mine);
      const versions = [...installed].map(([id, found]) => [id, found.map(({ version }) => version)]);
      expect(Object.fromEntries(versions)).toEqual({
        [old]: ["1.10.0", "1.0.0"],
        [current]: ["1.0.0"],
        [shared]: ["1.1.0", "1.0.0"],
      });
      expect(installed.get(current)?.[0]).toEqual(await catalog().findVersion(mine, current, "1.0.0"));
      expect(await catalog().listInstalled(theirs)).toEqual(new Map());
    });

    it("adds a version once when many bring it at the same time", async () => {
      const one = packageOf({});
      const added = await times(8, () => catalog().addVersion({ ...one, id: randomUUID() }));
      expect(added.filter(({ created }) => created)).toHaveLength(1);
      expect(new Set(added.map(({ version }) => version.id)).size).toBe(1);
    });

    it("shows an organization its own and the system's packages, nobody else's", async () => {
      const [mine, theirs] = [
        await newOrganization(subject().database),
        await newOrganization(subject().database),
      ];
      const own = packageOf({ organizationId: mine });
      const system = packageOf({});
      for (const one of [own, system]) await catalog().addVersion(one);
      const sees = async (organizationId: string, pluginId: string) => ({
        found: (await catalog().findVersion(organizationId, pluginId, "1.0.0")) !== null,
        listed: (await catalog().listVersions(organizationId, pluginId)).length,
        searched: (await catalog().search(organizationId, { q: pluginId, limit: 5 })).items.length,
      });
      expect(await sees(mine, own.pluginId)).toEqual({ found: true, listed: 1, searched: 1 });
      expect(await sees(theirs, own.pluginId)).toEqual({ found: false, listed: 0, searched: 0 });
      expect(await sees(theirs, system.pluginId)).toEqual({ found: true, listed: 1, searched: 1 });
      expect(await catalog().isSystemPlugin(system.pluginId)).toBe(true);
      expect(await catalog().isSystemPlugin(own.pluginId)).toBe(false);
    });

    it("knows a user-interface bundle by its digest, and other digests not", async () => {
      const uiDigest = randomUUID().replaceAll("-", "").repeat(2);
      const digest = randomUUID().replaceAll("-", "").repeat(2);
      expect(await catalog().isUiBundle(uiDigest)).toBe(false);
      await catalog().addVersion(packageOf({ uiDigest, digest }));
      expect(await catalog().isUiBundle(uiDigest)).toBe(true);
      expect(await catalog().isUiBundle(digest)).toBe(false);
    });

    it("lists versions newest first and shows a pre-release only where there is nothing else", async () => {
      const organizationId = await newOrganization(subject().database);
      const pluginId = `plugin-${randomUUID()}`;
      const add = (version: string) => catalog().addVersion(packageOf({ organizationId, pluginId, version }));
      const shown = async () =>
        (await catalog().search(organizationId, { q: pluginId, limit: 5 })).items.map((one) => one.version);
      for (const version of ["2.0.0-beta.2", "2.0.0-beta.10"]) await add(version);
      expect(await shown()).toEqual(["2.0.0-beta.10"]);
      for (const version of ["1.9.0", "1.10.0", "0.100.1"]) await add(version);
      expect(await shown()).toEqual(["1.10.0"]);
      const versions = await catalog().listVersions(organizationId, pluginId);
      expect(versions.map((one) => one.version)).toEqual([
        "2.0.0-beta.10",
        "2.0.0-beta.2",
        "1.10.0",
        "1.9.0",
        "0.100.1",
      ]);
    });

    it("finds plugins by all words, wherever they occur, and takes signs literally", async () => {
      const organizationId = await newOrganization(subject().database);
      const mark = randomUUID();
      const about = {
        name: "Straße 100%",
        description: `Translates ${mark}`,
        author: { name: "Grace Höpper" },
        keywords: ["under_score", "back\\slash"],
      };
      const { pluginId } = (await catalog().addVersion(packageOf({ organizationId, about }))).version;
      const finds = async (q: string) => {
        const { items } = await catalog().search(organizationId, { q: `${mark} ${q}`, limit: 5 });
        return items.some((one) => one.pluginId === pluginId);
      };
      for (const q of [
        "",
        "  TRANSLATES  grace",
        "HÖPPER straße",
        "100%",
        "under_score",
        "back\\slash",
        pluginId,
      ])
        expect([q, await finds(q)]).toEqual([q, true]);
      for (const q of ["translates turing", "1__%", "underXscore", "%", "'; drop table users; --"])
        expect([q, await finds(q)]).toEqual([q, q === "%"]);
    });

    it("narrows by category, source and badge", async () => {
      const organizationId = await newOrganization(subject().database);
      const about = { category: "data" } as const;
      await catalog().addVersion(packageOf({ organizationId, source: "directory", badge: "partner", about }));
      const count = async (query: Partial<CatalogQuery>) =>
        (await catalog().search(organizationId, { badge: "partner", limit: 5, ...query })).items.length;
      expect(await count({ category: about.category, source: "directory" })).toBe(1);
      expect(await count({ category: "model" })).toBe(0);
      expect(await count({ source: "builtin" })).toBe(0);
      expect(await count({ badge: "official" })).toBe(0);
    });

    it("pages through plugins by id, each once, and refuses a cursor that it did not give out", async () => {
      const organizationId = await newOrganization(subject().database);
      const mark = randomUUID();
      const ids = [1, 2, 3, 4, 5].map((index) => `p${index}-${mark}`);
      for (const pluginId of [...ids].reverse()) {
        for (const version of ["1.0.0", "1.1.0"])
          await catalog().addVersion(packageOf({ organizationId, pluginId, version }));
      }
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await catalog().search(organizationId, { q: mark, limit: 2, ...(cursor && { cursor }) });
        seen.push(...page.items.map((one) => one.pluginId));
        cursor = page.cursor;
      } while (cursor !== undefined);
      expect(seen).toEqual(ids);
      for (const bad of ["", "!", "AA", "a b"])
        expect(await refusal(catalog().search(organizationId, { limit: 2, cursor: bad }))).toBe(
          "invalid_request",
        );
    });

    it("lists the newest built-in version of each built-in plugin", async () => {
      const pluginId = `builtin-${randomUUID()}`;
      for (const version of ["1.2.0", "1.10.0", "1.9.0"])
        await catalog().addVersion(packageOf({ pluginId, version, source: "builtin", badge: "builtin" }));
      await catalog().addVersion(packageOf({ pluginId: `other-${pluginId}` }));
      const builtins = (await catalog().listBuiltins()).filter((one) => one.pluginId.endsWith(pluginId));
      expect(builtins.map((one) => one.version)).toEqual(["1.10.0"]);
    });
  });
};
