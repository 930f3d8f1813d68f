import type { Principal } from "@patchbay/core";
import {
  MAX_PERSON_MEMORY_NAMESPACES,
  type MemoryAnswer,
  type MemoryEntry,
  type MemoryExtraction,
  type MemoryList,
} from "@patchbay/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf, type Domain, openDomain, TestOrganization } from "./support/domain.ts";
import { lettersAndFacts, MEMORY_PERMISSIONS, remembering, runIn } from "./support/memory-plugins.ts";

let domain: Domain;
let organization: TestOrganization;
let ada: Principal;
let bob: Principal;

const PLUGIN = "acme.notes";
const MINE = "plugin:acme.notes:me/notes";

beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain.close());
beforeEach(async () => {
  organization = await TestOrganization.create(domain);
  await install(PLUGIN);
  ada = await organization.join("member");
  bob = await organization.join("member");
});

const install = async (id: string): Promise<void> => {
  await organization.install(remembering(id), { grants: MEMORY_PERMISSIONS as never });
};
const run = async <T = unknown>(who: Principal, code: string, given?: unknown, plugin = PLUGIN): Promise<T> =>
  (await runIn(organization, plugin, { code, given }, who)) as T;
const alone = async (code: string, given?: unknown): Promise<{ readonly code: string }> =>
  (await runIn(organization, PLUGIN, { code, given, alone: true }, ada)) as { readonly code: string };

/** Every method that names a namespace; `n` is the namespace, `id` an entry, `change` a change of it. */
const CALLS = [
  "createNamespace(n)",
  "deleteNamespace(n)",
  `add(n, { text: "x" })`,
  "get(n, id)",
  `update(n, id, { text: "y" })`,
  "delete(n, id)",
  "list(n)",
  `search(n, "tea")`,
  `search(["notes", n], "tea")`,
  "history(n, id)",
  "undo(n, change)",
  "consolidate(n)",
  `extract(n, [{ id: "1", role: "user", text: "I am Ada." }])`,
];

/** Ada's memory in a namespace of her own, with the change that added it. */
const herMemory = async (): Promise<{ readonly id: string; readonly change: string }> =>
  await run(
    ada,
    `await memory.createNamespace("me/notes"); const { id } = await memory.add("me/notes", { text: "Likes tea.", metadata: { a: 1 } });
     return { id, change: (await memory.history("me/notes", id))[0].change }`,
  );

