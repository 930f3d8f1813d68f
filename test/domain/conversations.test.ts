import type { Principal } from "@patchbay/core";
import { MAX_CONVERSATION_MESSAGE_BYTES } from "@patchbay/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf, type Domain, openDomain, TestOrganization } from "./support/domain.ts";
import { KEEPING_PERMISSIONS, keeping } from "./support/keeping.ts";

let domain: Domain;
let organization: TestOrganization;

beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain.close());
beforeEach(async () => {
  organization = await TestOrganization.create(domain);
});

const install = async (id: string, projects?: readonly string[]): Promise<void> => {
  const plugin = keeping(id);
  await organization.bring(plugin, { uiDigest: "u".repeat(64) });
  await domain.installer.install(organization.owner, organization.slug, {
    plugin: id,
    grants: KEEPING_PERMISSIONS as never,
    ...(projects && { scope: { projects } }),
  });
  await domain.switching.enable(organization.owner, organization.slug, id);
};

interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** What the tool's code comes to. `alone`: with the api that belongs to no call. */
const run = async <T = unknown>(
  plugin: string,
  code: string,
  { who = organization.owner, alone = false }: { who?: Principal; alone?: boolean } = {},
): Promise<T & Refusal> => {
  const by = { principal: who, organization: organization.slug };
  const input = { code, alone };
  const answer = await domain.gateway.call(by, { kind: "tools", plugin, name: "run", input });
  return (answer as { value: T & Refusal }).value;
};

const look = async (who: Principal, plugin: string, method: string, args: unknown): Promise<unknown> => {
  const call = { method, args, attachment: new Uint8Array(), signal: new AbortController().signal };
  const answer = await domain.viewCalls.handle(who, organization.slug, plugin, call);
  return answer.kind === "value" ? answer.value : answer;
};

