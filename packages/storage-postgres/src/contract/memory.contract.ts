import { randomUUID } from "node:crypto";
import type {
  ChangeHead,
  Installation,
  Memory,
  MemoryOwner,
  MemorySpace,
  MemoryWriter,
  NewMemory,
} from "@patchbay/core";
import { beforeEach, describe, expect, it } from "vitest";
import {
  installationOf,
  newInstallation,
  newOrganization,
  refusal,
  type Subject,
  times,
} from "./fixtures.ts";
import { BY, MESSAGES, memoryOf, NOW, OPEN, ownerOf, PLENTY, SPACES } from "./memory-fixtures.ts";

const LATER = new Date("2026-01-02T00:00:00Z");
const NOTES = { name: "notes", userId: null };

export const describeMemory = (subject: () => Subject): void => {
  const store = () => subject().database.memories;
  let installation: Installation;
  let owner: MemoryOwner;
  let space: MemorySpace;
  beforeEach(async () => {
    installation = await newInstallation(subject().database);
    owner = ownerOf(installation);
    space = await store().createSpace(owner, NOTES, SPACES);
  });
  const headOf = (kind: ChangeHead["kind"] = "add", change: string = randomUUID()): ChangeHead => ({
    change,
    kind,
    by: BY,
  });
  const write = async <T>(
    work: (writer: MemoryWriter) => Promise<T>,
    bounds = PLENTY,
    head = headOf(),
  ): Promise<T> => await store().write(space, head, bounds, work);
  const add = async (text: string, more: Partial<NewMemory> = {}): Promise<Memory> =>
    await write((writer) => writer.put(memoryOf(text, more)));
  const usage = async () => (await subject().database.pluginData.usage(installation.id)).bytes;
  const textsOf = (memories: readonly Memory[]) => memories.map(({ text }) => text);
  const list = async (now = NOW) => textsOf((await store().list(space.id, { now }, { limit: 100 })).items);

  describe("namespaces of memories", () => {
    it("are made once, whoever else makes them, up to a bound", async () => {
      const made = await times(6, async (index) => {
        const { memories } = index % 2 ? subject().other : subject().database;
        return (await memories.createSpace(owner, { name: "same", userId: null }, SPACES)).id;
      });
      expect(new Set(made).size).toBe(1);
      expect((await store().listSpaces(owner)).map(({ name }) => name)).toEqual(["notes", "same"]);
      const third = { name: "third", userId: null };
      expect(await refusal(store().createSpace(owner, third, { ...SPACES, own: 2 }))).toBe("quota_exceeded");
      const nobody = { ...owner, installationId: randomUUID() };
      expect(await refusal(store().createSpace(nobody, NOTES, SPACES))).toBe("plugin_not_installed");
      const other = ownerOf(await newInstallation(subject().database));
      expect(await store().findSpace(other, "notes")).toBeNull();
    });

    it("go with all that is in them, and give back what it took", async () => {
      await add("One.");
      await store().addExtraction(
        {
          id: randomUUID(),
          installationId: installation.id,
          spaceId: space.id,
          messages: MESSAGES,
          model: null,
          project: null,
          userId: null,
          apiKeyId: null,
        },
        OPEN,
      );
      expect(await usage()).toBe(4 + 2 + 2);
      expect(await store().removeSpace(owner, "notes")).toBe(true);
      expect(await store().removeSpace(owner, "notes")).toBe(false);
      expect(await usage()).toBe(0);
      expect(await refusal(add("Two."))).toBe("memory_not_found");
    });

    it("go with the installation, while others write to them", async () => {
      const writes = times(10, async (index) => {
        const { memories } = index % 2 ? subject().other : subject().database;
        return await refusal(
          memories.write(space, headOf(), PLENTY, (writer) => writer.put(memoryOf(`${index}`))),
        );
      });
      await subject().database.installations.remove(installation.id, 1);
      const refused = (await writes).filter((code) => !code.startsWith("succeeded"));
      expect(
        refused.filter((code) => code !== "plugin_not_installed" && code !== "memory_not_found"),
      ).toEqual([]);
    });

    it("of enabled plugins are listed with whose they are", async () => {
      const { installations } = subject().database;
      const organizationId = await newOrganization(subject().database);
      const enabled = await installations.create({ ...installationOf(organizationId), state: "enabled" });
      const theirs = await store().createSpace(ownerOf(enabled), NOTES, SPACES);
      const found = [];
      let after: string | null = null;
      do {
        const page = await store().listOwnedSpaces(after, 3);
        found.push(...page);
        after = page.at(-1)?.id ?? null;
      } while (after !== null);
      const { id: installationId, pluginId, version } = enabled;
      expect(found.find(({ id }) => id === theirs.id)).toMatchObject({
        installationId,
        organizationId,
        pluginId,
        version,
        userId: null,
      });
      // Of a plugin that is switched off.
      expect(found.map(({ id }) => id)).not.toContain(space.id);
    });
  });

  describe("memories", () => {
    it("come back as they were written, in their order, on every node", async () => {
      const content = {
        metadata: { a: [1, { b: null }], ä: "☃" },
        citations: [{ message: "m", quote: "q" }],
        expiresAt: LATER,
      };
      const memory = await add("One.", content);
      expect(memory).toMatchObject({ text: "One.", ...content, spaceId: space.id });
      expect(await subject().other.memories.find(space.id, memory.id, NOW)).toEqual(memory);
      await add("Two.");
      const first = await store().list(space.id, { now: NOW }, { limit: 1 });
      expect(textsOf(first.items)).toEqual(["One."]);
      const second = await store().list(space.id, { now: NOW }, { limit: 1, cursor: first.cursor ?? "" });
      expect([textsOf(second.items), second.cursor]).toEqual([["Two."], undefined]);
      expect(await refusal(store().list(space.id, { now: NOW }, { limit: 1, cursor: "%%" }))).toBe(
        "invalid_input",
      );
    });

    it("are changed all at once or not at all, each change being recorded", async () => {
      const { id } = await add("One.");
      const failing = async (writer: MemoryWriter): Promise<never> => {
        await writer.put(memoryOf("Two."));
        await writer.remove(id);
        throw new Error("no");
      };
      await expect(write(failing)).rejects.toThrow("no");
      expect(await list()).toEqual(["One."]);
      const head = headOf("update");
      await write((writer) => writer.put(memoryOf("New.", { id })), PLENTY, head);
      await write((writer) => writer.remove(id), PLENTY, headOf("delete"));
      const history = await store().history(space.id, id, 10);
      expect(history.map(({ kind, before, after }) => [kind, before?.text, after?.text])).toEqual([
        ["delete", "New.", undefined],
        ["update", "One.", "New."],
        ["add", undefined, "One."],
      ]);
      expect(await write((writer) => writer.changesOf(head.change))).toMatchObject([
        { kind: "update", memoryId: id, by: BY },
      ]);
    });

    it("are told apart by digest and found by sense, but for what has expired", async () => {
      const one = await add("One.", { expiresAt: LATER });
      const found = async (now: Date) =>
        await write(
          async (writer) => [
            (await writer.find(one.id))?.id,
            (await writer.findByDigest("One."))?.id,
            (await writer.findBySense("one."))?.id,
          ],
          { ...PLENTY, now },
        );
      expect(await found(NOW)).toEqual([one.id, one.id, one.id]);
      expect(await found(LATER)).toEqual([undefined, undefined, undefined]);
      const again = await write((writer) => writer.put(memoryOf("One.")), { ...PLENTY, now: LATER });
      expect(again.id).not.toBe(one.id);
      expect(await list()).toEqual(["One."]);
    });

    it("count in number and in bytes, whoever writes at the same time, and are refused beyond", async () => {
      const outcomes = await times(12, async (index) => {
        const { memories } = index % 2 ? subject().other : subject().database;
        return await refusal(
          memories.write(space, headOf(), { ...PLENTY, entries: 8 }, (writer) =>
            writer.put(memoryOf(`${index}`)),
          ),
        );
      });
      expect(outcomes.filter((code) => code === "quota_exceeded")).toHaveLength(4);
      const [kept] = await store().listSpaces(owner);
      expect(kept?.entries).toBe(8);
      expect(await usage()).toBe((await list()).join("").length + 8 * 4);
      const tooMuch = write((writer) => writer.put(memoryOf("x".repeat(100))), { ...PLENTY, bytes: 100 });
      expect(await refusal(tooMuch)).toBe("quota_exceeded");
    });

    it("that say the same are grouped, the oldest first", async () => {
      for (const text of ["Tea", "tea", "Coffee", "TEA"]) await add(text);
      const groups = await write((writer) => writer.listAlike(10));
      expect(groups.map(textsOf)).toEqual([["Tea", "tea", "TEA"]]);
    });

    it("are removed when they have expired, with all that was said of them", async () => {
      const { id } = await add("Secret.", { expiresAt: LATER });
      await add("Stays.");
      await store().removeExpired(NOW, 10);
      expect(await list()).toEqual(["Secret.", "Stays."]);
      await store().removeExpired(LATER, 1_000);
      expect(await list()).toEqual(["Stays."]);
      expect(JSON.stringify(await store().history(space.id, id, 10))).not.toContain("Secret");
      expect((await store().findSpace(owner, "notes"))?.entries).toBe(1);
      expect(await usage()).toBe(6 + 4);
    });

    it("lose what was recorded before a time, and all but the newest of it", async () => {
      const { id } = await add("0");
      const texts = ["x", "y"].map((letter) => letter.repeat(8_000));
      // Each change has some 16,000 bytes, before and after.
      const changes = 16 * 70;
      for (let count = 0; count < 64; count += 1)
        await write(async (writer) => {
          for (let more = 0; more < changes / 64; more += 1)
            await writer.put(memoryOf(texts[(count + more) % 2] ?? "", { id }));
        });
      const kept = await store().history(space.id, id, 10_000);
      expect(kept.length).toBeGreaterThan(900);
      expect(kept.length).toBeLessThan(changes);
      expect(kept[0]?.after?.text).toBe((await store().find(space.id, id, NOW))?.text);
      await store().trim(new Date(Date.now() + 60_000));
      expect(await store().history(space.id, id, 10)).toEqual([]);
      expect(await list()).toHaveLength(1);
    });
  });

  describe("what memories are found by", () => {
    const byWords = async (query: string, more: { now?: Date; metadata?: Record<string, unknown> } = {}) => {
      const found = await store().findByWords([space.id], query, { now: NOW, ...more }, 10);
      const memories = await store().listByPlace(
        [space.id],
        found.map(({ place }) => place),
        { now: NOW, ...more },
      );
      return found.map(({ place }) => memories.find((memory) => memory.place === place)?.text);
    };

    it("are its words, whatever their endings, the rare ones before those that many have", async () => {
      for (const text of [
        "A cat sleeps",
        "A cat eats",
        "A cat and a zebra",
        "The dogs were running",
        "to be or not to be",
      ])
        await add(text);
      expect((await byWords("cats with zebras"))[0]).toBe("A cat and a zebra");
      expect(await byWords("cats with zebras")).toHaveLength(3);
      expect(await byWords("he runs with a dog")).toEqual(["The dogs were running"]);
      expect(await byWords("not to be")).toEqual(["to be or not to be"]);
      for (const odd of ["", "'", "''\\", "a:* & !b", "<->", "\\'"])
        expect(await byWords(odd), odd).toBeInstanceOf(Array);
    });

    it("are those of the namespaces asked for, not expired, with the metadata", async () => {
      await add("A cat sleeps", { metadata: { of: { name: "ada" } }, expiresAt: LATER });
      const elsewhere = await store().createSpace(owner, { name: "other", userId: null }, SPACES);
      await store().write(elsewhere, headOf(), PLENTY, (writer) => writer.put(memoryOf("Another cat")));
      expect(await byWords("cat")).toEqual(["A cat sleeps"]);
      expect(await byWords("cat", { metadata: { of: { name: "ada" } } })).toEqual(["A cat sleeps"]);
      expect(await byWords("cat", { metadata: { of: { name: "bob" } } })).toEqual([]);
      expect(await byWords("cat", { now: LATER })).toEqual([]);
    });

    it("are vectors, of which each node reads what is new", async () => {
      const [one, two] = [await add("One."), await add("Two.")];
      const waiting = await store().listUnembedded(space.id, "m", 10);
      expect(waiting.map(({ text }) => text).sort()).toEqual(["One.", "Two."]);
      const rows = waiting.map(({ id, digest }, place) => ({
        id,
        digest,
        vector: new Uint8Array([place + 1]),
      }));
      await store().putVectors(space.id, "m", [
        ...rows,
        { id: one.id, digest: "changed meanwhile", vector: new Uint8Array([9]) },
      ]);
      expect(await store().listUnembedded(space.id, "m", 10)).toEqual([]);
      for (const other of ["a", "z"])
        expect(await store().listUnembedded(space.id, other, 10)).toHaveLength(2);
      const all = await subject().other.memories.vectorsSince(space.id, "m", 0, 0, 10);
      expect(all).toMatchObject({ gone: [], isLast: true });
      expect(all.changed.map(({ place }) => place)).toEqual([one.place, two.place]);
      expect(all.changed.every(({ vector }) => vector?.length === 1 && vector[0] !== 9)).toBe(true);
      const page = await store().vectorsSince(space.id, "m", 0, 0, 1);
      expect([page.isLast, page.changed.length]).toEqual([false, 1]);
      expect(
        (await store().vectorsSince(space.id, "other", 0, 0, 10)).changed.map(({ vector }) => vector),
      ).toEqual([null, null]);
      await write((writer) => writer.remove(one.id));
      await write((writer) => writer.put(memoryOf("New.", { id: two.id })));
      const news = await store().vectorsSince(space.id, "m", all.revision, 0, 10);
      expect(news).toMatchObject({ gone: [one.place], changed: [{ place: two.place, vector: null }] });
      expect((await store().vectorsSince(space.id, "m", news.revision, 0, 10)).changed).toEqual([]);
    });

    it("are vectors of one length, of which others are dropped, some at a time", async () => {
      const texts = ["One.", "Two.", "Three."];
      const lengths = [5, 9, 0];
      const vectors = [];
      for (const [at, text] of texts.entries())
        vectors.push({ id: (await add(text)).id, digest: text, vector: new Uint8Array(lengths[at] ?? 0) });
      await store().putVectors(space.id, "m", vectors);
      const { revision } = await store().vectorsSince(space.id, "m", 0, 0, 10);
      await store().dropVectors(space.id, "other", 9, 10);
      expect(await store().listUnembedded(space.id, "m", 10)).toEqual([]);
      await store().dropVectors(space.id, "m", 9, 1);
      expect(await store().listUnembedded(space.id, "m", 10)).toHaveLength(1);
      await store().dropVectors(space.id, "m", 9, 10);
      expect((await store().listUnembedded(space.id, "m", 10)).map(({ text }) => text).sort()).toEqual([
        "One.",
        "Three.",
      ]);
      const news = await subject().other.memories.vectorsSince(space.id, "m", revision, 0, 10);
      expect(news.changed.map(({ vector }) => vector)).toEqual([null, null]);
    });

    it("keep their vector where the text stays as it is", async () => {
      const { id } = await add("One.");
      await store().putVectors(space.id, "m", [{ id, digest: "One.", vector: new Uint8Array([7]) }]);
      await write((writer) => writer.put(memoryOf("One.", { id, metadata: { a: 1 } })));
      expect(await store().listUnembedded(space.id, "m", 10)).toEqual([]);
    });
  });
};