describe("namespaces of a person", () => {
  it("are theirs in every call that they make, beside the plugin's", async () => {
    const { id } = await herMemory();
    await run(bob, `await memory.createNamespace("notes")`);
    expect(await run(ada, "return await memory.listNamespaces()")).toMatchObject([
      { name: MINE, entries: 1 },
      { name: "plugin:acme.notes:notes" },
    ]);
    expect(
      await run(ada, "return await memory.get(given, (await memory.list(given)).items[0].id)", MINE),
    ).toMatchObject({ id, text: "Likes tea." });
    const found = await run<MemoryAnswer>(ada, `return await memory.search(["notes", "me/notes"], "tea")`);
    expect(found.hits).toMatchObject([{ entry: { id }, namespace: MINE }]);
    expect(await run(ada, `return await memory.deleteNamespace("me/notes")`)).toBe(true);
  });

  it("are nobody else's, by whatever name, entry, change or cursor, from any method", async () => {
    const hers = await herMemory();
    await run(ada, `for (const text of ["a", "b", "c"]) await memory.add("me/notes", { text })`);
    const { cursor } = await run<MemoryList>(ada, `return await memory.list("me/notes", { limit: 1 })`);
    await run(bob, `await memory.createNamespace("notes")`);
    // He has none: as if there were none at all.
    for (const call of CALLS.slice(1)) {
      const code = `const { n, id, change } = given; return await memory.${call}`;
      const expected = call.startsWith("deleteNamespace") ? false : { code: "memory_not_found" };
      const told = await run(bob, code, { n: "me/notes", ...hers });
      if (expected === false) expect(told, call).toBe(false);
      else expect(told, call).toMatchObject(expected);
    }
    // He has one of the same name, and hers is not in it.
    await run(bob, `await memory.createNamespace("me/notes")`);
    const his = async (code: string) =>
      await run(bob, `const { id, change, cursor } = given; ${code}`, { ...hers, cursor });
    expect(await his(`return await memory.get("me/notes", id)`)).toBeNull();
    expect(await his(`return await memory.delete("me/notes", id)`)).toBe(false);
    expect(await his(`return await memory.history("me/notes", id)`)).toEqual([]);
    expect(await his(`return (await memory.list("me/notes", { cursor })).items`)).toEqual([]);
    for (const name of ["me/notes", "notes"]) {
      expect(await his(`return (await memory.search("${name}", "tea")).hits`)).toEqual([]);
      expect(
        await his(`return (await memory.search("${name}", "tea", { metadata: { a: 1 } })).hits`),
      ).toEqual([]);
      expect(await his(`return await memory.update("${name}", id, { text: "x" })`)).toMatchObject({
        code: "memory_not_found",
      });
      expect(await his(`return await memory.undo("${name}", change)`)).toMatchObject({
        code: "memory_not_found",
      });
    }
    expect(await his("return await memory.listNamespaces()")).toMatchObject([{ entries: 0 }, { entries: 0 }]);
    expect(await his(`return (await memory.add("me/notes", { text: "Likes tea." })).isNew`)).toBe(true);
    // Nor by names that look for a way around.
    for (const name of [
      "me/me/notes",
      `me/../${ada.user.id}/notes`,
      `${ada.user.id}/notes`,
      "ME/notes",
      "me/",
    ])
      expect(await run(bob, "return await memory.list(given)", name), name).toMatchObject({
        code: "invalid_input",
      });
    expect(await run(ada, `return (await memory.list("me/notes")).items.map(({ text }) => text)`)).toEqual([
      "Likes tea.",
      "a",
      "b",
      "c",
    ]);
  });

  it("are none of another plugin's, nor of another organization's, that the same person calls", async () => {
    await herMemory();
    await install("acme.other");
    expect(await run(ada, "return await memory.list(given)", MINE, "acme.other")).toMatchObject({
      code: "permission_denied",
    });
    expect(await run(ada, `return await memory.list("me/notes")`, null, "acme.other")).toMatchObject({
      code: "memory_not_found",
    });
    const first = organization;
    organization = await TestOrganization.create(domain);
    await install(PLUGIN);
    const there = await organization.add(ada, "member");
    expect(await run(there, "return await memory.listNamespaces()")).toEqual([]);
    organization = first;
    expect(await run(ada, "return await memory.listNamespaces()")).toHaveLength(1);
  });

  it("are the same in views, each of whom looks at their own", async () => {
    const id = "acme.seen";
    const plugin = remembering(id, ["ui.page", ...MEMORY_PERMISSIONS]);
    await organization.bring(plugin, { uiDigest: "0".repeat(64) });
    const { owner, slug } = organization;
    const grants = ["ui.page", ...MEMORY_PERMISSIONS] as never;
    await domain.installer.install(owner, slug, { plugin: id, grants });
    await domain.switching.enable(owner, slug, id);
    const look = async (who: Principal, method: string, args: unknown) => {
      const { signal } = new AbortController();
      const request = { method, args, attachment: new Uint8Array(), signal };
      return ((await domain.viewCalls.handle(who, slug, id, request)) as { value: unknown }).value;
    };
    await look(ada, "memory.createNamespace", { namespace: "me/notes" });
    await look(ada, "memory.add", { namespace: "me/notes", text: "Likes tea." });
    const texts = `return (await memory.list("me/notes")).items.map(({ text }) => text)`;
    expect(await run(ada, texts, null, id)).toEqual(["Likes tea."]);
    expect(await run(bob, texts, null, id)).toMatchObject({ code: "memory_not_found" });
    expect(await codeOf(look(bob, "memory.list", { namespace: "me/notes" }))).toBe("memory_not_found");
    expect(await look(bob, "memory.listNamespaces", {})).toEqual([]);
    for (const namespace of [["me/notes"], { userId: ada.user.id }, null, 1, "me/notes\0", "me/notes\n"])
      expect(await codeOf(look(bob, "memory.list", { namespace }))).toBe("invalid_input");
    expect(await codeOf(look(bob, "memory.list", { namespace: "me/notes", person: ada.user.id }))).toBe(
      "invalid_input",
    );
  });

  it("are not there where nobody calls, which every method says", async () => {
    const hers = await herMemory();
    await run(ada, `await memory.createNamespace("notes")`);
    for (const name of ["me/notes", MINE])
      for (const call of CALLS) {
        const code = `const { n, id, change } = given; return await memory.${call}`;
        const told = await alone(code, { n: name, ...hers });
        expect(told, call).toMatchObject({
          code: "invalid_input",
          message: expect.stringContaining("nobody calls"),
        });
      }
    expect(await alone("return await memory.listNamespaces()")).toMatchObject([
      { name: "plugin:acme.notes:notes" },
    ]);
  });

  it("are bounded for each person", async () => {
    const make = `for (let i = 0; i < given; i++) await memory.createNamespace("me/n" + i);
      return await memory.createNamespace("me/more").catch(({ code, message }) => [code, message])`;
    for (const who of [ada, bob])
      expect(await run(who, make, MAX_PERSON_MEMORY_NAMESPACES)).toEqual([
        "quota_exceeded",
        expect.stringContaining("10"),
      ]);
    expect(await run(ada, `return (await memory.createNamespace("ours")).entries`)).toBe(0);
  });

  it("end when the person leaves the organization", async () => {
    await herMemory();
    await run(bob, `await memory.createNamespace("me/notes")`);
    await domain.database.organizations.removeMember(organization.id, ada.user.id);
    await organization.add(ada, "member");
    expect(await run(ada, "return await memory.listNamespaces()")).toEqual([]);
    expect(await run(bob, "return await memory.listNamespaces()")).toHaveLength(1);
  });
});

