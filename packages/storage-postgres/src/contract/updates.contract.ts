import {
  type AutoUpdateRules,
  type Change,
  DEFAULT_AUTO_UPDATE,
  DEFAULT_MODEL_RULES,
  type ModelRules,
} from "@patchbay/core";
import type { BlockedDto, OsvDto } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import { newInstallation, newOrganization, type Subject } from "./fixtures.ts";

const EARLY = new Date("2026-11-01T10:00:00Z");
const LATE = new Date("2026-11-01T11:00:00Z");

const advisory = (id: string, ...plugins: string[]): OsvDto => ({
  id,
  modified: "2026-11-01T00:00:00Z",
  summary: "It reads too much.",
  affected: plugins.map((name) => ({ package: { ecosystem: "Patchbay", name }, versions: ["1.0.0"] })),
});
const block = (plugin: string): BlockedDto => ({
  plugin,
  versions: "<2.0.0",
  reason: "It steals tokens.",
  at: "2026-11-01T00:00:00Z",
});

export const describeUpdates = (subject: () => Subject): void => {
  describe("advisories", () => {
    const advisories = () => subject().database.advisories;
    const known = async (...plugins: string[]) =>
      (await advisories().listAdvisories(plugins)).map(({ place, advisory: { id } }) => `${place} ${id}`);
    const blocks = async () =>
      (await advisories().listBlocks()).map(({ place, plugin }) => `${place} ${plugin}`);

    it("are what each marketplace said last", async () => {
      const [one, two] = ["https://one.example", "https://two.example"];
      const both = advisory("PB-2", "acme.geo", "acme.maps");
      const feed = { advisories: [advisory("PB-1", "acme.geo"), both], blocked: [block("evil.miner")] };
      await advisories().replace(one, feed, EARLY);
      await advisories().replace(two, { advisories: [advisory("PB-1", "acme.geo")], blocked: [] }, EARLY);
      expect(await known("acme.geo")).toEqual([`${one} PB-1`, `${two} PB-1`, `${one} PB-2`]);
      expect(await known("acme.maps", "acme.none")).toEqual([`${one} PB-2`]);
      expect(await known()).toEqual([]);
      expect((await advisories().listAdvisories(["acme.maps"]))[0]?.advisory).toEqual(both);
      expect(await advisories().listBlocks()).toEqual([{ place: one, ...block("evil.miner") }]);
      await advisories().replace(one, feed, LATE);
      expect(await advisories().listStates()).toEqual([
        { place: one, checkedAt: LATE },
        { place: two, checkedAt: EARLY },
      ]);
      await advisories().replace(
        one,
        { advisories: [advisory("PB-3", "acme.geo")], blocked: [block("evil.b")] },
        LATE,
      );
      expect(await known("acme.geo", "acme.maps")).toEqual([`${two} PB-1`, `${one} PB-3`]);
      expect(await blocks()).toEqual([`${one} evil.b`]);
      await advisories().replace(one, { advisories: null, blocked: [block("evil.c")] }, new Date());
      expect(await known("acme.geo")).toEqual([`${two} PB-1`, `${one} PB-3`]);
      expect(await blocks()).toEqual([`${one} evil.c`]);
      expect((await advisories().listStates())[0]).toEqual({ place: one, checkedAt: LATE });
      await advisories().keepOnly([two]);
      expect([await known("acme.geo"), await blocks()]).toEqual([[`${two} PB-1`], []]);
      await advisories().keepOnly([]);
      expect(await advisories().listStates()).toEqual([]);
    });
  });

  describe("what an organization decides about its models", () => {
    const rules: ModelRules = {
      ...DEFAULT_MODEL_RULES,
      defaultModel: "smart",
      aliases: [{ name: "smart", models: ["a/b", "c/d"] }],
    };

    it("is nothing until somebody decides, and then what was decided last, on every node", async () => {
      const { database, other } = subject();
      const [organizationId, elsewhere] = [await newOrganization(database), await newOrganization(database)];
      expect(await database.modelRules.find(organizationId)).toBeNull();
      await database.modelRules.put(organizationId, DEFAULT_MODEL_RULES);
      const heard: Change[] = [];
      const leave = other.changes.subscribe((change) => heard.push(change));
      await database.modelRules.put(organizationId, rules);
      await expect.poll(() => heard).toContainEqual({ kind: "models", id: organizationId, organizationId });
      leave();
      expect(await other.modelRules.find(organizationId)).toEqual(rules);
      expect(await database.modelRules.find(elsewhere)).toBeNull();
    });
  });

  describe("how an organization keeps its plugins current", () => {
    const updates = () => subject().database.autoUpdates;
    const rules: AutoUpdateRules = {
      ...DEFAULT_AUTO_UPDATE,
      strategy: "patch",
      plugins: { "acme.geo": { pin: "^1" } },
    };

    it("is nothing until somebody decides, and then what was decided last", async () => {
      const organizationId = await newOrganization(subject().database);
      expect(await updates().findRules(organizationId)).toBeNull();
      expect(await updates().listOrganizations()).not.toContain(organizationId);
      await updates().putRules(organizationId, DEFAULT_AUTO_UPDATE);
      await updates().putRules(organizationId, rules);
      expect(await updates().findRules(organizationId)).toEqual(rules);
      expect(await updates().listOrganizations()).toContain(organizationId);
    });

    it("is looked after by one of those who ask at the same time, and at once when it was changed", async () => {
      const organizationId = await newOrganization(subject().database);
      await updates().putRules(organizationId, rules);
      const claims = () =>
        [subject().database, subject().other].map((one) =>
          one.autoUpdates.claimTurn(organizationId, EARLY, LATE),
        );
      expect((await Promise.all(claims())).filter(Boolean)).toEqual([true]);
      expect(await Promise.all(claims())).toEqual([false, false]);
      await updates().putRules(organizationId, rules);
      expect((await Promise.all(claims())).filter(Boolean)).toEqual([true]);
      expect(await updates().claimTurn("nobody", EARLY, LATE)).toBe(false);
    });

    it("knows the last update of each installation that failed, until it is forgotten or the plugin gone", async () => {
      const { id, organizationId, revision } = await newInstallation(subject().database);
      const failure = {
        version: "2.0.0",
        code: "activation_failed",
        message: "It did not start\0.",
        failedAt: LATE,
      };
      await updates().putFailure(id, { ...failure, version: "1.9.0" });
      await updates().putFailure(id, failure);
      const stored = { ...failure, message: "It did not start\uFFFD." };
      expect([...(await updates().listFailures(organizationId))]).toEqual([[id, stored]]);
      await updates().removeFailure(id);
      expect(await updates().listFailures(organizationId)).toEqual(new Map());
      await updates().putFailure(id, failure);
      await subject().database.installations.remove(id, revision);
      expect(await updates().listFailures(organizationId)).toEqual(new Map());
    });
  });
};
