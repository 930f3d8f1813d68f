import type { MemoryExtraction } from "@patchbay/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startOrganization, type TestOrganization } from "./support/organization.ts";
import { type Person, signedUp } from "./support/people.ts";

let parts: TestOrganization;

const PLUGIN = "acme.notes";
const OTHER = "acme.other";
const PROVIDER = "acme.thinker";
const ORG = "/api/orgs/default";
const SPACE = `${ORG}/memory/${PLUGIN}/notes`;
const PERMISSIONS = ["memory.read", "memory.write", "memory.extract"] as const;

/** A tool for each method of the api. */
const CODE = `
const told = ({ name, code }) => ({ name, code });
export default { tools: {
  call: { description: "c", run: ({ method, args }, { api }) => api.memory[method](...args) },
  fails: { description: "f", run: ({ method, args }, { api }) => api.memory[method](...args).then(() => null, told) },
} };`;

/** A chat model that finds where the user lives, at the second time. */
const THINKER = `
let asked = 0;
export default { models: { thinker: {
  list: () => [{ name: "one", kind: "chat" }],
  async *chat({ messages }) {
    asked += 1;
    if (asked === 1) { yield { type: "error", error: { code: "overloaded", message: "Too much." } }; return; }
    const { conversation } = JSON.parse(messages[1].parts[0].text);
    const facts = conversation.flatMap(({ id, text }) => (text.match(/I live in \\w+/) ?? []).map((quote) => ({ fact: quote.replace("I live", "The user lives"), message: id, quote })));
    yield { type: "text", text: JSON.stringify({ facts }) };
    yield { type: "finish", reason: "stop" };
  },
} } };`;

beforeAll(async () => {
  parts = await startOrganization();
  const manifest = { permissions: { optional: PERMISSIONS } };
  for (const id of [PLUGIN, OTHER]) {
    await parts.install({ id, code: CODE, tools: ["call", "fails"], manifest }, PERMISSIONS);
    await parts.client.plugins.step(id, "enable");
  }
  const models = [{ name: "thinker", kinds: ["chat"] }];
  await parts.install({ id: PROVIDER, code: THINKER, manifest: { contributes: { models } } });
  for (const id of [PROVIDER, "patchbay.word-vectors"]) await parts.client.plugins.step(id, "enable");
  await parts.owner.put(`${ORG}/models/rules`, { defaultModel: "thinker/one", retries: 0 });
});
afterAll(async () => await parts?.stop());

const call = async (method: string, ...args: unknown[]) => {
  const { status, body } = await parts.owner.post(`${ORG}/tools/${PLUGIN}/call`, { input: { method, args } });
  expect(status, JSON.stringify(body)).toBe(200);
  return body.output;
};