describe("conversations of a plugin", () => {
  it("are kept, sent on to models as they are, found, branched and written out", async () => {
    await install("keep.all");
    const found = await run(
      "keep.all",
      `const { id } = await api.conversations.create({ scope: "plugin", title: "Foxes", metadata: { tag: 1 } });
       await api.conversations.append(id, [said("What is a fox?"), said("An animal.", "assistant")]);
       const [kept] = (await api.conversations.messages(id)).items;
       const branch = await api.conversations.branch(id, { upTo: kept.id, title: "Other" });
       await api.conversations.update(id, { title: "All foxes" });
       const [hit] = await api.conversations.search("animal");
       return {
         kept: kept.message, hit: [hit.conversation.id === id, hit.message.excerpt], branch: branch.messages,
         titles: (await api.conversations.list()).items.map(({ title }) => title),
         json: JSON.parse(await api.conversations.export(id, "json")).messages.length,
         markdown: (await api.conversations.export(id, "markdown")).split("\\n").filter((line) => !line.startsWith("Begun")).join("\\n").replaceAll(/ \\(.*\\)/g, ""),
         gone: [await api.conversations.deleteMessage(id, "2"), await api.conversations.delete(id), (await api.conversations.get(id)) === undefined],
       };`,
    );
    expect(found).toEqual({
      kept: { role: "user", parts: [{ type: "text", text: "What is a fox?" }] },
      hit: [true, "An animal."],
      branch: 1,
      titles: ["All foxes", "Other"],
      json: 2,
      markdown: "# All foxes\n\n\n## User\n\nWhat is a fox?\n\n## Assistant\n\nAn animal.\n",
      gone: [true, true, true],
    });
  });

  it("of a person are theirs in views and in calls that they make, and nobody's else", async () => {
    await install("keep.mine");
    const ada = await organization.join("member");
    const bob = await organization.join("member");
    const { id } = await run<{ id: string }>(
      "keep.mine",
      `return await api.conversations.create({ scope: "person", title: "Mine" })`,
      { who: ada },
    );
    await run("keep.mine", `return await api.conversations.append("${id}", [said("secret")])`, { who: ada });
    const get = `return (await api.conversations.get("${id}"))?.title ?? null`;
    expect(await run("keep.mine", get, { who: ada })).toBe("Mine");
    expect(await look(ada, "keep.mine", "conversations.get", { id })).toMatchObject({ scope: "person" });
    expect(await run("keep.mine", get, { who: bob })).toBeNull();
    expect(await look(bob, "keep.mine", "conversations.get", { id })).toBeNull();
    // What the plugin does by itself is done for nobody.
    expect(await run("keep.mine", get, { who: ada, alone: true })).toBeNull();
    const others = `return (await api.conversations.list()).items.length + (await api.conversations.search("secret")).length`;
    expect(await run("keep.mine", others, { who: bob })).toBe(0);
    for (const call of [
      `append("${id}", [said("x")])`,
      `update("${id}", { title: "x" })`,
      `messages("${id}")`,
      `branch("${id}")`,
      `export("${id}", "json")`,
      `deleteMessage("${id}", "1")`,
    ])
      expect((await run("keep.mine", `return await api.conversations.${call}`, { who: bob })).code).toBe(
        "conversation_not_found",
      );
    expect(await run("keep.mine", `return await api.conversations.delete("${id}")`, { who: bob })).toBe(
      false,
    );
    const made = `return await api.conversations.create({ scope: "person" })`;
    expect((await run("keep.mine", made, { who: ada, alone: true })).code).toBe("invalid_input");
  });

  it("are those of its own installation, in each organization", async () => {
    await install("keep.one");
    await install("keep.other");
    const { id } = await run<{ id: string }>(
      "keep.one",
      `return await api.conversations.create({ scope: "plugin" })`,
    );
    const get = `return (await api.conversations.get("${id}"))?.id ?? null`;
    expect(await run("keep.one", get)).toBe(id);
    expect(await run("keep.other", get)).toBeNull();
    const first = organization;
    organization = await TestOrganization.create(domain);
    await install("keep.one");
    expect(await run("keep.one", get)).toBeNull();
    organization = first;
    expect(await run("keep.one", get)).toBe(id);
  });

  it("need their permission, which can be withdrawn", async () => {
    await install("keep.grant");
    const list = `return (await api.conversations.list()).items.length`;
    expect(await run("keep.grant", list)).toBe(0);
    await domain.configuration.putGrants(organization.owner, organization.slug, "keep.grant", []);
    expect((await run("keep.grant", list)).code).toBe("permission_denied");
  });

  it("refuse what has another form or is too large, with the bound", async () => {
    await install("keep.bounds");
    const { id } = await run<{ id: string }>(
      "keep.bounds",
      `return await api.conversations.create({ scope: "plugin" })`,
    );
    const large = `said("x".repeat(${MAX_CONVERSATION_MESSAGE_BYTES}))`;
    const refused: readonly (readonly [string, string])[] = [
      [`append("${id}", [${large}])`, "quota_exceeded"],
      [`append("${id}", [])`, "invalid_input"],
      [`append("${id}", [{ role: "user", parts: [{ type: "text", text: 1 }] }])`, "invalid_input"],
      [`append("${id}", [{ ...said("a"), id: "7" }])`, "invalid_input"],
      [`create({ scope: "plugin", title: "a\\u202eb" })`, "invalid_input"],
      [`create({ scope: "everybody" })`, "invalid_input"],
      [`create({ scope: "plugin", metadata: { a: "x".repeat(20000) } })`, "quota_exceeded"],
      [`search("a\\0b")`, "invalid_input"],
      [`list({ cursor: "nonsense" })`, "invalid_input"],
      [`messages("${id}", { limit: 5000 })`, "invalid_input"],
      [`get("a\\0b")`, "invalid_request"],
    ];
    for (const [call, code] of refused) {
      const refusal = await run("keep.bounds", `return await api.conversations.${call}`);
      expect([call.slice(0, 60), refusal.code]).toEqual([call.slice(0, 60), code]);
    }
    const { message } = await run(
      "keep.bounds",
      `return await api.conversations.append("${id}", [${large}])`,
    );
    expect(message).toContain(String(MAX_CONVERSATION_MESSAGE_BYTES));
  });

  it("go with the plugin, and are told of before", async () => {
    await install("keep.gone");
    await run("keep.gone", `await api.conversations.create({ scope: "plugin", title: "Mine" })`);
    const data = await domain.installations.storedData(organization.owner, organization.slug, "keep.gone");
    expect(data).toMatchObject({ conversations: 1, bytes: 6 });
    await domain.installer.uninstall(organization.owner, organization.slug, "keep.gone", { disable: true });
    await install("keep.gone");
    expect(await run("keep.gone", `return (await api.conversations.list()).items.length`)).toBe(0);
  });
});

it("lets nobody look who may not use the plugin", async () => {
  await install("keep.views", ["web"]);
  const bob = await organization.join("member", { app: "member" });
  expect(await codeOf(look(bob, "keep.views", "conversations.list", {}))).toBe("plugin_not_installed");
});
