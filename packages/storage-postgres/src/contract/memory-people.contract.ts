import { randomUUID } from "node:crypto";
import type { MemoryOwner, MemorySpace } from "@patchbay/core";
import { describe, expect, it } from "vitest";
import { installationOf, newOrganization, newUser, refusal, type Subject, times } from "./fixtures.ts";
import { BY, MESSAGES, memoryOf, OPEN, ownerOf, PLENTY, SPACES } from "./memory-fixtures.ts";

export const describeMemoryOfPeople = (subject: () => Subject): void => {
  const store = () => subject().database.memories;
  /** A new installation's, with two people of the organization. */
  const newPlugin = async () => {
    const { database } = subject();
    const organizationId = await newOrganization(database);
    const installation = await database.installations.create(installationOf(organizationId));
    const people = await times(2, async () => (await newUser(database)).id);
    for (const id of people) await database.organizations.setMember(organizationId, id, "member");
    const [ada = "", bob = ""] = people;
    const [nobody, ofAda, ofBob] = [null, ada, bob].map((person) => ownerOf(installation, person));
    if (nobody === undefined || ofAda === undefined || ofBob === undefined)
      throw new Error("They were made.");
    return {
      nobody,
      ada: { ...ofAda, person: ada },
      bob: { ...ofBob, person: bob },
      installationId: installation.id,
    };
  };
  const make = async (owner: MemoryOwner, name: string, bounds = SPACES): Promise<MemorySpace> =>
    await store().createSpace(owner, { name, userId: name.startsWith("me/") ? owner.person : null }, bounds);
  const add = async (space: MemorySpace, text: string, bounds = PLENTY, memories = store()) =>
    await memories.write(space, { change: randomUUID(), kind: "add", by: BY }, bounds, (writer) =>
      writer.put(memoryOf(text)),
    );
  const namesOf = async (owner: MemoryOwner) => (await store().listSpaces(owner)).map(({ name }) => name);
  const bytesOf = async ({ installationId }: MemoryOwner) =>
    (await subject().database.pluginData.usage(installationId)).bytes;
  const extract = async (space: MemorySpace, mostOpen = OPEN): Promise<string> => {
    const { installationId, id: spaceId } = space;
    const id = randomUUID();
    const of = { userId: null, apiKeyId: null };
    const asked = { id, installationId, spaceId, messages: MESSAGES, model: null, project: null, ...of };
    await store().addExtraction(asked, mostOpen);
    return id;
  };

  describe("memories of people", () => {
    it("are seen by their person alone, beside those of the plugin", async () => {
      const { nobody, ada, bob } = await newPlugin();
      await make(nobody, "notes");
      const hers = await make(ada, "me/notes");
      const his = await make(bob, "me/notes");
      expect(hers.id).not.toBe(his.id);
      expect((await make(ada, "me/notes")).id).toBe(hers.id);
      expect([await namesOf(ada), await namesOf(nobody)]).toEqual([["me/notes", "notes"], ["notes"]]);
      expect((await store().findSpace(bob, "me/notes"))?.id).toBe(his.id);
      for (const owner of [nobody, { ...nobody, person: randomUUID() }]) {
        expect(await store().findSpace(owner, "me/notes")).toBeNull();
        expect(await store().removeSpace(owner, "me/notes")).toBe(false);
      }
      expect(await store().findSpace({ ...ada, installationId: randomUUID() }, "me/notes")).toBeNull();
      expect(await store().removeSpace(bob, "me/notes")).toBe(true);
      expect(await store().findSpace(ada, "me/notes")).toEqual(hers);
    });

    it("have names that nobody else's have, whatever asks for them", async () => {
      const { ada } = await newPlugin();
      await expect(store().createSpace(ada, { name: "me/notes", userId: null }, SPACES)).rejects.toThrow();
      await expect(store().createSpace(ada, { name: "notes", userId: ada.person }, SPACES)).rejects.toThrow();
    });

    it("tell of their extractions to their person alone, each of whom has a share", async () => {
      const { nobody, ada, bob } = await newPlugin();
      const [hers, his] = [await make(ada, "me/notes"), await make(bob, "me/notes")];
      const id = await extract(hers);
      expect((await store().findExtraction(ada, id))?.spaceName).toBe("me/notes");
      expect([await store().findExtraction(bob, id), await store().findExtraction(nobody, id)]).toEqual([
        null,
        null,
      ]);
      expect(await refusal(extract(hers, { all: 5, person: 1 }))).toBe("quota_exceeded");
      await extract(his, { all: 5, person: 1 });
      const shared = await make(nobody, "notes");
      await extract(shared, { all: 5, person: 1 });
      await extract(shared, { all: 5, person: 1 });
      expect(await refusal(extract(his, { all: 4, person: 9 }))).toBe("quota_exceeded");
      await store().removeSpace(ada, "me/notes");
      expect(await store().findExtraction(ada, id)).toBeNull();
    });

    it("have a share each, and count in the plugin's, whoever writes at the same time", async () => {
      const { nobody, ada, bob } = await newPlugin();
      const few = { ...SPACES, person: 2, people: 3 };
      const made = await times(4, (n) => refusal(make(ada, `me/${n}`, few)));
      expect(made.filter((code) => code === "quota_exceeded")).toHaveLength(2);
      await make(bob, "me/0", few);
      expect(await refusal(make(bob, "me/1", few))).toBe("quota_exceeded");
      const shared = await make(nobody, "notes", { ...few, own: 1 });
      expect(await refusal(make(ada, "more", { ...few, own: 1 }))).toBe("quota_exceeded");

      const [one, two] = (await store().listSpaces(ada)).filter(({ userId }) => userId !== null);
      const his = await store().findSpace(bob, "me/0");
      if (one === undefined || two === undefined || his === null) throw new Error("They were made.");
      const bounds = { ...PLENTY, entries: 9, person: { entries: 4, bytes: 1_000 } };
      const nodes = [subject().database.memories, subject().other.memories];
      const added = await times(8, (n) => refusal(add(n % 2 ? one : two, `a${n}`, bounds, nodes[n % 2])));
      expect(added.filter((code) => code === "quota_exceeded")).toHaveLength(4);
      for (const text of ["1", "2", "3"]) await add(his, text, bounds);
      for (const text of ["1", "2"]) await add(shared, text, bounds);
      expect(await refusal(add(his, "4", bounds))).toBe("quota_exceeded");
      expect(await refusal(add(shared, "3", bounds))).toBe("quota_exceeded");

      const bytes = { ...PLENTY, person: { entries: 100, bytes: 100 } };
      expect(await refusal(add(his, "x".repeat(100), bytes))).toBe("quota_exceeded");
      expect((await add(his, "x".repeat(60), bytes)).text).toHaveLength(60);
      expect((await add(shared, "x".repeat(100), bytes)).text).toHaveLength(100);
    });

    it("keep less of their history than the plugin's, since there may be many", async () => {
      const { nobody, ada } = await newPlugin();
      const [hers, shared] = [await make(ada, "me/notes"), await make(nobody, "notes")];
      const keptOf = async (space: MemorySpace): Promise<number> => {
        const id = randomUUID();
        const texts = ["x", "y"].map((letter) => memoryOf(letter.repeat(8_000), { id }));
        for (let count = 0; count < 64; count += 1)
          await store().write(
            space,
            { change: randomUUID(), kind: "update", by: BY },
            PLENTY,
            async (writer) => {
              for (const memory of texts) await writer.put(memory);
            },
          );
        return (await store().history(space.id, id, 1_000)).length;
      };
      const kept = await keptOf(hers);
      // Each change has some 16,000 bytes, before and after: of 128, what 1.6 MiB hold.
      expect([kept > 90, kept < 110]).toEqual([true, true]);
      expect(await keptOf(shared)).toBe(128);
    });

    it("end with the membership of their person, and with the installation", async () => {
      const { nobody, ada, bob, installationId } = await newPlugin();
      const hers = await make(ada, "me/notes");
      await add(hers, "mine");
      const extraction = await extract(hers);
      await add(await make(bob, "me/notes"), "his");
      await add(await make(nobody, "notes"), "ours");
      const before = await bytesOf(nobody);
      const { organizations, installations } = subject().database;
      await organizations.removeMember(ada.organizationId, ada.person);
      expect(await namesOf(ada)).toEqual(["notes"]);
      expect(await bytesOf(nobody)).toBe(before - 4 - 2 - 2);
      expect(await refusal(add(hers, "more"))).toBe("memory_not_found");
      expect(await store().beginExtraction(extraction)).toBeNull();
      expect(await refusal(make(ada, "me/notes"))).toBe("organization_not_found");
      // Whoever comes back begins anew.
      await organizations.setMember(ada.organizationId, ada.person, "member");
      expect((await make(ada, "me/notes")).entries).toBe(0);
      expect(await namesOf(bob)).toEqual(["me/notes", "notes"]);
      await installations.remove(installationId, 1);
      expect([await bytesOf(nobody), await namesOf(bob)]).toEqual([0, []]);
      expect(await refusal(make(bob, "me/notes"))).toBe("plugin_not_installed");
    });

    it("wait for nobody in a circle, whoever changes them, leaves or uninstalls at the same time", async () => {
      await times(8, async () => {
        const { nobody, ada, bob, installationId } = await newPlugin();
        const { organizations, installations } = subject().database;
        const [hers, his] = [await make(ada, "me/notes"), await make(bob, "me/notes")];
        await add(his, "one");
        const outcomes = await Promise.all([
          refusal(add(hers, "two")),
          refusal(store().removeSpace(bob, "me/notes")),
          refusal(make(ada, "me/more")),
          refusal(extract(his)),
          organizations.removeMember(ada.organizationId, ada.person).then(() => "left"),
          organizations.removeMember(bob.organizationId, bob.person).then(() => "left"),
          refusal(add(his, "three", PLENTY, subject().other.memories)),
          refusal(subject().other.memories.createSpace(bob, { name: "me/2", userId: bob.person }, SPACES)),
          installations.remove(installationId, 1).then(() => "gone"),
        ]);
        expect(outcomes).toHaveLength(9);
        expect(await bytesOf(nobody)).toBe(0);
      });
    });
  });
};