describe("extractions for a person", () => {
  it("keep facts among that person's memories, and are none to others", async () => {
    await organization.install(lettersAndFacts("acme.letters"));
    await domain.rules.put(organization.owner, organization.slug, {
      defaultModel: "letters/chat",
      retries: 0,
    });
    const facts = [{ fact: "The user is Ada", message: "1", quote: "I am Ada" }];
    await runIn(organization, "acme.letters", { answers: [{ facts }] });
    await herMemory();
    await run(bob, `await memory.createNamespace("me/notes")`);
    const messages = [{ id: "1", role: "user", text: "I am Ada, hello." }];
    const begun = await run<MemoryExtraction>(
      ada,
      `return await memory.extract("me/notes", given)`,
      messages,
    );
    expect(begun.namespace).toBe(MINE);
    const state = async () =>
      (await run<MemoryExtraction>(ada, "return await memory.extraction(given)", begun.id)).state;
    await expect.poll(state).toBe("succeeded");
    for (const who of [bob, organization.owner])
      expect(await run(who, "return await memory.extraction(given)", begun.id)).toBeNull();
    expect(await alone("return await memory.extraction(given)", begun.id)).toBeNull();
    const textsOf = async (who: Principal) =>
      (await run<MemoryList>(who, `return await memory.list("me/notes")`)).items.map(({ text }) => text);
    expect([await textsOf(ada), await textsOf(bob)]).toEqual([["Likes tea.", "The user is Ada"], []]);
    expect(await run(bob, `return await memory.undo("me/notes", given)`, begun.id)).toMatchObject({
      code: "memory_not_found",
    });
    expect(await run(ada, `return await memory.undo("me/notes", given)`, begun.id)).toEqual({
      undone: 1,
      kept: 0,
    });
  });
});

describe("those who look after the plugin", () => {
  it("see nothing of people's namespaces, and reach none, their own included", async () => {
    const { id } = await herMemory();
    await run(
      organization.owner,
      `await memory.createNamespace("me/notes"); await memory.createNamespace("notes")`,
    );
    const { owned } = domain.memory;
    const { owner, slug } = organization;
    expect((await owned.listSpaces(owner, slug)).map(({ name }) => name)).toEqual(["notes"]);
    for (const namespace of ["me/notes", MINE]) {
      const at = { plugin: PLUGIN, namespace };
      expect(await codeOf(owned.list(owner, slug, at, { limit: 1 }))).toBe("memory_not_found");
      const { signal } = new AbortController();
      const question = { query: "tea", limit: 1, signal };
      expect(await codeOf(owned.search(owner, slug, at, question))).toBe("memory_not_found");
      expect(await codeOf(owned.get(owner, slug, at, id))).toBe("memory_not_found");
      expect(await codeOf(owned.update(owner, slug, at, id, { text: "x" }))).toBe("memory_not_found");
      expect(await codeOf(owned.remove(owner, slug, at, id))).toBe("memory_not_found");
      expect(await codeOf(owned.removeSpace(owner, slug, at))).toBe("memory_not_found");
    }
    expect(await codeOf(owned.get(owner, slug, { plugin: PLUGIN, namespace: "notes" }, id))).toBe(
      "memory_not_found",
    );
    expect(await organization.history(PLUGIN)).not.toContain("memory.read");
    expect((await run<MemoryEntry>(ada, `return await memory.get("me/notes", given)`, id)).text).toBe(
      "Likes tea.",
    );
  });
});
