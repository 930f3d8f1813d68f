import type { Principal } from "@patchbay/core";
import type { MemoryAnswer, MemoryEntry, MemoryList, MemoryNamespace } from "@patchbay/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf, type Domain, openDomain, TestOrganization } from "./support/domain.ts";
import { lettersAndFacts, MEMORY_PERMISSIONS, remembering, runIn } from "./support/memory-plugins.ts";

let domain: Domain;
let organization: TestOrganization;

beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain.close());
beforeEach(async () => {
  organization = await TestOrganization.create(domain);
});

const PLUGIN = "acme.notes";
const install = async (id = PLUGIN, permissions: readonly unknown[] = MEMORY_PERMISSIONS): Promise<void> => {
  const plugin = remembering(id, permissions);
  await organization.install(plugin, { grants: permissions as never });
};
const run = async <T = unknown>(code: string, given?: unknown, plugin = PLUGIN): Promise<T> =>
  (await runIn(organization, plugin, { code, given })) as T;
const refusalOf = async (code: string, given?: unknown): Promise<string> =>
  (await run<{ code: string }>(`${code}; return { code: "none" }`, given)).code;

describe("namespaces", () => {
  it("are the plugin's own, have its name before theirs, and may be named either way", async () => {
    await install();
    const made = await run<MemoryNamespace>(`return await memory.createNamespace("notes")`);
    expect(made).toEqual({ name: "plugin:acme.notes:notes", entries: 0, createdAt: expect.any(String) });
    expect(await run(`return await memory.createNamespace("plugin:acme.notes:notes")`)).toEqual(made);
    await run(
      `await memory.add("plugin:acme.notes:notes", { text: "One." }); await memory.add("notes", { text: "Two." })`,
    );
    expect(await run("return await memory.listNamespaces()")).toEqual([{ ...made, entries: 2 }]);
    expect(await run(`return await memory.deleteNamespace("notes")`)).toBe(true);
    expect(await run(`return await memory.deleteNamespace("notes")`)).toBe(false);
    expect(await refusalOf(`await memory.list("notes")`)).toBe("memory_not_found");
  });

  it("of others are refused by every method, whoever they are", async () => {
    await install();
    await install("acme.other");
    await run(
      `await memory.createNamespace("notes"); await memory.add("notes", { text: "Mine." })`,
      null,
      "acme.other",
    );
    const calls = [
      "createNamespace(n)",
      "deleteNamespace(n)",
      `add(n, { text: "x" })`,
      `get(n, "x")`,
      `update(n, "x", { text: "y" })`,
      `delete(n, "x")`,
      "list(n)",
      `search(n, "Mine")`,
      `search(["own", n], "Mine")`,
      `history(n, "x")`,
      `undo(n, "x")`,
      "consolidate(n)",
      `extract(n, [{ id: "1", role: "user", text: "I am." }])`,
    ];
    await run(`await memory.createNamespace("own")`);
    const foreign = [
      "plugin:acme.other:notes",
      "host:notes",
      "global:x",
      "plugin:acme.notes2:own",
      ":",
      "plugin:acme.notes",
    ];
    for (const name of foreign)
      for (const call of calls)
        expect(
          await run(`const n = given; return await memory.${call}`, name),
          `${call} of ${name}`,
        ).toMatchObject({
          code: "permission_denied",
          name: "PluginPermissionError",
        });
    expect(await run("return await memory.listNamespaces()", null, "acme.other")).toMatchObject([
      { entries: 1 },
    ]);
  });

  it("have names that are told from each other, and are bounded in number", async () => {
    await install();
    for (const name of ["", ".hidden", "a b", "a/b", "ä", "x".repeat(65), "plugin:acme.notes:", "a\0"])
      expect(await refusalOf("await memory.createNamespace(given)", name), name).toBe("invalid_input");
    const made = await run(`for (let i = 0; i < 100; i++) await memory.createNamespace("n" + i);
      return await memory.createNamespace("one-more").catch(({ code, message }) => [code, message])`);
    expect(made).toEqual(["quota_exceeded", expect.stringContaining("100")]);
  });

  it("are another plugin's, or another organization's, in none of what is read of one's own", async () => {
    await install();
    await run(`await memory.createNamespace("notes"); await memory.add("notes", { text: "Secret." })`);
    organization = await TestOrganization.create(domain);
    await install();
    expect(await run("return await memory.listNamespaces()")).toEqual([]);
    expect(await refusalOf(`await memory.search("notes", "secret")`)).toBe("memory_not_found");
  });

  it("need the permission that each method names", async () => {
    await install(PLUGIN, ["memory.read"]);
    expect(await refusalOf(`await memory.createNamespace("notes")`)).toBe("permission_denied");
    expect(await run("return await memory.listNamespaces()")).toEqual([]);
    await install("acme.writes", ["memory.write"]);
    expect(await run(`return await memory.listNamespaces()`, null, "acme.writes")).toMatchObject({
      name: "PermissionDeniedError",
    });
  });
});

