import type { Change } from "@patchbay/core";
import { describe, expect, it } from "vitest";
import { newOrganization, newUser, refusal, type Subject, times } from "./fixtures.ts";

export const describeRequests = (subject: () => Subject): void => {
  const requests = () => subject().database.requests;
  const setUp = async () => {
    const organizationId = await newOrganization(subject().database);
    const { id: userId, name } = await newUser(subject().database);
    const grants = [{ name: "net.fetch" as const, hosts: ["a.example"] }];
    const scope = { projects: ["web"] };
    const wish = { organizationId, userId, version: "1.0.0", grants, scope, message: "please \0" };
    return { organizationId, userId, name, wish };
  };
  const decision = {
    state: "refused",
    decidedBy: { kind: "user", id: "u", name: "ada@example.org" },
    reason: "no \0",
  } as const;

  describe("requests", () => {
    it("come back as they were made, in their organization only, and are told to all nodes", async () => {
      const { organizationId, userId, name, wish } = await setUp();
      const changes: Change[] = [];
      const stop = subject().other.changes.subscribe((change) => changes.push(change));
      const made = await requests().create({ ...wish, pluginId: "acme.geo" });
      expect(made).toEqual({
        ...wish,
        id: expect.stringMatching(/^\d+$/),
        pluginId: "acme.geo",
        message: "please \uFFFD",
        userName: name,
        state: "open",
        decidedBy: null,
        reason: null,
        decidedAt: null,
        awaitsEnabling: false,
        createdAt: expect.any(Date),
      });
      expect(await requests().find(organizationId, made.id)).toEqual(made);
      const elsewhere = await newOrganization(subject().database);
      expect(await requests().find(elsewhere, made.id)).toBeNull();
      expect(await requests().find(organizationId, "x")).toBeNull();
      await expect
        .poll(() => changes)
        .toContainEqual({ kind: "request", id: made.id, organizationId, pluginId: "acme.geo", userId });
      stop();
    });

    it("are open once for each person and plugin, and can be made again when they are decided", async () => {
      const { organizationId, wish } = await setUp();
      const one = { ...wish, pluginId: "acme.geo" };
      const made = await times(4, () => refusal(requests().create(one)));
      expect(made.filter((code) => code === "already_exists")).toHaveLength(3);
      const { id: userId } = await newUser(subject().database);
      await requests().create({ ...one, userId });
      const [newest] = (await requests().list(organizationId, { userId, limit: 9 })).items;
      await requests().decide(organizationId, newest?.id ?? "", decision);
      await requests().create({ ...one, userId });
      expect(await requests().countOpen(organizationId)).toBe(2);
    });

    it("are decided once", async () => {
      const { organizationId, wish } = await setUp();
      const { id } = await requests().create({ ...wish, pluginId: "acme.geo" });
      const outcomes = await times(4, (index) =>
        refusal(
          (index % 2 ? subject().other : subject().database).requests.decide(organizationId, id, decision),
        ),
      );
      expect(outcomes.filter((code) => code === "request_decided")).toHaveLength(3);
      expect(await requests().find(organizationId, id)).toMatchObject({
        ...decision,
        reason: "no \uFFFD",
        decidedAt: expect.any(Date),
      });
      const elsewhere = await newOrganization(subject().database);
      expect(await refusal(requests().decide(elsewhere, id, decision))).toBe("request_decided");
    });

    it("await that the plugin is enabled once they are approved, and are told once", async () => {
      const { organizationId, userId, wish } = await setUp();
      const { id } = await requests().create({ ...wish, pluginId: "acme.geo" });
      const other = await requests().create({ ...wish, pluginId: "acme.maps" });
      await requests().decide(organizationId, other.id, decision);
      expect(await requests().endWaiting(organizationId, "acme.geo")).toEqual([]);
      const approved = await requests().decide(organizationId, id, {
        ...decision,
        state: "approved",
        reason: null,
      });
      expect(approved.awaitsEnabling).toBe(true);
      expect(await requests().endWaiting(await newOrganization(subject().database), "acme.geo")).toEqual([]);
      const told = await times(4, () => requests().endWaiting(organizationId, "acme.geo"));
      expect(told.flat()).toEqual([{ userId }]);
      expect(await requests().endWaiting(organizationId, "acme.maps")).toEqual([]);
    });

    it("are listed newest first, by state and person, in pages", async () => {
      const { organizationId, userId, wish } = await setUp();
      for (const pluginId of ["a.a", "b.b", "c.c"]) await requests().create({ ...wish, pluginId });
      const first = await requests().list(organizationId, { limit: 2 });
      expect(first.items.map(({ pluginId }) => pluginId)).toEqual(["c.c", "b.b"]);
      const next = await requests().list(organizationId, { limit: 2, cursor: first.cursor ?? "" });
      expect(next).toMatchObject({ items: [{ pluginId: "a.a" }] });
      expect(next.cursor).toBeUndefined();
      await requests().decide(organizationId, first.items[0]?.id ?? "", decision);
      const open = await requests().list(organizationId, { state: "open", userId, limit: 9 });
      expect(open.items.map(({ pluginId }) => pluginId)).toEqual(["b.b", "a.a"]);
      expect((await requests().list(organizationId, { userId: "nobody", limit: 9 })).items).toEqual([]);
    });
  });
};
