import { randomUUID } from "node:crypto";
import type { ConversationSpace, NewMessage, StoredConversation } from "@patchbay/core";
import { describe, expect, it } from "vitest";
import { installationOf, newOrganization, newUser, refusal, type Subject, times } from "./fixtures.ts";

const PLENTY = {
  personBytes: 1_000_000,
  conversations: 100,
  messages: 100,
  messageBytes: 1_000_000,
  bytes: 1_000_000,
};
const PAGE = { limit: 100, bytes: 1_000_000 };

const said = (text: string, role: "user" | "assistant" = "user"): NewMessage => ({
  message: { role, parts: [{ type: "text", text }] },
  text: text.replaceAll("\0", " ").toWellFormed(),
});

export const describeConversations = (subject: () => Subject): void => {
  const store = () => subject().database.conversations;
  const bytesOf = async ({ installationId }: ConversationSpace) => {
    const { conversations, bytes } = await subject().database.pluginData.usage(installationId);
    return [conversations, bytes];
  };
  /** A new installation's, with two people of the organization. */
  const newSpace = async () => {
    const { database } = subject();
    const organizationId = await newOrganization(database);
    const { id: installationId } = await database.installations.create(installationOf(organizationId));
    const people = await times(2, async () => (await newUser(database)).id);
    for (const id of people) await database.organizations.setMember(organizationId, id, "member");
    const [ada = "", bob = ""] = people;
    const seenBy = (...seen: string[]): ConversationSpace => ({
      installationId,
      organizationId,
      people: seen,
    });
    return { ada, bob, seenBy, ofAda: seenBy(ada), ofBob: seenBy(bob), ofNobody: seenBy() };
  };
  const begin = async (
    space: ConversationSpace,
    change: { userId?: string; title?: string } = {},
    quota = PLENTY,
  ): Promise<StoredConversation> =>
    await store().create(
      space,
      { id: randomUUID(), title: null, metadata: {}, userId: null, ...change },
      quota,
    );
  const say = async (space: ConversationSpace, id: string, ...texts: string[]) =>
    await store().append(
      space,
      id,
      texts.map((text) => said(text)),
      PLENTY,
    );
  const textsOf = async (space: ConversationSpace, id: string) =>
    (await store().messages(space, id, PAGE)).items.map(
      ({ message }) => (message.parts[0] as { text: string }).text,
    );

  describe("conversations", () => {
    it("come back as they were kept, with messages whatever is in them", async () => {
      const { ofAda, ada } = await newSpace();
      const { id } = await begin(ofAda, { userId: ada, title: "Plans" });
      const messages = [said("Hi \0 ☃ \uD800"), said("", "assistant"), said('{"a": ["\\u0000"]}')];
      const added = await store().append(ofAda, id, messages, PLENTY);
      expect(added.map((one) => one.id)).toEqual(["1", "2", "3"]);
      const { items, ...page } = await subject().other.conversations.messages(ofAda, id, PAGE);
      expect(page).toEqual({});
      expect(items).toEqual(messages.map(({ message }, place) => ({ ...added[place], message })));
      const [first] = await store().search(ofAda, { text: "hi", limit: 5 });
      expect(first?.found).toMatchObject({ id: "1", role: "user" });
      const found = await store().find(ofAda, id);
      expect(found).toMatchObject({ title: "Plans", scope: "person", messages: 3, userId: ada });
      expect(await bytesOf(ofAda)).toEqual([1, found?.bytes]);
    });

    it("of a person are nobody else's, whatever is asked of them, and are there for who sees all", async () => {
      const { ofAda, ofBob, ofNobody, ada } = await newSpace();
      const elsewhere = (await newSpace()).seenBy(ada);
      const { id } = await begin(ofAda, { userId: ada, title: "secret plans" });
      await say(ofAda, id, "secret words");
      for (const other of [ofBob, ofNobody, elsewhere]) {
        expect(await store().find(other, id)).toBeNull();
        expect(await store().list(other, { limit: 10 })).toEqual({ items: [] });
        expect(await store().search(other, { text: "secret", limit: 10 })).toEqual([]);
        expect(await store().remove(other, id)).toBe(false);
        for (const work of [
          () => store().update(other, id, { title: "x" }, PLENTY),
          () => store().append(other, id, [said("x")], PLENTY),
          () => store().messages(other, id, PAGE),
          () => store().removeMessage(other, id, "1"),
          () => store().branch(other, id, { id: randomUUID(), message: null }, PLENTY),
        ])
          expect(await refusal(work())).toBe("conversation_not_found");
      }
      const all = { ...ofNobody, people: "all" } as const;
      expect((await store().list(all, { limit: 10 })).items).toHaveLength(1);
      expect(await textsOf(all, id)).toEqual(["secret words"]);
    });

    it("are changed field by field, and counted exactly", async () => {
      const { ofNobody } = await newSpace();
      const { id } = await begin(ofNobody, { title: "Ä" });
      await store().update(ofNobody, id, { metadata: { tag: "☃" } }, PLENTY);
      const updated = await store().update(ofNobody, id, { title: null }, PLENTY);
      expect(updated).toMatchObject({ title: null, metadata: { tag: "☃" } });
      expect(updated.bytes).toBe(Buffer.byteLength('{"tag":"☃"}'));
      await say(ofNobody, id, "one", "two");
      expect(await store().removeMessage(ofNobody, id, "1")).toBe(true);
      expect(await store().removeMessage(ofNobody, id, "1")).toBe(false);
      expect(await store().removeMessage(ofNobody, id, "no number")).toBe(false);
      const left = await store().find(ofNobody, id);
      expect(await bytesOf(ofNobody)).toEqual([1, left?.bytes]);
      // What is gone leaves its number to nobody.
      expect((await say(ofNobody, id, "three")).map((one) => one.id)).toEqual(["3"]);
      expect(await store().remove(ofNobody, id)).toBe(true);
      expect(await store().remove(ofNobody, id)).toBe(false);
      expect(await bytesOf(ofNobody)).toEqual([0, 0]);
    });

    it("are listed page by page, those that were changed last first", async () => {
      const { ofAda, ada } = await newSpace();
      const ids: string[] = [];
      for (const title of ["a", "b", "c", "d"]) ids.push((await begin(ofAda, { title })).id);
      const [first = ""] = ids;
      await say(ofAda, first, "again");
      await begin(ofAda, { userId: ada, title: "mine" });
      const titles: (string | null)[] = [];
      let cursor: string | undefined;
      do {
        const page = await store().list(ofAda, { limit: 2, ...(cursor && { cursor }) });
        titles.push(...page.items.map(({ title }) => title));
        cursor = page.cursor;
      } while (cursor !== undefined);
      expect(titles).toEqual(["mine", "a", "d", "c", "b"]);
      const ofScope = async (scope: "plugin" | "person") =>
        (await store().list(ofAda, { limit: 9, scope })).items.length;
      expect([await ofScope("plugin"), await ofScope("person")]).toEqual([4, 1]);
      for (const wrong of ["x", Buffer.from("9999999999999999999 a").toString("base64url")])
        expect(await refusal(store().list(ofAda, { limit: 2, cursor: wrong }))).toBe("invalid_input");
    });

    it("give pages of messages that are bounded in their number and in bytes", async () => {
      const { ofNobody } = await newSpace();
      const { id } = await begin(ofNobody);
      await say(ofNobody, id, "a", "b", "c", "d", "e");
      const pages = async (limit: number, bytes: number) => {
        const found: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await store().messages(ofNobody, id, { limit, bytes, ...(cursor && { cursor }) });
          found.push(page.items.map((one) => one.id).join(" "));
          cursor = page.cursor;
        } while (cursor !== undefined);
        return found;
      };
      expect(await pages(2, 1_000_000)).toEqual(["1 2", "3 4", "5"]);
      expect(await pages(10, 60)).toEqual(["1 2", "3 4", "5"]);
      expect(await pages(10, 1)).toEqual(["1", "2", "3", "4", "5"]);
      expect(await refusal(store().messages(ofNobody, id, { ...PAGE, cursor: "AA" }))).toBe("invalid_input");
    });

    it("branch into copies that go ways of their own", async () => {
      const { ofAda, ofBob, ada } = await newSpace();
      const { id } = await begin(ofAda, { userId: ada, title: "Plans" });
      await say(ofAda, id, "a", "b", "c");
      await store().removeMessage(ofAda, id, "1");
      const branch = await store().branch(ofAda, id, { id: randomUUID(), message: "2" }, PLENTY);
      expect(branch).toMatchObject({
        title: "Plans",
        userId: ada,
        messages: 1,
        branchedFrom: { conversation: id, message: "2" },
      });
      expect(await store().find(ofBob, branch.id)).toBeNull();
      await say(ofAda, branch.id, "other");
      await say(ofAda, id, "d");
      await store().removeMessage(ofAda, id, "2");
      expect(await textsOf(ofAda, branch.id)).toEqual(["b", "other"]);
      expect(await textsOf(ofAda, id)).toEqual(["c", "d"]);
      expect(await refusal(store().branch(ofAda, id, { id: randomUUID(), message: "2" }, PLENTY))).toBe(
        "conversation_not_found",
      );
      const whole = await store().branch(ofAda, id, { id: randomUUID(), message: null, title: "B" }, PLENTY);
      expect(whole).toMatchObject({ title: "B", messages: 2, branchedFrom: { message: null } });
      await store().remove(ofAda, id);
      expect(await textsOf(ofAda, whole.id)).toEqual(["c", "d"]);
      const bytes = (await store().list(ofAda, { limit: 9 })).items.reduce((sum, one) => sum + one.bytes, 0);
      expect(await bytesOf(ofAda)).toEqual([2, bytes]);
    });

    it("are found by words of one message or of the title, the best first, with the message", async () => {
      const { ofNobody } = await newSpace();
      const fox = await begin(ofNobody, { title: "Animals" });
      await say(ofNobody, fox.id, "The quick brown fox", "jumps over the dog", "A Fox. fox! FOX?");
      const titled = await begin(ofNobody, { title: "About a fox" });
      await say(ofNobody, (await begin(ofNobody)).id, "nothing", "füchse -- fo x");
      const find = async (text: string) =>
        (await store().search(ofNobody, { text, limit: 10 })).map(({ conversation, found }) => [
          conversation.id,
          found?.id ?? null,
        ]);
      expect(await find("fox")).toEqual([
        [titled.id, null],
        [fox.id, "3"],
      ]);
      expect(await find("QUICK fox")).toEqual([[fox.id, "1"]]);
      expect(await find("quick dog")).toEqual([]);
      for (const nothing of ["", "!!! --", "'", "a & | b", "%"]) expect(await find(nothing)).toEqual([]);
      expect((await store().search(ofNobody, { text: "fox", limit: 1 })).length).toBe(1);
    });

    it("take texts of any words, also such as fill an index", async () => {
      const { ofNobody } = await newSpace();
      const { id } = await begin(ofNobody);
      const unit = 64 * 1024;
      const different = Array.from({ length: unit / 6 }, (_, n) => n.toString(36).padStart(5, "é")).join(" ");
      const hyphens = Array.from({ length: unit / 5 }, (_, n) => n.toString(36).padStart(4, "ж")).join("-");
      const paths = Array.from({ length: unit / 8 }, (_, n) => `a.de/${n.toString(36)}`).join(" ");
      const texts = [different, hyphens, paths, "x".repeat(unit), "漢".repeat(unit), "İ ".repeat(unit / 2)];
      for (const text of texts)
        await store().append(ofNobody, id, [{ ...said("long"), text: text.slice(0, unit) }], PLENTY);
      expect((await store().find(ofNobody, id))?.messages).toBe(texts.length);
    });

    it("are refused beyond what may be kept, and change nothing then", async () => {
      const { ofNobody } = await newSpace();
      const { id, bytes } = await begin(ofNobody);
      const add = (quota: Partial<typeof PLENTY>, ...texts: string[]) =>
        refusal(
          store().append(
            ofNobody,
            id,
            texts.map((text) => said(text)),
            { ...PLENTY, ...quota },
          ),
        );
      expect(await add({ messages: 1 }, "a", "b")).toBe("quota_exceeded");
      expect(await add({ messageBytes: 50 }, "a", "b")).toBe("quota_exceeded");
      expect(await add({ bytes: 50 }, "a", "b")).toBe("quota_exceeded");
      expect(await refusal(begin(ofNobody, {}, { ...PLENTY, conversations: 1 }))).toBe("quota_exceeded");
      const branch = { id: randomUUID(), message: null };
      const bounds = { ...PLENTY, conversations: 1 };
      expect(await refusal(store().branch(ofNobody, id, branch, bounds))).toBe("quota_exceeded");
      const title = { title: "x".repeat(100) };
      expect(await refusal(store().update(ofNobody, id, title, { ...PLENTY, bytes: 50 }))).toBe(
        "quota_exceeded",
      );
      expect(await bytesOf(ofNobody)).toEqual([1, bytes]);
      expect(await textsOf(ofNobody, id)).toEqual([]);
    });

    it("of one person have a share, which is nobody else's", async () => {
      const { ada, bob, ofAda, ofBob, ofNobody } = await newSpace();
      const bounds = { ...PLENTY, personBytes: 200 };
      const long = said("x".repeat(60));
      const { id } = await begin(ofAda, { userId: ada }, bounds);
      await store().append(ofAda, id, [long], bounds);
      expect(await refusal(store().append(ofAda, id, [long], bounds))).toBe("quota_exceeded");
      const branch = { id: randomUUID(), message: null };
      expect(await refusal(store().branch(ofAda, id, branch, bounds))).toBe("quota_exceeded");
      const title = { title: "x".repeat(150) };
      expect(await refusal(store().update(ofAda, id, title, bounds))).toBe("quota_exceeded");
      const theirs = await begin(ofBob, { userId: bob }, bounds);
      await store().append(ofBob, theirs.id, [long], bounds);
      const shared = await begin(ofNobody, {}, bounds);
      await store().append(ofNobody, shared.id, [long, long, long], bounds);
      await store().remove(ofAda, id);
      expect(await begin(ofAda, { userId: ada, title: "Once more" }, bounds)).toMatchObject({
        title: "Once more",
      });
    });

    it("count what comes at once from two nodes, and lose no message", async () => {
      const { ofNobody } = await newSpace();
      const { id } = await begin(ofNobody);
      const nodes = [subject().database, subject().other] as const;
      await times(20, (n) =>
        nodes[n % 2 === 0 ? 0 : 1].conversations.append(ofNobody, id, [said(`${n}`)], PLENTY),
      );
      expect((await textsOf(ofNobody, id)).map(Number).sort((a, b) => a - b)).toEqual([...Array(20).keys()]);
      const made = await times(20, () => refusal(begin(ofNobody, {}, { ...PLENTY, conversations: 10 })));
      expect(made.filter((one) => one === "quota_exceeded")).toHaveLength(11);
      const all = (await store().list(ofNobody, { limit: 99 })).items;
      expect(await bytesOf(ofNobody)).toEqual([10, all.reduce((sum, { bytes }) => sum + bytes, 0)]);
    });

    it("end with the membership of their person, and with the installation", async () => {
      const { ofAda, ofBob, ada, bob } = await newSpace();
      await begin(ofAda);
      const { id } = await begin(ofAda, { userId: ada });
      await say(ofAda, id, "mine");
      await begin(ofBob, { userId: bob });
      await subject().database.organizations.removeMember(ofAda.organizationId, ada);
      expect(await store().find({ ...ofAda, people: "all" }, id)).toBeNull();
      expect((await bytesOf(ofAda))[0]).toBe(2);
      expect(await refusal(begin(ofAda, { userId: ada }))).toBe("organization_not_found");
      const installation = await subject().database.installations.find(
        ofAda.organizationId,
        (await subject().database.installations.list(ofAda.organizationId))[0]?.pluginId ?? "",
      );
      await subject().database.installations.remove(ofAda.installationId, installation?.revision ?? 0);
      expect(await bytesOf(ofAda)).toEqual([0, 0]);
      expect(await refusal(begin(ofBob))).toBe("plugin_not_installed");
    });

    it("wait for nobody in a circle, whoever changes them, leaves or uninstalls at the same time", async () => {
      await times(8, async () => {
        const { ofAda, ofBob, ada, bob } = await newSpace();
        const { organizationId, installationId } = ofAda;
        const { organizations, installations } = subject().database;
        const [mine, his] = [await begin(ofAda, { userId: ada }), await begin(ofBob, { userId: bob })];
        const outcomes = await Promise.all([
          refusal(say(ofAda, mine.id, "a", "b")),
          refusal(store().remove(ofBob, his.id)),
          refusal(store().branch(ofAda, mine.id, { id: randomUUID(), message: null }, PLENTY)),
          organizations.removeMember(organizationId, ada).then(() => "left"),
          organizations.removeMember(organizationId, bob).then(() => "left"),
          refusal(subject().other.conversations.update(ofBob, his.id, { title: "x" }, PLENTY)),
          installations.remove(installationId, 1).then(() => "gone"),
        ]);
        expect(outcomes).toHaveLength(7);
        expect(await bytesOf(ofAda)).toEqual([0, 0]);
      });
    });
  });
};