describe("memories", () => {
  beforeEach(async () => {
    await install();
    await run(`await memory.createNamespace("notes")`);
  });

  it("are added, read, changed and deleted, and tell what became of them", async () => {
    const added = await run<MemoryEntry>(
      `return await memory.add("notes", { text: " Likes tea. ", metadata: { of: "ada" }, citation: { message: "m1", quote: "I like tea" } })`,
    );
    const { id } = added;
    expect(added).toEqual({
      id,
      text: "Likes tea.",
      metadata: { of: "ada" },
      citations: [{ message: "m1", quote: "I like tea" }],
      expiresAt: null,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
      isNew: true,
    });
    const changed = await run<MemoryEntry>(
      `return await memory.update("notes", given, { text: "Likes green tea.", expiresAt: "2999-01-01T00:00:00Z" })`,
      id,
    );
    expect(changed).toMatchObject({
      text: "Likes green tea.",
      metadata: { of: "ada" },
      expiresAt: "2999-01-01T00:00:00.000Z",
    });
    expect(await run(`return await memory.get("notes", given)`, id)).toEqual(changed);
    expect(await run(`return await memory.delete("notes", given)`, id)).toBe(true);
    expect(await run(`return await memory.delete("notes", given)`, id)).toBe(false);
    expect(await run(`return await memory.get("notes", given)`, id)).toBeNull();
    expect(await refusalOf(`await memory.update("notes", given, { text: "x" })`, id)).toBe(
      "memory_not_found",
    );
    const history = await run<{ kind: string; before: unknown; after: unknown; by: unknown }[]>(
      `return await memory.history("notes", given)`,
      id,
    );
    expect(history.map(({ kind }) => kind)).toEqual(["delete", "update", "add"]);
    expect(history[0]).toMatchObject({ by: { kind: "plugin", name: PLUGIN }, after: null });
    expect(history[1]).toMatchObject({ before: { text: "Likes tea." }, after: { text: "Likes green tea." } });
  });

  it("are there once: the same text again changes nothing", async () => {
    const twice = await run<[MemoryEntry, MemoryEntry & { isNew: boolean }]>(
      `return [await memory.add("notes", { text: "Likes  tea." }), await memory.add("notes", { text: "Likes tea.\\n", metadata: { a: 1 } })]`,
    );
    expect(twice[1]).toEqual({ ...twice[0], isNew: false });
    expect(await run(`return (await memory.list("notes")).items.length`)).toBe(1);
    const other = await run<MemoryEntry>(`return await memory.add("notes", { text: "Likes coffee." })`);
    expect(await refusalOf(`await memory.update("notes", given, { text: "Likes tea." })`, other.id)).toBe(
      "already_exists",
    );
  });

  it("are undone as they were, unless they were changed since", async () => {
    const { id } = await run<MemoryEntry>(
      `return await memory.add("notes", { text: "One.", metadata: { b: 1, a: [1.0] } })`,
    );
    await run(`await memory.delete("notes", given)`, id);
    const undo = `const [{ change }] = await memory.history("notes", given); return await memory.undo("notes", change)`;
    expect(await run(undo, id)).toEqual({ undone: 1, kept: 0 });
    expect(await run(`return await memory.get("notes", given)`, id)).toMatchObject({
      text: "One.",
      metadata: { a: [1], b: 1 },
    });
    // The undoing is undone as well.
    expect(await run(undo, id)).toEqual({ undone: 1, kept: 0 });
    expect(await run(`return await memory.get("notes", given)`, id)).toBeNull();
    await run(undo, id);
    const first = `const { change } = (await memory.history("notes", given)).at(-1); return await memory.undo("notes", change)`;
    await run(`await memory.update("notes", given, { text: "Two." })`, id);
    expect(await run(first, id)).toEqual({ undone: 0, kept: 1 });
    expect(await refusalOf(`await memory.undo("notes", "nothing")`)).toBe("memory_not_found");
  });

  it("are listed page by page, and by their metadata", async () => {
    await run(
      `for (let i = 0; i < 7; i++) await memory.add("notes", { text: "Number " + i, metadata: { odd: i % 2 === 1, of: { n: i } } })`,
    );
    const pages = await run<MemoryList[]>(`const pages = []; let cursor;
      do { const page = await memory.list("notes", { limit: 3, ...(cursor && { cursor }) }); pages.push(page); cursor = page.cursor; } while (cursor);
      return pages`);
    expect(pages.map(({ items }) => items.length)).toEqual([3, 3, 1]);
    expect(pages.flatMap(({ items }) => items.map(({ text }) => text.at(-1)))).toEqual([..."0123456"]);
    const odd = await run<MemoryList>(`return await memory.list("notes", { metadata: { odd: true } })`);
    expect(odd.items.map(({ text }) => text.at(-1))).toEqual([..."135"]);
    const one = await run<MemoryList>(`return await memory.list("notes", { metadata: { of: { n: 4 } } })`);
    expect(one.items).toHaveLength(1);
    expect(await refusalOf(`await memory.list("notes", { cursor: "%%" })`)).toBe("invalid_input");
    for (const metadata of ["\0", "\ud800", "x".repeat(5_000)])
      for (const call of [
        `list("notes", { metadata: { a: given } })`,
        `search("notes", "x", { metadata: { a: given } })`,
      ])
        expect(await refusalOf(`await memory.${call}`, metadata), call).toMatch(
          /invalid_input|quota_exceeded/,
        );
    expect(await refusalOf(`await memory.list("notes", { cursor: "YWJj" })`)).toBe("invalid_input");
  });

  it("are gone when their time is over, before anybody removes them, and can be added again", async () => {
    const later = new Date(domain.clock.now().getTime() + 60_000).toISOString();
    const { id } = await run<MemoryEntry>(
      `return await memory.add("notes", { text: "Meets Bob.", expiresAt: given })`,
      later,
    );
    expect(await run<MemoryAnswer>(`return await memory.search("notes", "Bob")`)).toMatchObject({
      hits: [{ entry: { id } }],
    });
    domain.clock.pass(61_000);
    expect(await run<MemoryAnswer>(`return await memory.search("notes", "Bob")`)).toMatchObject({ hits: [] });
    expect(await run(`return await memory.get("notes", given)`, id)).toBeNull();
    expect(await run(`return (await memory.list("notes")).items`)).toEqual([]);
    expect(await run(`return (await memory.add("notes", { text: "Meets Bob." })).isNew`)).toBe(true);
    await domain.memory.upkeep.removeExpired();
    expect(await run("return await memory.listNamespaces()")).toMatchObject([{ entries: 1 }]);
    expect(
      await run(
        `return (await memory.history("notes", given)).every(({ before, after }) => before === null && after === null)`,
        id,
      ),
    ).toBe(true);
  });

  it("are bounded in what they hold, each bound being said", async () => {
    const told = async (memory: unknown) =>
      await run(
        `return await memory.add("notes", given).catch(({ code, message }) => [code, message])`,
        memory,
      );
    expect(await told({ text: "ä".repeat(5_000) })).toEqual([
      "quota_exceeded",
      expect.stringContaining("8192 bytes"),
    ]);
    expect(await told({ text: "x", metadata: { a: "x".repeat(5_000) } })).toEqual([
      "quota_exceeded",
      expect.stringContaining("4096 bytes"),
    ]);
    for (const wrong of [
      { text: "" },
      { text: " \n" },
      { text: "a\0b" },
      { text: "\ud800" },
      { text: "x", metadata: [] },
      { text: "x", metadata: { a: "\0" } },
      { text: "x", metadata: { a: "\udfff" } },
      { text: "x", expiresAt: "tomorrow" },
      { text: "x", expiresAt: "2001-01-01T00:00:00Z" },
      { text: "x", citation: { message: "", quote: "x" } },
      { text: "x", more: 1 },
      { text: 1 },
    ])
      expect(await told(wrong), JSON.stringify(wrong)).toEqual(["invalid_input", expect.any(String)]);
  });

  it("count towards what the plugin may store, and go with it", async () => {
    await run(`await memory.add("notes", { text: "12345" })`);
    const found = await domain.database.installations.find(organization.id, PLUGIN);
    const usage = await domain.database.pluginData.usage(found?.id ?? "");
    expect(usage).toMatchObject({ values: 0, files: 0, memories: 1, bytes: 5 + 2 + 2 });
    await run(`await memory.deleteNamespace("notes")`);
    expect((await domain.database.pluginData.usage(found?.id ?? "")).bytes).toBe(0);
  });

  it("that say the same in the same words become one, which is told and undone", async () => {
    await run(`for (const [i, text] of ["The user likes tea", "User likes tea.", "user likes the TEA", "User likes no tea", "Tea likes user"].entries())
      await memory.add("notes", { text, metadata: { ["m" + i]: i }, citation: { message: "m" + i, quote: text } })`);
    const told = await run<{ change: string; merged: unknown[] }>(`return await memory.consolidate("notes")`);
    expect(told.merged).toEqual([{ id: expect.any(String), text: "The user likes tea", count: 2 }]);
    const { items } = await run<MemoryList>(`return await memory.list("notes")`);
    expect(items.map(({ text }) => text)).toEqual([
      "The user likes tea",
      "User likes no tea",
      "Tea likes user",
    ]);
    expect(items[0]).toMatchObject({
      metadata: { m0: 0, m1: 1, m2: 2 },
      citations: [{ message: "m0" }, { message: "m1" }, { message: "m2" }],
    });
    expect(await run(`return await memory.consolidate("notes")`)).toEqual({ change: null, merged: [] });
    expect(await run(`return await memory.undo("notes", given)`, told.change)).toEqual({
      undone: 3,
      kept: 0,
    });
    expect(await run(`return (await memory.list("notes")).items.length`)).toBe(5);
  });
});