describe("a plugin in a sandbox", () => {
  it("keeps in mind what it is told, and finds it by words and by meaning", async () => {
    expect(await call("createNamespace", "notes")).toMatchObject({ name: "plugin:acme.notes:notes" });
    const added = await call("add", "notes", {
      text: "The kitten was adopted from the shelter.",
      metadata: { of: "ada" },
    });
    for (const text of ["The rent rises in January.", "Jonas plays the cello."])
      await call("add", "notes", { text });
    const { hits, meaning } = await call("search", "plugin:acme.notes:notes", "Which pets do they have?");
    expect(meaning).toBe("complete");
    expect(hits[0]).toMatchObject({ entry: { id: added.id }, words: null, meaning: { rank: 1 } });
    expect((await call("search", ["notes"], "shelter", { limit: 1 })).hits[0]).toMatchObject({
      words: { rank: 1 },
    });
    expect(await call("update", "notes", added.id, { metadata: {} })).toMatchObject({
      id: added.id,
      metadata: {},
    });
    expect(await call("list", "notes", { limit: 1 })).toMatchObject({
      items: [{ id: added.id }],
      cursor: expect.any(String),
    });
    expect(await call("history", "notes", added.id)).toMatchObject([{ kind: "update" }, { kind: "add" }]);
  });

  it("is refused what is another plugin's by an error that has the documented name", async () => {
    for (const [method, ...args] of [
      ["search", "plugin:acme.notes:notes", "kitten"],
      ["list", "plugin:acme.notes:notes"],
      ["add", "plugin:acme.notes:notes", { text: "x" }],
      ["deleteNamespace", "plugin:acme.notes:notes"],
      ["createNamespace", "host:notes"],
    ]) {
      const { body } = await parts.owner.post(`${ORG}/tools/${OTHER}/fails`, { input: { method, args } });
      expect(body.output, String(method)).toEqual({
        name: "PluginPermissionError",
        code: "permission_denied",
      });
    }
  });

  it("has facts extracted, which goes on past a failure, and undone", async () => {
    const messages = [
      { id: "m1", role: "user", text: "Hello! I live in Bergen, by the way." },
      { id: "m2", role: "assistant", text: "I live in Oslo, said nobody." },
    ];
    const begun: MemoryExtraction = await call("extract", "notes", messages);
    await expect.poll(async () => (await call("extraction", begun.id)).state).toBe("succeeded");
    const done: MemoryExtraction = await call("extraction", begun.id);
    expect(done).toMatchObject({
      attempts: 2,
      report: { found: 2, added: 1, dropped: { notFromPerson: 1 } },
    });
    const { hits } = await call("search", "notes", "Bergen");
    expect(hits[0].entry).toMatchObject({
      text: "The user lives in Bergen",
      citations: [{ message: "m1", quote: "I live in Bergen" }],
    });
    expect(await call("undo", "notes", begun.id)).toEqual({ undone: 1, kept: 0 });
    expect((await call("list", "notes")).items).toHaveLength(3);
  });
});

describe("two people who use the same plugin", () => {
  let ada: Person;
  let bob: Person;
  const as = async (who: Person, tool: "call" | "fails", method: string, ...args: unknown[]) => {
    const { status, body } = await who.post(`${ORG}/tools/${PLUGIN}/${tool}`, { input: { method, args } });
    expect(status, JSON.stringify(body)).toBe(200);
    return body.output;
  };
  beforeAll(async () => {
    const member = { organization: "default", role: "member" } as const;
    ada = await signedUp(parts.server.url, "ada@example.org", member);
    bob = await signedUp(parts.server.url, "bob@example.org", member);
  });

  it("have memories of their own under the same name, and nothing of each other's from any method", async () => {
    for (const who of [ada, bob]) await as(who, "call", "createNamespace", "me/notes");
    const { id } = await as(ada, "call", "add", "me/notes", { text: "The kitten is called Ruby." });
    const [{ change }] = await as(ada, "call", "history", "me/notes", id);
    const found = await as(ada, "call", "search", ["notes", "me/notes"], "How is the cat named?");
    expect(found.hits.map((hit: { entry: { id: string } }) => hit.entry.id)).toContain(id);
    const messages = [{ id: "m1", role: "user", text: "I live in Tromso." }];
    const { id: extraction } = await as(ada, "call", "extract", "plugin:acme.notes:me/notes", messages);
    await expect.poll(async () => (await as(ada, "call", "extraction", extraction)).state).toBe("succeeded");

    expect(await as(bob, "call", "listNamespaces")).toMatchObject([
      { name: "plugin:acme.notes:me/notes", entries: 0 },
      { name: "plugin:acme.notes:notes", entries: 3 },
    ]);
    expect(await as(bob, "call", "list", "me/notes")).toEqual({ items: [] });
    for (const space of ["me/notes", "notes"]) {
      const { hits } = await as(bob, "call", "search", space, "kitten Ruby Tromso");
      expect(JSON.stringify(hits)).not.toMatch(/Ruby|Tromso/);
      expect(await as(bob, "call", "get", space, id)).toBeNull();
      expect(await as(bob, "call", "delete", space, id)).toBe(false);
      expect(await as(bob, "call", "history", space, id)).toEqual([]);
      for (const [method, ...args] of [
        ["update", id, { text: "x" }],
        ["undo", change],
        ["undo", extraction],
      ] as const)
        expect(await as(bob, "fails", method, space, ...args)).toMatchObject({ code: "memory_not_found" });
      expect((await as(bob, "call", "consolidate", space)).merged).toEqual([]);
    }
    expect(await as(bob, "call", "extraction", extraction)).toBeNull();
    expect(await as(bob, "call", "deleteNamespace", "me/notes")).toBe(true);
    expect((await as(ada, "call", "list", "me/notes")).items).toMatchObject([
      { id, text: "The kitten is called Ruby." },
      { text: "The user lives in Tromso" },
    ]);
  });

  it("have theirs while they belong to the organization, and no longer", async () => {
    const { items } = (await parts.owner.get(`${ORG}/members`)).body;
    const { userId } = items.find(({ email }: { email: string }) => email === "ada@example.org");
    const before = (await parts.owner.get(`${ORG}/plugins/${PLUGIN}/data`)).body;
    expect((await parts.owner.call("DELETE", `${ORG}/members/${userId}`)).status).toBe(204);
    const after = (await parts.owner.get(`${ORG}/plugins/${PLUGIN}/data`)).body;
    expect([before.memories, after.memories]).toEqual([5, 3]);
    expect(after.bytes).toBeLessThan(before.bytes);
  });
});

