import { describe, expect, it } from "vitest";
import { newInstallation, type Subject } from "./fixtures.ts";

const T0 = new Date("2026-03-01T12:00:00Z");
const later = (minutes: number): Date => new Date(T0.getTime() + minutes * 60_000);
const HEADER = { name: "authorization", prefix: "Bearer " };

export const describeMcpServers = (subject: () => Subject): void => {
  const servers = () => subject().database.mcpServers;

  /** One of an enabled plugin, which nobody has looked at. */
  const added = async () => {
    const { database } = subject();
    const { id, revision } = await newInstallation(database);
    await database.installations.change(id, revision, { state: "enabled" });
    await servers().add({ installationId: id, url: "https://a.example/mcp", header: HEADER });
    return id;
  };
  /** Of those that are due at a time, these. */
  const taken = async (now: Date, ids: readonly string[]) => {
    const due = {
      before: new Date(now.getTime() - 10 * 60_000),
      brokenBefore: new Date(now.getTime() - 60_000),
    };
    const all = await servers().takeDue(now, due, 1_000);
    return ids.map((id) => all.includes(id));
  };

  describe("MCP servers", () => {
    it("are what was added, and what was found of them", async () => {
      const id = await added();
      const fresh = { installationId: id, url: "https://a.example/mcp", header: HEADER, digest: null };
      expect(await servers().find(id)).toEqual({ ...fresh, checkedAt: null, outage: null });
      const outage = { message: "It does not answer.", since: T0.toISOString() };
      await servers().record(id, { digest: "d", checkedAt: T0, outage });
      expect(await servers().list([id])).toEqual([{ ...fresh, digest: "d", checkedAt: T0, outage }]);
      expect(await servers().list([])).toEqual([]);
      expect(await servers().find("nobody")).toBeNull();
    });

    it("are due after a while, sooner where they did not answer, and for one who looks", async () => {
      const [well, broken] = [await added(), await added()];
      expect(await taken(T0, [well, broken])).toEqual([true, true]);
      expect(await taken(T0, [well, broken])).toEqual([false, false]);
      await servers().record(well, { digest: "d", checkedAt: T0, outage: null });
      const outage = { message: "No.", since: T0.toISOString() };
      await servers().record(broken, { digest: "d", checkedAt: T0, outage });
      expect(await taken(later(2), [well, broken])).toEqual([false, true]);
      expect(await taken(later(11), [well, broken])).toEqual([true, true]);
    });

    it("are taken first where nobody has looked at them yet", async () => {
      const [old, fresh] = [await added(), await added()];
      await servers().record(old, { digest: "d", checkedAt: new Date(0), outage: null });
      const first: string[] = [];
      while (!first.includes(fresh)) {
        const [next] = await servers().takeDue(T0, { before: T0, brokenBefore: T0 }, 1);
        if (next === undefined) break;
        first.push(next);
      }
      expect(first).toContain(fresh);
      expect(first).not.toContain(old);
    });

    it("are not looked at while their plugin is off, and go with it", async () => {
      const { database } = subject();
      const id = await added();
      const before = await database.installations.findById(id);
      const off = await database.installations.change(id, before?.revision ?? 0, { state: "disabled" });
      expect(await taken(later(60), [id])).toEqual([false]);
      await database.installations.remove(id, off.revision);
      expect(await servers().find(id)).toBeNull();
    });

    it("tell every node when they begin not to answer, and when they answer again", async () => {
      const { other } = subject();
      const id = await added();
      const heard: string[] = [];
      const stop = other.changes.subscribe((change) => {
        if (change.kind === "installation" && change.id === id) heard.push(change.kind);
      });
      const outage = { message: "No.", since: T0.toISOString() };
      await servers().record(id, { digest: null, checkedAt: T0, outage });
      await expect.poll(() => heard.length).toBe(1);
      await servers().record(id, {
        digest: null,
        checkedAt: later(1),
        outage: { ...outage, message: "Still not." },
      });
      await servers().record(id, { digest: null, checkedAt: later(2), outage: null });
      await expect.poll(() => heard.length).toBe(2);
      stop();
    });
  });
};
