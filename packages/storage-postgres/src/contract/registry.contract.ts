import { randomUUID } from "node:crypto";
import type { Change, RegistryVersion } from "@patchbay/core";
import type { Manifest } from "@patchbay/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import { newUser, packageOf, refusal, type Subject, times } from "./fixtures.ts";

export const describeRegistry = (subject: () => Subject): void => {
  const registry = () => subject().database.registry;
  const versionOf = (
    pluginId: string,
    version: string,
    about: Partial<Manifest> = {},
    rest: Partial<RegistryVersion> = {},
  ): Omit<RegistryVersion, "publishedAt" | "yanked"> => ({
    manifest: packageOf({ pluginId, version, about }).manifest,
    digest: "a".repeat(64),
    sizeBytes: 1_000,
    readmeDigest: null,
    changelogDigest: null,
    icon: null,
    signedBy: null,
    ...rest,
  });
  const add = (version: ReturnType<typeof versionOf>) =>
    subject().database.transaction((stores) => stores.registry.packages.addVersion(version, "community"));
  const newPublisher = async (publisher = `p${randomUUID().slice(0, 8)}`) => {
    await registry().publishers.create({
      publisher,
      name: "Acme \u00e9",
      url: null,
      ownerId: null,
      challenge: "c",
      proofs: [],
    });
    return publisher;
  };

  describe("the registry's publishers", () => {
    it("exist once, gather proofs, and are told to all nodes", async () => {
      const { id: ownerId } = await newUser(subject().database);
      const publisher = await newPublisher();
      expect(await refusal(newPublisher(publisher))).toBe("already_exists");
      const changes: Change[] = [];
      const stop = subject().other.changes.subscribe((change) => changes.push(change));
      const proof = { kind: "dns", domain: "acme.example", at: "2026-01-01T00:00:00.000Z" } as const;
      await registry().publishers.addProof(publisher, proof);
      await registry().publishers.addProof(publisher, { kind: "operator", at: proof.at });
      const later = { ...proof, at: "2026-02-01T00:00:00.000Z" };
      await registry().publishers.addProof(publisher, later);
      expect((await registry().publishers.find(publisher))?.proofs).toEqual([
        { kind: "operator", at: proof.at },
        later,
      ]);
      await expect.poll(() => changes).toContainEqual({ kind: "registry", id: `publishers/${publisher}` });
      stop();
      expect(await registry().publishers.listOwned(ownerId)).toEqual([]);
      expect(await registry().publishers.find("nobody")).toBeNull();
    });

    it("have keys, which are revoked once and can only get worse", async () => {
      const publisher = await newPublisher();
      const key = { keyId: "1".repeat(64), publicKey: "AAAA", createdAt: "2026-01-01T00:00:00.000Z" };
      await registry().publishers.addKey(publisher, key);
      expect(await refusal(registry().publishers.addKey(publisher, key))).toBe("already_exists");
      const revoke = (reason: "superseded" | "compromised") =>
        registry().publishers.revokeKey(publisher, key.keyId, { at: key.createdAt, reason });
      expect([await revoke("superseded"), await revoke("superseded"), await revoke("compromised")]).toEqual([
        true,
        false,
        true,
      ]);
      expect(await revoke("superseded")).toBe(false);
      expect(await registry().publishers.listKeys(publisher)).toEqual([
        { ...key, revoked: { at: key.createdAt, reason: "compromised" } },
      ]);
    });

    it("have tokens, which are found by their hash until they end or are deleted", async () => {
      const publisher = await newPublisher();
      const token = { publisher, name: "ci", prefix: "pbp_x", expiresAt: new Date(1_000) };
      const kept = { id: publisher, tokenHash: publisher, madeByKey: null };
      const made = await registry().publishers.createToken({ ...kept, ...token });
      expect(await registry().publishers.findToken(publisher, new Date(999))).toEqual(made);
      expect(await registry().publishers.findToken(publisher, new Date(1_000))).toBeNull();
      expect(await registry().publishers.listTokens(publisher)).toEqual([made]);
      expect(await registry().publishers.deleteToken("other", publisher)).toBe(false);
      expect(await registry().publishers.deleteToken(publisher, publisher)).toBe(true);
      expect(await registry().publishers.listTokens(publisher)).toEqual([]);
    });
  });

  describe("the registry's packages", () => {
    it("show their newest version that is neither a pre-release nor yanked, as long as there is one", async () => {
      const publisher = await newPublisher();
      const plugin = `${publisher}.geo`;
      for (const version of ["1.0.0", "1.10.0", "1.9.0", "2.0.0-beta.1"])
        expect(await add(versionOf(plugin, version, { name: `Geo ${version}` }))).toEqual({ created: true });
      const packages = () => registry().packages;
      expect(await packages().find(plugin)).toMatchObject({
        latest: "1.10.0",
        name: "Geo 1.10.0",
        publisher,
      });
      expect((await packages().listVersions(plugin)).map(({ manifest }) => manifest.version)).toEqual([
        "2.0.0-beta.1",
        "1.10.0",
        "1.9.0",
        "1.0.0",
      ]);
      const yank = (version: string, reason: string | null) =>
        subject().database.transaction((stores) =>
          stores.registry.packages.setYanked(plugin, version, reason),
        );
      expect(await yank("1.10.0", "broken")).toBe(true);
      expect(await yank("9.9.9", "broken")).toBe(false);
      expect(await packages().find(plugin)).toMatchObject({ latest: "1.9.0", name: "Geo 1.9.0" });
      expect(await packages().findVersion(plugin, "1.10.0")).toMatchObject({ yanked: "broken" });
      await yank("1.10.0", null);
      expect(await packages().find(plugin)).toMatchObject({ latest: "1.10.0" });
    });

    it("keep a version's bytes: the same again is nothing new, others are refused, also at once", async () => {
      const plugin = `${await newPublisher()}.geo`;
      const results = await times(4, (index) =>
        add(versionOf(plugin, "1.0.0", {}, { digest: `${index % 2}`.repeat(64) })).then(
          ({ created }) => created,
          ({ code }: { code: string }) => code,
        ),
      );
      expect(results.map(String).sort()).toEqual(["false", "true", "version_exists", "version_exists"]);
    });

    it("name their artifacts, so that these are kept; a held submission too, until it is decided", async () => {
      const publisher = await newPublisher();
      const digest = (text: string) =>
        Buffer.from(`${publisher}${text}`).toString("hex").padEnd(64, "0").slice(0, 64);
      const icon = { digest: digest("i"), type: "image/png" };
      const parts = { digest: digest("z"), readmeDigest: digest("r"), changelogDigest: digest("c"), icon };
      await add(versionOf(`${publisher}.geo`, "1.0.0", {}, parts));
      const held = versionOf(`${publisher}.geo`, "2.0.0", {}, { digest: digest("h") });
      const { id } = await registry().submissions.create({
        publisher,
        plugin: `${publisher}.geo`,
        version: "2.0.0",
        digest: held.digest,
        held,
        state: "quarantined",
        findings: [{ check: "secrets", level: "review", message: "Look \0", file: "a.js", line: 3 }],
      });
      const referenced = () => subject().database.artifacts.listReferenced();
      expect(await referenced()).toEqual(
        expect.arrayContaining([digest("z"), digest("r"), digest("c"), digest("i"), digest("h")]),
      );
      expect(await registry().submissions.findHeld(`${publisher}.geo`, "2.0.0", held.digest)).toMatchObject({
        id,
        held,
      });
      const decision = {
        state: "refused",
        decidedBy: { kind: "user", id: "u", name: "ada@example.org" },
        reason: "no \0",
      } as const;
      await registry().submissions.decide(id, decision);
      expect(await refusal(registry().submissions.decide(id, decision))).toBe("submission_decided");
      expect(await referenced()).not.toContain(digest("h"));
      const { items } = await registry().submissions.list({ publisher, limit: 5 });
      expect(items).toMatchObject([{ id, state: "refused", reason: "no \uFFFD" }]);
    });

    it("count installs without telling anybody, and tell all other changes", async () => {
      const publisher = await newPublisher();
      const plugin = `${publisher}.geo`;
      const own = { kind: "registry", id: `packages/${plugin}` } as const;
      const changes: Change[] = [];
      // Other tests' changes may come late.
      const stop = subject().other.changes.subscribe((change) => {
        if (change.kind === own.kind && change.id === own.id) changes.push(change);
      });
      await add(versionOf(plugin, "1.0.0"));
      await expect.poll(() => changes).toEqual([own]);
      await registry().packages.addInstalls(
        new Map([
          [plugin, 3],
          [`${publisher}.gone`, 1],
        ]),
      );
      await registry().packages.setBadge(plugin, "official");
      const deprecated = { message: "Use another", successor: "acme.other" };
      expect(await registry().packages.setDeprecated(plugin, deprecated)).toBe(true);
      expect(await registry().packages.find(plugin)).toMatchObject({
        installs: 3,
        badge: "official",
        deprecated,
      });
      await expect.poll(() => changes).toEqual([own, own, own]);
      stop();
    });
  });

  describe("a search of the registry", () => {
    const publisher = `s${randomUUID().slice(0, 8)}`;
    const search = async (query: Partial<Parameters<ReturnType<typeof registry>["packages"]["search"]>[0]>) =>
      await registry().packages.search({ sort: "relevance", limit: 50, publisher, ...query });
    const found = async (q: string) => (await search({ q })).items.map(({ plugin }) => plugin.split(".")[1]);
    beforeAll(async () => {
      await newPublisher(publisher);
      const all: [name: string, about: Partial<Manifest>][] = [
        ["weather", { name: "Weather", description: "Forecasts for any place.", category: "integration" }],
        ["weather-map", { name: "Weather map", description: "Draws clouds.", category: "ui" }],
        ["radar", { name: "Radar", description: "Shows rain and other weather.", category: "ui" }],
        ["calendar", { name: "Calendar", description: "Appointments.", keywords: ["dates"], category: "ui" }],
        ["notes", { name: "Notes \0 & 'quotes' | !", description: "Writes notes." }],
      ];
      for (const [name, about] of all) await add(versionOf(`${publisher}.${name}`, "1.0.0", about));
      await registry().packages.addInstalls(new Map([[`${publisher}.radar`, 1_000_000]]));
    });

    it("puts the name itself first, then its beginnings, then what else speaks of it", async () => {
      expect(await found("weather")).toEqual(["weather", "weather-map", "radar"]);
      expect(await found("WEA")).toEqual(["weather", "weather-map", "radar"]);
      expect((await found(`${publisher}.weather-map`))[0]).toBe("weather-map");
    });

    it("takes words in any order and form, and what are no words for nothing", async () => {
      expect(await found("map weather")).toEqual(["weather-map"]);
      expect(await found("forecast")).toEqual(["weather"]);
      expect(await found("date")).toEqual(["calendar"]);
      expect(await found("the rain")).toEqual(["radar"]);
      expect(await found("'quotes' & | ! :* <-> \\")).toEqual(["notes"]);
      expect((await found(" & | ! ")).length).toBe(5);
    });

    it("finds names that are spelled wrongly", async () => {
      expect((await found("wether"))[0]).toBe("weather");
      expect((await found("calender"))[0]).toBe("calendar");
      expect(await found("zzzzzz")).toEqual([]);
    });

    it("counts by category and badge, each as if the other's choice alone were made", async () => {
      expect(await search({ q: "weather", category: "ui" })).toMatchObject({
        items: [{ name: "Weather map" }, { name: "Radar" }],
        total: 2,
        facets: { category: { ui: 2, integration: 1 }, badge: { community: 2 } },
      });
      expect((await search({ badge: "official" })).items).toEqual([]);
    });

    it("gives all pages of any order, each package once", async () => {
      for (const sort of ["relevance", "installs", "updated"] as const) {
        for (const q of [undefined, "weather"]) {
          const seen: string[] = [];
          let cursor: string | undefined;
          do {
            const page = await search({ sort, limit: 2, ...(q && { q }), ...(cursor && { cursor }) });
            seen.push(...page.items.map(({ plugin }) => plugin));
            cursor = page.cursor;
          } while (cursor !== undefined);
          expect(new Set(seen).size, `${sort} ${q}`).toBe(q === undefined ? 5 : 3);
          expect(seen.length).toBe(q === undefined ? 5 : 3);
        }
      }
      for (const cursor of ["x", "W10", "WyJhIiwiYiJd", "WzEsMl0"])
        expect(await refusal(search({ cursor })), cursor).toBe("invalid_request");
    });
  });

  describe("the registry's notices", () => {
    it("are kept as they were written, the latest change first", async () => {
      const advisory = (id: string, modified: string) => ({
        id,
        modified,
        affected: [],
        summary: "Bad \u0001",
      });
      const id = `A-${randomUUID()}`;
      const notices = registry().notices;
      await notices.putAdvisory(advisory(id, "2099-01-01T00:00:00Z"), "acme");
      await notices.putAdvisory(advisory(`${id}-2`, "2099-01-02T00:00:00Z"), null);
      expect((await notices.listAdvisories()).slice(0, 2).map((one) => one.id)).toEqual([`${id}-2`, id]);
      await notices.putAdvisory(advisory(id, "2099-01-03T00:00:00Z"), "acme");
      expect((await notices.listAdvisories())[0]).toEqual(advisory(id, "2099-01-03T00:00:00Z"));
      expect(await notices.countAdvisories("acme")).toBe(
        (await notices.listAdvisories()).filter((one) => one.id === id).length,
      );
      expect(await notices.findAdvisory(id)).toMatchObject({ publisher: "acme" });
      expect(await notices.findAdvisory("none")).toBeNull();
    });

    it("block a range of versions once, with the latest reason, until it is taken back", async () => {
      const notices = registry().notices;
      const plugin = `p${randomUUID().slice(0, 8)}.x`;
      await notices.putBlock({ plugin, versions: "<1.2.0", reason: "old" });
      const block = await notices.putBlock({ plugin, versions: "<1.2.0", reason: "steals" });
      expect((await notices.listBlocks()).filter((one) => one.plugin === plugin)).toEqual([block]);
      expect(await notices.removeBlock(plugin, "<1.2.0")).toBe(true);
      expect(await notices.removeBlock(plugin, "<1.2.0")).toBe(false);
    });
  });
};
