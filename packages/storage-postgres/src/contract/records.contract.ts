import { randomUUID } from "node:crypto";
import type { AuditQuery, PluginLogLine } from "@patchbay/core";
import { AUDIT_ACTIONS, type AuditAction } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import { newInstallation, newOrganization, refusal, type Subject, times } from "./fixtures.ts";

const T0 = new Date("2026-03-01T12:00:00Z");
const later = (minutes: number): Date => new Date(T0.getTime() + minutes * 60_000);
const line = (message: string, change: Partial<PluginLogLine> = {}): PluginLogLine => ({
  at: T0,
  level: "info",
  message,
  version: "1.0.0",
  ...change,
});

export const describeRecords = (subject: () => Subject): void => {
  const logs = () => subject().database.logs;
  const audit = () => subject().database.audit;
  const idempotency = () => subject().database.idempotency;

  describe("plugin logs", () => {
    const messages = async (id: string, query: Parameters<ReturnType<typeof logs>["list"]>[1]) =>
      (await logs().list(id, query)).map(({ message }) => message);

    it("give lines back as they came, with their fields", async () => {
      const { id } = await newInstallation(subject().database);
      const fields = { zebra: "\0", apple: [1] };
      await logs().append(id, [line("one", { fields, level: "error" }), line("nul \0")]);
      const [first, second] = await logs().list(id, { limit: 5 });
      expect(first).toEqual({ ...line("one", { fields, level: "error" }), id: expect.any(String) });
      expect(second).toEqual({ ...line("nul \uFFFD"), id: expect.any(String) });
    });

    it("show the newest lines, or those after a line, always oldest first", async () => {
      const { id } = await newInstallation(subject().database);
      await logs().append(
        id,
        ["1", "2", "3", "4", "5"].map((message) => line(message)),
      );
      expect(await messages(id, { limit: 2 })).toEqual(["4", "5"]);
      const second = (await logs().list(id, { limit: 5 }))[1];
      expect(await messages(id, { limit: 2, after: second?.id ?? "" })).toEqual(["3", "4"]);
      expect(await refusal(logs().list(id, { limit: 2, after: "x" }))).toBe("invalid_request");
    });

    it("are narrowed by level and text, in which no sign is special", async () => {
      const { id } = await newInstallation(subject().database);
      await logs().append(id, [
        line("Debug 100%", { level: "debug" }),
        line("info 1000", { level: "info" }),
        line("ERROR 100%", { level: "error" }),
      ]);
      expect(await messages(id, { limit: 5, level: "info" })).toEqual(["info 1000", "ERROR 100%"]);
      expect(await messages(id, { limit: 5, q: "100%" })).toEqual(["Debug 100%", "ERROR 100%"]);
      expect(await messages(id, { limit: 5, q: "error", level: "warn" })).toEqual(["ERROR 100%"]);
    });

    it("take large batches whole, and lines of a plugin that is gone silently", async () => {
      const { id } = await newInstallation(subject().database);
      await logs().append(
        id,
        Array.from({ length: 2_500 }, (_, index) => line(String(index))),
      );
      const found = await messages(id, { limit: 3_000 });
      expect(found).toEqual(Array.from({ length: 2_500 }, (_, index) => String(index)));
      expect(await logs().count(id)).toBe(2_500);
      await logs().append(randomUUID(), [line("last words")]);
      await logs().append(id, []);
    });

    it("keep the newest lines of each installation and nothing too old", async () => {
      const [many, few] = [
        await newInstallation(subject().database),
        await newInstallation(subject().database),
      ];
      await logs().append(
        many.id,
        ["1", "2", "3", "4", "5"].map((message) => line(message)),
      );
      await logs().append(few.id, [line("old", { at: later(-60) }), line("new")]);
      await logs().trim(3, later(-30));
      expect(await messages(many.id, { limit: 9 })).toEqual(["3", "4", "5"]);
      expect(await messages(few.id, { limit: 9 })).toEqual(["new"]);
    });

    it("lose no line to a reader that follows while several nodes write", async () => {
      const { id } = await newInstallation(subject().database);
      const seen: string[] = [];
      let after = "0";
      let writing = true;
      const reader = (async () => {
        for (let last = false; !last; ) {
          last = !writing;
          const found = await logs().list(id, { after, limit: 1_000 });
          seen.push(...found.map(({ message }) => message));
          after = found.at(-1)?.id ?? after;
        }
      })();
      await times(40, (index) =>
        (index % 2 ? subject().other : subject().database).logs.append(id, [
          line(`${index}a`),
          line(`${index}b`),
        ]),
      );
      writing = false;
      await reader;
      expect(new Set(seen).size).toBe(80);
      expect(seen).toHaveLength(80);
    });
  });

  describe("the audit log", () => {
    it("is paged newest first, for the organization or one plugin of it", async () => {
      const organizationId = await newOrganization(subject().database);
      const actor = { kind: "user", id: "u", name: "Ada \0" } as const;
      const steps = AUDIT_ACTIONS.slice(0, 5);
      for (const [index, action] of steps.entries()) {
        const pluginId = index % 2 ? null : "p";
        await audit().append({ organizationId, actor, action, pluginId, detail: { index } });
      }
      const elsewhere = { organizationId: null, actor, action: "package.added", pluginId: "p" } as const;
      await audit().append({ ...elsewhere, detail: {} });
      const actions = async (query: { pluginId?: string }) => {
        const found: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await audit().list(organizationId, { ...query, limit: 2, ...(cursor && { cursor }) });
          found.push(...page.items.map(({ action }) => action));
          cursor = page.cursor;
        } while (cursor !== undefined);
        return found;
      };
      expect(await actions({})).toEqual(steps.toReversed());
      expect(await actions({ pluginId: "p" })).toEqual([steps[4], steps[2], steps[0]]);
      const { items } = await audit().list(organizationId, { limit: 1 });
      expect(items[0]).toEqual({
        organizationId,
        actor,
        action: steps[4],
        pluginId: "p",
        detail: { index: 4 },
        id: expect.any(String),
        at: expect.any(Date),
      });
      expect(await refusal(audit().list(organizationId, { limit: 1, cursor: "eA" }))).toBe("invalid_request");
    });
  });

  describe("a search of the audit log", () => {
    it("narrows by plugin, actor, action, time and the beginnings of words, in which no sign is special", async () => {
      const organizationId = await newOrganization(subject().database);
      const ada = { kind: "user", id: randomUUID(), name: "ada@example.org \0" } as const;
      const key = { kind: "api_key", id: randomUUID(), name: "CI (Größe's)" } as const;
      const append = (action: AuditAction, actor: typeof ada | typeof key, detail: Record<string, unknown>) =>
        audit().append({ organizationId, actor, action, pluginId: `p-${action.split(".")[0]}`, detail });
      await append("plugin.installed", ada, { version: "1.2.0", text: "nul \0" });
      await append("plugin.enabled", key, {});
      await append("settings.changed", ada, { keys: ["apiKey", "x'y"] });
      const found = async (query: Partial<AuditQuery>) =>
        (await audit().list(organizationId, { limit: 9, ...query })).items.map(({ action }) => action);
      expect(await found({ pluginId: "p-plugin" })).toEqual(["plugin.enabled", "plugin.installed"]);
      expect(await found({ actorId: ada.id })).toEqual(["settings.changed", "plugin.installed"]);
      expect(await found({ action: "plugin.enabled" })).toEqual(["plugin.enabled"]);
      expect(await found({ q: "plugin.inst" })).toEqual(["plugin.installed"]);
      expect(await found({ q: "ADA@example" })).toEqual(["settings.changed", "plugin.installed"]);
      expect(await found({ q: "größe" })).toEqual(["plugin.enabled"]);
      expect(await found({ q: "apikey x'y" })).toEqual(["settings.changed"]);
      expect(await found({ q: "1.2" })).toEqual(["plugin.installed"]);
      expect(await found({ q: "':* | ! & \0 \\" })).toHaveLength(3);
      expect(await found({ q: "stalled" })).toEqual([]);
      const [newest] = (await audit().list(organizationId, { limit: 1 })).items;
      const at = newest?.at ?? T0;
      expect(await found({ from: at })).toContain("settings.changed");
      expect(await found({ until: at })).not.toContain("settings.changed");
      expect(await found({ from: new Date(at.getTime() + 60_000) })).toEqual([]);
      expect(await found({ actorId: ada.id, q: "plugin" })).toEqual(["plugin.installed"]);
    });
  });

  describe("idempotency keys", () => {
    const response = { status: 201, headers: { location: "/x" }, body: "nul \0 ☃" };

    it("are claimed once, then running, then answered, and refuse another request", async () => {
      const caller = randomUUID();
      const begin = (hash: string) => idempotency().begin(caller, "k", hash, T0);
      expect(await begin("h1")).toEqual({ kind: "new" });
      expect(await begin("h1")).toEqual({ kind: "running" });
      expect(await begin("h2")).toEqual({ kind: "conflict" });
      await idempotency().finish(caller, "k", response);
      expect(await begin("h1")).toEqual({ kind: "recorded", response });
      expect(await begin("h2")).toEqual({ kind: "conflict" });
      expect(await idempotency().begin(randomUUID(), "k", "h1", T0)).toEqual({ kind: "new" });
    });

    it("go to one of many that come at once", async () => {
      const caller = randomUUID();
      const outcomes = await times(10, (index) =>
        (index % 2 ? subject().other : subject().database).idempotency.begin(caller, "k", "h", T0),
      );
      expect(outcomes.filter(({ kind }) => kind === "new")).toHaveLength(1);
      expect(outcomes.filter(({ kind }) => kind === "running")).toHaveLength(9);
    });

    it("are free again when given back, after ten minutes without an answer, and when removed", async () => {
      const caller = randomUUID();
      const begin = (now: Date) => idempotency().begin(caller, "k", "h", now);
      await begin(T0);
      await idempotency().abandon(caller, "k");
      expect(await begin(T0)).toEqual({ kind: "new" });
      expect(await begin(later(10))).toEqual({ kind: "running" });
      expect(await begin(later(10.1))).toEqual({ kind: "new" });
      await idempotency().finish(caller, "k", response);
      await idempotency().abandon(caller, "k");
      expect(await begin(later(1_000))).toEqual({ kind: "recorded", response });
      await idempotency().removeOlder(later(10));
      expect(await begin(later(1_000))).toEqual({ kind: "recorded", response });
      await idempotency().removeOlder(later(11));
      expect(await begin(later(1_000))).toEqual({ kind: "new" });
    });
  });
};