describe("search", () => {
  const texts = [
    "A cat sat on the mat",
    "The act of a tac",
    "Winter in Norway is dark",
    "Dogs bark at night",
  ];
  beforeEach(async () => {
    await install();
    await run(
      `await memory.createNamespace("notes"); for (const text of given) await memory.add("notes", { text })`,
      texts,
    );
  });
  const search = async (query: string, options: object = {}): Promise<MemoryAnswer> =>
    await run<MemoryAnswer>("return await memory.search(given.in ?? 'notes', given.query, given.options)", {
      query,
      options,
    });
  const found = ({ hits }: MemoryAnswer) => hits.map(({ entry }) => entry.text);

  it("goes by words alone where no model embeds, and says so", async () => {
    const answer = await search("a dark winter");
    expect(answer.meaning).toBe("unavailable");
    expect(answer.hits).toMatchObject([
      {
        entry: { text: texts[2] },
        namespace: "plugin:acme.notes:notes",
        words: { rank: 1, share: 1 },
        meaning: null,
      },
    ]);
    expect(found(await search("barking dog"))).toEqual([texts[3]]);
    expect(found(await search("the"))).toEqual([texts[1], texts[0]]);
    for (const odd of ["'", "\\", "a & b | !c <-> d:*", "!!!", "\u0000x", "🙂"])
      expect((await search(odd)).meaning ?? "refused", odd).toMatch(/unavailable|refused/);
  });

  it("goes by meaning as well where one does, with each memory as it is now", async () => {
    await organization.install(lettersAndFacts("acme.letters"));
    const rules = { memoryModel: "letters/v1" };
    await domain.rules.put(organization.owner, organization.slug, rules);
    const answer = await search("tcaat");
    expect(answer.meaning).toBe("complete");
    expect(answer.hits[0]).toMatchObject({ entry: { text: texts[1] }, words: null, meaning: { rank: 1 } });
    const { id } = answer.hits[0]?.entry ?? { id: "" };
    await run(`await memory.update("notes", given, { text: "zzz qqq" })`, id);
    const after = await search("qqzz");
    expect(after.hits[0]).toMatchObject({
      entry: { text: "zzz qqq" },
      meaning: { rank: 1, similarity: expect.closeTo(1, 1) },
    });
    await run(`await memory.delete("notes", given)`, id);
    expect(found(await search("qqzz"))).not.toContain("zzz qqq");
    await run(`await memory.add("notes", { text: "zq zq zq", metadata: { a: 1 } })`);
    expect(found(await search("qqzz", { limit: 1 }))).toEqual(["zq zq zq"]);
    expect(found(await search("a quiz", { metadata: { a: 1 } }))).toEqual(["zq zq zq"]);
  });

  it("is of no less than the words when the model fails, and of all again after another was chosen", async () => {
    await organization.install(lettersAndFacts("acme.letters"));
    await domain.rules.put(organization.owner, organization.slug, { memoryModel: "letters/v1", retries: 0 });
    expect((await search("cat")).meaning).toBe("complete");
    await runIn(organization, "acme.letters", { broken: true });
    const failing = await search("dark winter");
    expect([failing.meaning, found(failing)]).toEqual(["unavailable", [texts[2]]]);
    await runIn(organization, "acme.letters", { broken: false });
    await domain.rules.put(organization.owner, organization.slug, { memoryModel: "letters/v2", retries: 0 });
    const anew = await search("tcaat");
    expect([anew.meaning, found(anew)[0]]).toEqual(["complete", texts[1]]);
  });

  it("says that it is partial while many have no vector, which are embedded in the background", async () => {
    await organization.install(lettersAndFacts("acme.letters"));
    await domain.rules.put(organization.owner, organization.slug, { memoryModel: "letters/v1" });
    await run(`for (let i = 0; i < 150; i++) await memory.add("notes", { text: "filler " + i })`);
    expect((await search("cat")).meaning).toBe("partial");
    await domain.memory.upkeep.embed(new AbortController().signal);
    expect((await search("cat")).meaning).toBe("complete");
    const { embedded } = (await runIn(organization, "acme.letters", {})) as { embedded: number };
    expect(embedded).toBe(154 + 2);
  });

  it("goes over several namespaces, none of which may be missing", async () => {
    await run(
      `await memory.createNamespace("more"); await memory.add("more", { text: "The winter was mild" })`,
    );
    const answer = await run<MemoryAnswer>(
      `return await memory.search(["notes", "plugin:acme.notes:more", "more"], "winter")`,
    );
    expect(answer.hits.map(({ namespace }) => namespace).sort()).toEqual([
      "plugin:acme.notes:more",
      "plugin:acme.notes:notes",
    ]);
    expect(await refusalOf(`await memory.search(["notes", "none"], "winter")`)).toBe("memory_not_found");
    expect(await refusalOf(`await memory.search([], "winter")`)).toBe("invalid_input");
    expect(await refusalOf(`await memory.search("notes", "x".repeat(4001))`)).toBe("invalid_input");
  });
});

