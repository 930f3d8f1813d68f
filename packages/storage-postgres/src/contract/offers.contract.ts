import { randomUUID } from "node:crypto";
import type { Offer } from "@patchbay/core";
import { describe, expect, it } from "vitest";
import { installationOf, newOrganization, packageOf, type Subject } from "./fixtures.ts";

const T0 = new Date("2026-03-01T12:00:00Z");

export const describeOffers = (subject: () => Subject): void => {
  const offers = () => subject().database.offers;
  const offerOf = (change: Partial<Offer>): Offer => ({
    organizationId: null,
    source: "marketplace",
    place: "https://market.example/registry/v1",
    pluginId: "acme.maps",
    version: "1.0.0",
    badge: "community",
    digest: "b".repeat(64),
    sizeBytes: 1_000,
    manifest: packageOf({ pluginId: "acme.maps" }).manifest,
    yanked: null,
    publishedAt: T0,
    seenAt: T0,
    ...change,
  });
  const newId = () => `acme.p${randomUUID()}`;

  describe("offers", () => {
    it("come back as they were seen, newest version first", async () => {
      const pluginId = newId();
      const id = await newOrganization(subject().database);
      const of = offerOf({ pluginId });
      const all = ["1.9.0", "1.10.0", "1.10.0-rc.1"].map((version) => offerOf({ pluginId, version }));
      await offers().replace(of, all);
      const found = await offers().list(id, [pluginId]);
      expect(found.map(({ version }) => version)).toEqual(["1.10.0", "1.10.0-rc.1", "1.9.0"]);
      expect(found[0]).toEqual(all[1]);
      expect(await offers().list(id, [])).toEqual([]);
    });

    it("are replaced as a whole, and only those of the same place", async () => {
      const pluginId = newId();
      const id = await newOrganization(subject().database);
      const other = offerOf({ pluginId, place: "https://other.example/registry/v1", version: "3.0.0" });
      await offers().replace(other, [other]);
      await offers().replace(offerOf({ pluginId }), [
        offerOf({ pluginId }),
        offerOf({ pluginId, version: "2.0.0" }),
      ]);
      await offers().replace(offerOf({ pluginId }), [offerOf({ pluginId, yanked: "It breaks." })]);
      const found = await offers().list(id, [pluginId]);
      expect(found.map(({ version, yanked }) => [version, yanked])).toEqual([
        ["3.0.0", null],
        ["1.0.0", "It breaks."],
      ]);
    });

    it("of a private place are seen by its organization alone", async () => {
      const pluginId = newId();
      const [mine, others] = [
        await newOrganization(subject().database),
        await newOrganization(subject().database),
      ];
      const private_ = {
        source: "github",
        place: "acme/maps",
        digest: null,
        sizeBytes: null,
        manifest: null,
      } as const;
      const offer = offerOf({ pluginId, organizationId: mine, ...private_ });
      await offers().replace(offer, [offer]);
      expect(await offers().list(mine, [pluginId])).toEqual([offer]);
      expect(await offers().list(others, [pluginId])).toEqual([]);
    });

    it("are looked for where installed plugins were got, and forgotten when none is left", async () => {
      const { database } = subject();
      const [market, github, uploaded, gone] = [newId(), newId(), newId(), newId()];
      const organization = await newOrganization(database);
      const install = async (pluginId: string, row: Parameters<typeof packageOf>[0]) => {
        await database.catalog.addVersion(packageOf({ pluginId, organizationId: organization, ...row }));
        return await database.installations.create(installationOf(organization, pluginId));
      };
      await install(market, { source: "marketplace", origin: { marketplace: "https://m.example" } });
      await install(github, { source: "github", origin: { repository: "acme/maps", tag: "v1.0.0" } });
      await install(uploaded, { source: "upload" });
      const watched = (await offers().listWatched()).filter(({ pluginId }) =>
        [market, github, uploaded].includes(pluginId),
      );
      expect(watched).toEqual([
        { organizationId: organization, source: "github", place: "acme/maps", pluginId: github },
        { organizationId: null, source: "marketplace", place: "https://m.example", pluginId: market },
      ]);
      for (const pluginId of [market, gone])
        await offers().replace(offerOf({ pluginId }), [offerOf({ pluginId })]);
      await offers().removeOlder(new Date(T0.getTime() + 1));
      const left = await offers().list(organization, [market, gone]);
      expect(left.map(({ pluginId }) => pluginId)).toEqual([market]);
    });
  });

  describe("tokens of sources", () => {
    it("are one for each organization, which a new one replaces", async () => {
      const tokens = subject().database.sourceTokens;
      const id = await newOrganization(subject().database);
      expect(await tokens.find(id, "github")).toBeNull();
      await tokens.put(id, "github", "sealed 1");
      await tokens.put(id, "github", "sealed 2");
      expect(await tokens.find(id, "github")).toBe("sealed 2");
      expect([await tokens.remove(id, "github"), await tokens.remove(id, "github")]).toEqual([true, false]);
    });
  });
};
