import { randomUUID } from "node:crypto";
import type { KeptResponse, ResponseOwner } from "@patchbay/core";
import { describe, expect, it } from "vitest";
import { newOrganization, newUser, refusal, type Subject, times } from "./fixtures.ts";

const PLENTY = { bytes: 1_000_000, ownerBytes: 1_000_000, ownerResponses: 1_000 };
const LONG = { turns: 100, bytes: 1_000_000 };

const responseOf = (change: Partial<KeptResponse> = {}): KeptResponse => ({
  id: randomUUID(),
  previousId: null,
  model: "echo/echo",
  response: { status: "completed", tools: [] },
  input: [{ role: "user", content: "Hi \0 ☃ \uD800" }],
  output: [{ type: "message", id: "msg_1", content: [] }],
  createdAt: new Date(0),
  ...change,
});

export const describeKeptResponses = (subject: () => Subject): void => {
  const store = () => subject().database.keptResponses;
  const newOwner = async (): Promise<ResponseOwner> => {
    const { database } = subject();
    const organizationId = await newOrganization(database);
    const { id: userId } = await newUser(database);
    await database.organizations.setMember(organizationId, userId, "member");
    const project = { id: randomUUID(), organizationId, slug: "web", name: "Web" };
    await database.organizations.createProject(project);
    return { organizationId, userId, project: null };
  };
  const add = async (owner: ResponseOwner, change: Partial<KeptResponse> = {}, bounds = PLENTY) => {
    const response = responseOf(change);
    await store().add(owner, response, bounds);
    return response;
  };
  /** A conversation of so many turns, by their ids. */
  const converse = async (owner: ResponseOwner, turns: number): Promise<string[]> => {
    const ids: string[] = [];
    for (let turn = 0; turn < turns; turn += 1)
      ids.push((await add(owner, { previousId: ids.at(-1) ?? null, input: [{ turn }] })).id);
    return ids;
  };
  const isThere = async (owner: ResponseOwner, id: string) => (await store().find(owner, id)) !== null;

  describe("kept responses", () => {
    it("come back as they were kept, to who asked, in the organization and for the project", async () => {
      const owner = await newOwner();
      const kept = await add(owner, { previousId: "gone" });
      expect(await subject().other.keptResponses.find(owner, kept.id)).toEqual(kept);
      const others = [
        { ...owner, userId: (await newUser(subject().database)).id },
        { ...owner, organizationId: await newOrganization(subject().database) },
        { ...owner, project: "web" },
      ];
      for (const other of others) {
        expect(await store().find(other, kept.id)).toBeNull();
        expect(await store().conversation(other, kept.id, LONG)).toBeNull();
        expect(await store().sizes(other, [kept.id])).toEqual([]);
        expect(await store().turns(other, [kept.id])).toEqual([]);
        expect(await store().remove(other, kept.id)).toBe(false);
      }
      expect(await store().remove(owner, kept.id)).toBe(true);
      expect(await store().remove(owner, kept.id)).toBe(false);
    });

    it("are a conversation, the first turn first, and none once a part of it is gone", async () => {
      const owner = { ...(await newOwner()), project: "web" };
      const ids = await converse(owner, 4);
      const found = (await store().conversation(owner, ids[3] ?? "", LONG)) ?? [];
      expect(found.map(({ id }) => id)).toEqual(ids);
      expect(await store().conversation(owner, ids[1] ?? "", LONG)).toHaveLength(2);
      const bytes = new Map(found.map((one) => [one.id, one.bytes]));
      const sizes = await store().sizes(owner, [...ids, "none"]);
      expect(new Map(sizes.map((one) => [one.id, one.bytes]))).toEqual(bytes);
      const turns = await store().turns(owner, [...ids, "none"]);
      for (const { id, input, output } of turns) {
        expect(input).toEqual([{ turn: ids.indexOf(id) }]);
        expect(bytes.get(id)).toBe(JSON.stringify(input).length + JSON.stringify(output).length);
      }
      expect(turns).toHaveLength(4);
      await store().remove(owner, ids[1] ?? "");
      expect(await store().conversation(owner, ids[3] ?? "", LONG)).toBeNull();
      expect(await store().conversation(owner, ids[0] ?? "", LONG)).toHaveLength(1);
    });

    it("are gone on from within bounds", async () => {
      const owner = await newOwner();
      const ids = await converse(owner, 3);
      const last = ids.at(-1) ?? "";
      expect(await store().conversation(owner, last, { ...LONG, turns: 3 })).toHaveLength(3);
      for (const bounds of [
        { ...LONG, turns: 2 },
        { ...LONG, bytes: 100 },
      ]) {
        expect(await refusal(store().conversation(owner, last, bounds))).toBe("payload_too_large");
      }
      expect(await refusal(add(owner, {}, { ...PLENTY, bytes: 50 }))).toBe("payload_too_large");
    });

    it("make room for newer ones of their owner, those first that were not used for the longest", async () => {
      const owner = await newOwner();
      const elsewhere = await newOwner();
      const theirs = await add(elsewhere);
      const size = JSON.stringify([responseOf().response, responseOf().input, responseOf().output]).length;
      const few = { ...PLENTY, ownerResponses: 2 };
      const small = { ...PLENTY, ownerBytes: 3 * size };
      const first = await add(owner, {}, few);
      const second = await add(owner, {}, few);
      const third = await add(owner, {}, few);
      const there = () => Promise.all([first, second, third].map(({ id }) => isThere(owner, id)));
      expect(await there()).toEqual([false, true, true]);
      await add(owner, { input: [{ text: "x".repeat(size) }] }, small);
      expect(await there()).toEqual([false, false, true]);
      const many = await times(20, (index) =>
        (index % 2 === 0 ? subject().database : subject().other).keptResponses.add(owner, responseOf(), {
          ...PLENTY,
          ownerResponses: 5,
        }),
      );
      expect(many).toHaveLength(20);
      expect(await isThere(owner, third.id)).toBe(false);
      expect(await isThere(elsewhere, theirs.id)).toBe(true);
    });

    it("go with the membership and the project, and are not kept for who has left", async () => {
      const { database } = subject();
      const owner = await newOwner();
      const { organizationId, userId } = owner;
      const ofProject = { ...owner, project: "web" };
      const [one, other] = [await add(owner), await add(ofProject)];
      expect(await database.organizations.deleteProject(organizationId, "web")).toBe(true);
      expect([await isThere(owner, one.id), await isThere(ofProject, other.id)]).toEqual([true, false]);
      expect(await refusal(add(ofProject))).toBe("project_not_found");
      // What went counts no more.
      const more = await add(owner, {}, { ...PLENTY, ownerResponses: 2 });
      expect(await isThere(owner, one.id)).toBe(true);
      await database.organizations.removeMember(organizationId, userId);
      expect(await isThere(owner, more.id)).toBe(false);
      expect(await refusal(add(owner))).toBe("organization_not_found");
      await database.organizations.setMember(organizationId, userId, "member");
      expect(await isThere(owner, more.id)).toBe(false);
      await add(owner);
    });

    it("are kept, used and taken away by many at the same time", async () => {
      const { database, other } = subject();
      const owners = await times(3, newOwner);
      const leaves = owners[2] as ResponseOwner;
      const one = { ...PLENTY, ownerResponses: 1 };
      const outcomes = await times(60, async (index) => {
        const node = (index % 2 === 0 ? database : other).keptResponses;
        const owner = owners[index % 3] as ResponseOwner;
        if (index === 44)
          return await database.organizations.removeMember(leaves.organizationId, leaves.userId);
        if (index % 10 === 0) return await node.removeUnused(new Date(Date.now() + 60_000));
        const { id } = responseOf();
        const added = await refusal(node.add(owner, responseOf({ id }), one));
        await node.turns(owner, [id]);
        return added;
      });
      const expected = new Set([undefined, "succeeded with undefined", "organization_not_found"]);
      expect(outcomes.filter((outcome) => !expected.has(outcome as undefined))).toEqual([]);
      for (const owner of owners.slice(0, 2)) {
        const { id } = await add(owner, {}, one);
        expect(await isThere(owner, id)).toBe(true);
      }
    });

    it("stay when they are gone on from", async () => {
      const owner = await newOwner();
      const ids = await converse(owner, 2);
      const [first = "", last = ""] = ids;
      const long = new Date(Date.now() - 3_600_000);
      const age = () =>
        subject().execute(
          `update kept_responses set used_at = now() - interval '2 days' where id = '${first}'`,
        );
      await age();
      await store().turns(owner, ids);
      await store().removeUnused(long);
      expect(await store().conversation(owner, last, LONG)).toHaveLength(2);
      await age();
      await store().find(owner, first);
      await store().removeUnused(long);
      expect(await isThere(owner, first)).toBe(false);
    });

    it("go when nobody has used them for long", async () => {
      const owner = await newOwner();
      const ids = await converse(owner, 2);
      await store().removeUnused(new Date(Date.now() - 60_000));
      expect(await isThere(owner, ids[0] ?? "")).toBe(true);
      await store().removeUnused(new Date(Date.now() + 60_000));
      expect(await store().conversation(owner, ids[1] ?? "", LONG)).toBeNull();
    });
  });
};