it("what a person has plugins look for and extract is within that person's budget, and takes nothing from others", async () => {
  const { user } = (await parts.manager.get("/api/me")).body;
  const asked = async (who: Pick<Person, "post">, method: string, ...args: unknown[]) => {
    const answer = await who.post(`${ORG}/tools/${PLUGIN}/call`, { input: { method, args } });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return answer.body.output;
  };
  await parts.client.budgets.create({
    for: { kind: "person", id: user.id },
    of: "requests",
    amount: 1,
    per: "day",
  });
  const look = async (who: Pick<Person, "post">) => (await asked(who, "search", "notes", "music")).meaning;
  expect(await look(parts.manager)).toBe("complete");
  expect(await look(parts.manager)).toBe("unavailable");
  expect(await look(parts.owner)).toBe("complete");
  const messages = [{ id: "1", role: "user", text: "I live in Oslo" }];
  const { id } = await asked(parts.manager, "extract", "notes", messages);
  await expect
    .poll(async () => (await asked(parts.manager, "extraction", id)).error)
    .toMatchObject({ code: "budget_exceeded" });
});

describe("the memories of plugins, for administrators", () => {
  let member: Person;
  beforeAll(async () => {
    member = await signedUp(parts.server.url, "max@example.org", { organization: "default", role: "member" });
  });

  it("are listed, searched, corrected and deleted, which the audit log says", async () => {
    const { memory } = parts.client;
    expect(await memory.list()).toMatchObject([
      { plugin: PLUGIN, namespace: "notes", name: "plugin:acme.notes:notes", entries: 3 },
    ]);
    const [first, second] = await memory.entries(PLUGIN, "notes");
    const { hits, meaning } = await memory.search(PLUGIN, "notes", "Which pets do they have?");
    expect([hits[0]?.entry.id, meaning]).toEqual([first?.id, "complete"]);
    const changed = await memory.change(PLUGIN, "notes", first?.id ?? "", { text: "The cat was adopted." });
    expect(changed).toMatchObject({ id: first?.id, text: "The cat was adopted." });
    const { history } = await memory.get(PLUGIN, "notes", first?.id ?? "");
    expect(history[0]).toMatchObject({
      kind: "update",
      by: { kind: "api_key" },
      before: { text: first?.text },
    });
    await memory.delete(PLUGIN, "notes", second?.id ?? "");
    await expect(memory.get(PLUGIN, "notes", second?.id ?? "")).rejects.toMatchObject({
      code: "memory_not_found",
    });
    await expect(memory.delete(PLUGIN, "notes", second?.id ?? "")).rejects.toMatchObject({
      code: "memory_not_found",
    });
    const { items } = (await parts.owner.get(`${ORG}/audit`)).body;
    expect(items.slice(0, 5)).toMatchObject([
      { action: "memory.deleted", plugin: PLUGIN, detail: { namespace: "notes", memory: second?.id } },
      { action: "memory.read", plugin: PLUGIN, detail: { namespace: "notes", memory: first?.id } },
      { action: "memory.changed" },
      { action: "memories.listed", detail: { namespace: "notes", q: "Which pets do they have?" } },
      { action: "memories.listed", detail: { namespace: "notes" } },
    ]);
    expect(JSON.stringify(items.slice(0, 5))).not.toContain("adopted");
  });

  it("are nobody else's to read or change", async () => {
    const [entry] = await parts.client.memory.entries(PLUGIN, "notes");
    const paths = ["", "/entries", `/entries/${entry?.id}`, "/search?q=cat"];
    for (const who of [member, parts.manager]) {
      for (const path of paths.slice(1)) expect((await who.get(`${SPACE}${path}`)).status, path).toBe(403);
      expect((await who.call("DELETE", SPACE)).status).toBe(403);
      expect((await who.call("PATCH", `${SPACE}/entries/${entry?.id}`, { text: "x" })).status).toBe(403);
    }
    expect((await member.get(`${ORG}/memory`)).status).toBe(403);
    // Of plugins of own projects alone, of which this is none.
    expect((await parts.manager.get(`${ORG}/memory`)).body.items).toEqual([]);
    for (const path of paths.slice(1)) expect((await parts.stranger.get(`${SPACE}${path}`)).status).toBe(404);
  });

  it("are not corrected over somebody else's correction", async () => {
    const [entry] = await parts.client.memory.entries(PLUGIN, "notes");
    const { id = "", revision } = entry ?? {};
    const at = `${SPACE}/entries/${id}`;
    // Weak where the answer was compressed.
    expect((await parts.owner.get(at)).headers.get("etag")).toContain(`"${revision}"`);
    const corrected = await parts.client.memory.change(PLUGIN, "notes", id, { text: "First." }, revision);
    expect(corrected.revision).not.toBe(revision);
    const change = { text: "Second." };
    const late = await parts.owner.call("PATCH", at, change, { "if-match": `"${revision}"` });
    expect(late).toMatchObject({
      status: 412,
      body: { code: "revision_changed", current: { text: "First." } },
    });
    expect((await parts.client.memory.get(PLUGIN, "notes", id)).text).toBe("First.");
    expect((await parts.owner.call("PATCH", at, change)).status).toBe(200);
  });

  it("refuse what is no change, and go with their plugin", async () => {
    const [entry] = await parts.client.memory.entries(PLUGIN, "notes");
    const at = `${SPACE}/entries/${entry?.id}`;
    for (const body of [{ text: "" }, { text: 1 }, { more: 1 }, { expiresAt: "soon" }, { metadata: [] }])
      expect((await parts.owner.call("PATCH", at, body)).status, JSON.stringify(body)).toBeGreaterThanOrEqual(
        400,
      );
    for (const wrong of ["?q=", `?q=${"x".repeat(4_001)}`, "", "?q=x&limit=51"])
      expect((await parts.owner.get(`${SPACE}/search${wrong}`)).status, wrong.slice(0, 20)).toBe(400);
    expect((await parts.owner.get(`${ORG}/memory/${PLUGIN}/a:b/entries`)).status).toBe(403);
    expect((await parts.owner.get(`${ORG}/memory/${PLUGIN}/none/entries`)).status).toBe(404);
    // Of a person, and be it one's own.
    for (const path of ["entries", `entries/${entry?.id}`, "search?q=x"])
      for (const name of ["me%2Fnotes", `plugin:${PLUGIN}:me%2Fnotes`])
        expect((await parts.owner.get(`${ORG}/memory/${PLUGIN}/${name}/${path}`)).body.code, path).toBe(
          "memory_not_found",
        );
    await parts.client.plugins.step(PLUGIN, "disable");
    expect((await parts.owner.call("DELETE", `${ORG}/plugins/${PLUGIN}`)).status).toBeLessThan(300);
    expect(await parts.client.memory.list()).toEqual([]);
  });
});
