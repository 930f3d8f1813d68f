import type { MemoryAnswer, MemoryEntry } from "@patchbay/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Domain, openDomain, TestOrganization } from "./support/domain.ts";
import { lettersAndFacts, MEMORY_PERMISSIONS, remembering, runIn } from "./support/memory-plugins.ts";

let domain: Domain;
let organization: TestOrganization;

const PLUGIN = "acme.notes";
const LETTERS = "acme.letters";

beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain.close());
beforeEach(async () => {
  organization = await TestOrganization.create(domain);
  await organization.install(remembering(PLUGIN), { grants: MEMORY_PERMISSIONS as never });
  await organization.install(lettersAndFacts(LETTERS));
  await choose("letters/v1");
  await run(`await memory.createNamespace("notes")`);
});

const choose = async (memoryModel: string): Promise<void> => {
  await domain.rules.put(organization.owner, organization.slug, { memoryModel, retries: 0 });
};
const run = async <T = unknown>(code: string, given?: unknown): Promise<T> =>
  (await runIn(organization, PLUGIN, { code, given })) as T;
const model = async (input: object): Promise<{ readonly embedded: number }> =>
  (await runIn(organization, LETTERS, input)) as { readonly embedded: number };
const remember = async (texts: readonly string[]): Promise<void> => {
  await run(`for (const text of given) await memory.add("notes", { text })`, texts);
};
const embedInBackground = async (): Promise<void> => {
  await domain.memory.upkeep.embed(new AbortController().signal);
};
const search = async (query: string): Promise<MemoryAnswer> =>
  await run(`return await memory.search("notes", given)`, query);
/** Texts found by meaning, the nearest first. */
const near = ({ hits }: MemoryAnswer): readonly string[] =>
  hits.filter(({ meaning }) => meaning !== null).map(({ entry }) => entry.text);
const numbered = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `filler ${at} ${"abcdefghij"[at % 10]?.repeat(at)}`);

describe("what is embedded in the background", () => {
  it("is what enabled plugins keep, and nothing of those that are switched off", async () => {
    await remember(["Likes tea."]);
    const { owner, slug } = organization;
    await domain.switching.disable(owner, slug, PLUGIN);
    await embedInBackground();
    expect((await model({})).embedded).toBe(0);
    await domain.switching.enable(owner, slug, PLUGIN);
    await embedInBackground();
    expect((await model({})).embedded).toBe(1);
  });

  it("goes on past texts for which the model fails, which are found by their words", async () => {
    await remember(["First poison", ...numbered(150), "Second poison"]);
    await embedInBackground();
    // The model answers for all the others, and for what was asked to see whether it does.
    const answer = await search("elppa");
    expect(answer.meaning).toBe("complete");
    const found = await search("poisonous, the second poison");
    expect([found.meaning, found.hits]).toEqual(["unavailable", [expect.anything(), expect.anything()]]);
    expect(found.hits[0]?.entry.text).toBe("Second poison");
    // What the model fails for the question of one is no failure for another.
    expect((await search("elppa")).meaning).toBe("complete");
    const { embedded } = await model({});
    await embedInBackground();
    expect((await model({})).embedded).toBe(embedded);
  });

  it("has a text that was set aside again once it is another, and once the model is", async () => {
    const { id } = await run<MemoryEntry>(`return await memory.add("notes", { text: "qz poison" })`);
    await embedInBackground();
    expect(near(await search("qqzz"))).toEqual([]);
    await run(`await memory.update("notes", given, { text: "qz potion" })`, id);
    await embedInBackground();
    expect(near(await search("qqzz"))).toEqual(["qz potion"]);
    await run(`await memory.update("notes", given, { text: "qz poison" })`, id);
    await embedInBackground();
    const { embedded } = await model({});
    await choose("letters/v2");
    await embedInBackground();
    // It is asked for once more, and the model still fails for it: what is embedded is the question whether it answers at all.
    expect((await model({})).embedded).toBe(embedded + 1);
  });

  it("waits where the model itself fails, and sets nothing aside", async () => {
    await remember(["Likes tea.", "Likes coffee."]);
    await model({ broken: true });
    await embedInBackground();
    await model({ broken: false });
    await embedInBackground();
    expect((await model({})).embedded).toBe(2);
    expect((await search("tea")).meaning).toBe("complete");
  });
});

describe("a search", () => {
  it("goes by meaning although one of the memories cannot be embedded", async () => {
    await remember(["qz qz"]);
    expect(near(await search("qqzz"))).toEqual(["qz qz"]);
    await remember(["A poison"]);
    const answer = await search("qqzz");
    expect([answer.meaning, near(answer)]).toEqual(["partial", ["qz qz"]]);
  });

  it("is right where the model gives vectors of another length under the same name, which has all embedded anew", async () => {
    await remember(["qz qz", ...numbered(80)]);
    await embedInBackground();
    expect(near(await search("qqzz"))[0]).toBe("qz qz");
    await model({ longer: true });
    await remember(["zzz qqq"]);
    const first = await search("qqzz");
    expect([first.meaning, near(first)[0]]).toEqual(["partial", "zzz qqq"]);
    const { embedded } = await model({});
    await embedInBackground();
    expect((await model({})).embedded).toBe(embedded + 81);
    const after = await search("qqzz");
    expect(after.meaning).toBe("complete");
    expect(near(after).slice(0, 2).sort()).toEqual(["qz qz", "zzz qqq"]);
  });
});