describe("a view", () => {
  const VIEWS = ["ui.page", ...MEMORY_PERMISSIONS];
  const ask = async (who: Principal, method: string, args: unknown): Promise<{ value: unknown }> => {
    const request = { method, args, attachment: new Uint8Array(), signal: new AbortController().signal };
    return (await domain.viewCalls.handle(who, organization.slug, PLUGIN, request)) as { value: unknown };
  };

  it("has the memories of its plugin for whoever may use it, who is not told to the plugin, and extracts nothing", async () => {
    const plugin = remembering(PLUGIN, VIEWS);
    await organization.bring(plugin, { uiDigest: "0".repeat(64) });
    const { owner, slug } = organization;
    await domain.installer.install(owner, slug, { plugin: PLUGIN, grants: VIEWS as never });
    await domain.switching.enable(owner, slug, PLUGIN);
    const member = await organization.join("member");
    await ask(member, "memory.createNamespace", { namespace: "notes" });
    const { value } = await ask(member, "memory.add", { namespace: "notes", text: "Likes tea." });
    expect(await run(`return (await memory.list("notes")).items`)).toMatchObject([{ text: "Likes tea." }]);
    expect(await run(`return await memory.history("notes", given.id)`, value)).toMatchObject([
      { by: { kind: "user" } },
    ]);
    expect(JSON.stringify(await run(`return await memory.history("notes", given.id)`, value))).not.toContain(
      member.user.email,
    );
    expect(await codeOf(ask(member, "memory.list", { namespace: "plugin:acme.other:notes" }))).toBe(
      "permission_denied",
    );
    const messages = [{ id: "1", role: "user", text: "Hi" }];
    expect(await codeOf(ask(member, "memory.extract", { namespace: "notes", messages }))).toBe(
      "permission_denied",
    );
    const viewer = await organization.join("viewer");
    expect(await codeOf(ask(viewer, "memory.list", { namespace: "notes" }))).toBe("forbidden");
  });
});
