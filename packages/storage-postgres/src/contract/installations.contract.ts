import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import {
  installationOf,
  newInstallation,
  newOrganization,
  refusal,
  type Subject,
  times,
} from "./fixtures.ts";

export const describeInstallations = (subject: () => Subject): void => {
  const installations = () => subject().database.installations;
  const settings = () => subject().database.settings;

  describe("installations", () => {
    it("come back as they were created, in their organization only", async () => {
      const organizationId = await newOrganization(subject().database);
      const full = {
        ...installationOf(organizationId),
        previous: { version: "0.9.0", grants: [{ permission: "storage" as const }] },
        scope: { projects: ["web", "app"] },
        grants: [{ permission: "fetch", hosts: ["a.example"] }],
        lastError: { code: "plugin_error", message: "nul \0", at: "2026-01-01T00:00:00Z", see: "/logs" },
      } as unknown as ReturnType<typeof installationOf>;
      const created = await installations().create(full);
      expect(created).toEqual({
        ...full,
        revision: 1,
        createdAt: expect.any(Date),
        updatedAt: expect.any(Date),
      });
      expect(await installations().find(organizationId, full.pluginId)).toEqual(created);
      expect(await installations().findById(full.id)).toEqual(created);
      expect(await installations().list(organizationId)).toEqual([created]);
      expect(await installations().listByPlugin(full.pluginId)).toEqual([created]);
      const elsewhere = await newOrganization(subject().database);
      expect(await installations().find(elsewhere, full.pluginId)).toBeNull();
      expect(await installations().list(elsewhere)).toEqual([]);
    });

    it("exist once for each organization and plugin", async () => {
      const organizationId = await newOrganization(subject().database);
      const created = await times(6, () =>
        refusal(installations().create(installationOf(organizationId, "p"))),
      );
      expect(created.filter((code) => code === "already_installed")).toHaveLength(5);
      const ids = ["a-b", "aa", "B", "p"];
      for (const id of ids.slice(0, 3)) await installations().create(installationOf(organizationId, id));
      const listed = await installations().list(organizationId);
      expect(listed.map(({ pluginId }) => pluginId)).toEqual([...ids].sort());
    });

    it("change what is named and nothing else, one revision at a time", async () => {
      const before = await newInstallation(subject().database);
      const transition = {
        kind: "enable",
        toVersion: "1.0.0",
        grants: [],
        nodeId: "n",
        startedAt: "2026-01-01T00:00:00Z",
        wasEnabled: false,
      } as const;
      const busy = await installations().change(before.id, 1, { state: "enabling", transition });
      expect(busy).toEqual({
        ...before,
        state: "enabling",
        transition,
        revision: 2,
        updatedAt: expect.any(Date),
      });
      expect((await installations().listInTransition()).map(({ id }) => id)).toContain(before.id);
      const done = await installations().change(before.id, 2, { transition: null, scope: { projects: [] } });
      expect(done).toMatchObject({
        state: "enabling",
        transition: null,
        scope: { projects: [] },
        revision: 3,
      });
      expect((await installations().listInTransition()).map(({ id }) => id)).not.toContain(before.id);
    });

    it("let one of those who saw the same revision change them", async () => {
      const { id } = await newInstallation(subject().database);
      const outcomes = await times(6, (index) =>
        refusal(
          (index % 2 ? subject().other : subject().database).installations.change(id, 1, {
            state: "enabled",
          }),
        ),
      );
      expect(outcomes.filter((code) => code === "plugin_busy")).toHaveLength(5);
      expect(await refusal(installations().remove(id, 1))).toBe("plugin_busy");
      expect(await installations().findById(id)).toMatchObject({ revision: 2 });
    });

    it("of one organization are locked for one transaction at a time, on all nodes", async () => {
      const organizationId = await newOrganization(subject().database);
      const steps: string[] = [];
      const first = Promise.withResolvers<void>();
      const holding = subject().database.transaction(async (stores) => {
        await stores.installations.lockAll(organizationId);
        steps.push("locked");
        first.resolve();
        // Those who do not ask for the lock go on.
        await installations().create(installationOf(organizationId, "elsewhere"));
        await sleep(100);
        await stores.installations.create(installationOf(organizationId, "here"));
        steps.push("done");
      });
      await first.promise;
      const other = await newOrganization(subject().database);
      await subject().other.transaction((stores) => stores.installations.lockAll(other));
      const seen = await subject().other.transaction(async (stores) => {
        await stores.installations.lockAll(organizationId);
        steps.push("locked again");
        return await stores.installations.list(organizationId);
      });
      await holding;
      expect(steps).toEqual(["locked", "done", "locked again"]);
      expect(seen.map(({ pluginId }) => pluginId)).toEqual(["elsewhere", "here"]);
    });

    it("take settings, stored data and logs with them", async () => {
      const { id } = await newInstallation(subject().database);
      const { pluginData, logs } = subject().database;
      await settings().put(id, { project: null, values: {}, secrets: {} });
      await pluginData.set(id, "k", 1, 1_000);
      await pluginData.writeFile(id, "f", { bytes: Buffer.from("x"), contentType: null }, 1_000);
      await logs.append(id, [{ at: new Date(), level: "info", message: "m", version: "1.0.0" }]);
      await installations().remove(id, 1);
      expect(await settings().list(id)).toEqual([]);
      expect(await pluginData.usage(id)).toEqual({
        values: 0,
        files: 0,
        conversations: 0,
        memories: 0,
        bytes: 0,
      });
      expect(await pluginData.get(id, "k")).toBeUndefined();
      expect(await pluginData.readFile(id, "f")).toBeNull();
      expect(await logs.list(id, { limit: 5 })).toEqual([]);
      expect(await refusal(settings().put(id, { project: null, values: {}, secrets: {} }))).toBe(
        "plugin_not_installed",
      );
      expect(await refusal(pluginData.set(id, "k", 1, 1_000))).toBe("plugin_not_installed");
    });
  });

  describe("settings", () => {
    it("are kept for each level, replaced and reset one by one or all together", async () => {
      const { id } = await newInstallation(subject().database);
      const level = (project: string | null, value: unknown) => ({
        project,
        values: { "a.b": value, list: [1, null] },
        secrets: { "/token": "cipher" },
        local: { "/url": `http://127.0.0.1:${value}` },
      });
      for (const one of [
        level("web", 1),
        level(null, "\0"),
        level("app", 1),
        level("app", 2),
        level(null, 3),
      ])
        await settings().put(id, one);
      expect(await settings().list(id)).toEqual([level(null, 3), level("app", 2), level("web", 1)]);
      const { local: _local, ...without } = level(null, 3);
      await settings().put(id, without);
      expect((await settings().list(id))[0]?.local).toEqual({});
      await settings().reset(id, null);
      expect(await settings().list(id)).toEqual([level("app", 2), level("web", 1)]);
      await settings().reset(id, "app");
      expect(await settings().list(id)).toEqual([level("web", 1)]);
      await settings().put(id, level(null, 4));
      await settings().reset(id, "every");
      expect(await settings().list(id)).toEqual([]);
    });
  });
};
