import type { HookDecision, Principal } from "@patchbay/core";
import { type ChatMessage, gatherAnswer, MAX_CALL_DEPTH } from "@patchbay/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { manifestOf } from "../support/packages.ts";
import { codeOf, type Domain, openDomain, TestOrganization } from "./support/domain.ts";
import { providing, running, type TestPlugin } from "./support/plugins.ts";

let domain: Domain;
let organization: TestOrganization;

beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain.close());
beforeEach(async () => {
  organization = await TestOrganization.create(domain);
  await organization.install(providing("hook.model", "echo", ECHO, { run: "() => null" }));
});

/** A model that says what it was asked, message by message. */
const ECHO = `{
  list: () => [{ name: "x", kind: "chat" }],
  async *chat({ messages }) {
    yield { type: "text", text: messages.map(({ role, parts }) => role + ": " + parts[0].text).join(" | ") };
    yield { type: "finish", reason: "stop" };
  },
}`;

/** A plugin with hooks, whose functions are given as they are written. */
const hooking = (
  id: string,
  hooks: Readonly<Record<string, string>>,
  permissions = ["chat.messages"],
): TestPlugin => {
  const names = Object.keys(hooks);
  const contributes = { messageHooks: names.map((name) => ({ name })) };
  const more = { contributes, permissions: { optional: permissions } };
  return {
    manifest: manifestOf({
      id,
      version: "1.0.0",
      code: "",
      tools: [],
      manifest: more,
    }) as TestPlugin["manifest"],
    script: `"use strict"; return { default: { messageHooks: { ${names.map((name) => `${name}: { run: ${hooks[name]} }`).join(", ")} } } };`,
  };
};
const install = async (plugin: TestPlugin, projects?: readonly string[]) =>
  await organization.install(plugin, {
    grants: (plugin.manifest.permissions?.optional ?? []) as never,
    ...(projects && { scope: { projects } }),
  });

/** Puts a word before the text of each message. */
const adding = (word: string): string =>
  `({ messages }) => messages.map(({ role, parts: [{ text }] }) => ({ role, parts: [{ type: "text", text: "${word} " + text }] }))`;

const text = (words: string): ChatMessage => ({ role: "user", parts: [{ type: "text", text: words }] });

/** What a person hears from the model. */
const ask = async (words: string, more: { who?: Principal; project?: string; signal?: AbortSignal } = {}) => {
  const { who = organization.owner, project, signal = new AbortController().signal } = more;
  const caller = { by: { principal: who, organization: organization.slug }, project, signal };
  const { events } = await domain.models.chat(caller, { model: "echo/x", messages: [text(words)] });
  const gathered = gatherAnswer((await Array.fromAsync(events)).flat());
  if (!gathered.ok) throw new Error(gathered.error.message);
  return gathered.value.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
};

const decide = async (...decisions: readonly [string, Partial<HookDecision>?][]) =>
  await domain.hooks.put(
    organization.owner,
    organization.slug,
    decisions.map(([id, { on = true, onFailure = "refuse" as const } = {}]): HookDecision => {
      const [plugin = "", name = ""] = id.split(":");
      return { plugin, name, on, onFailure };
    }),
  );

describe("messages on their way to a model", () => {
  it("pass every hook, in an order that administrators change, and not those that are off", async () => {
    await install(hooking("hook.b", { second: adding("b") }));
    await install(hooking("hook.a", { first: adding("a"), other: adding("o") }));
    expect(await ask("Hi")).toBe("user: b o a Hi");
    const seen = await domain.hooks.list(organization.owner, organization.slug);
    expect(
      seen.map(({ plugin, name, on, onFailure, state }) => [plugin, name, on, onFailure, state]),
    ).toEqual([
      ["hook.a", "first", true, "refuse", "runs"],
      ["hook.a", "other", true, "refuse", "runs"],
      ["hook.b", "second", true, "refuse", "runs"],
    ]);
    await decide(["hook.b:second"], ["hook.a:other", { on: false }]);
    expect(await ask("Hi")).toBe("user: a b Hi");
    expect(await organization.history()).toContain("message_hooks.changed");
  });

  it("stay as they are where a hook gives nothing back, and can become others", async () => {
    await install(hooking("hook.reads", { reads: "() => undefined" }));
    expect(await ask("Hi")).toBe("user: Hi");
    const before = `({ messages, model }) => [{ role: "system", parts: [{ type: "text", text: model }] }, ...messages]`;
    await install(hooking("hook.more", { more: before }));
    expect(await ask("Hi")).toBe("system: echo/x | user: Hi");
  });

  it("pass them for who may not see their plugin, and where a plugin asks", async () => {
    await install(hooking("hook.all", { all: adding("seen") }));
    const member = await organization.join("member");
    expect(await ask("Hi", { who: member })).toBe("user: seen Hi");
    const asks = `async (input, { api }) => (await api.chat.sendMessage({ model: "echo/x", messages: [{ role: "user", parts: [{ type: "text", text: "Hi" }] }] })).parts[0].text`;
    const plugin = running("hook.asks", asks, {
      manifest: { permissions: { optional: ["chat.inference"] } },
    });
    await install(plugin);
    const by = { principal: organization.owner, organization: organization.slug };
    const answer = await domain.gateway.call(by, {
      kind: "tools",
      plugin: "hook.asks",
      name: "run",
      input: {},
    });
    expect(answer).toMatchObject({ value: "user: seen Hi" });
  });

  it("pass those of the question's project alone", async () => {
    await install(hooking("hook.web", { web: adding("web") }), ["web"]);
    expect(await ask("Hi")).toBe("user: Hi");
    expect(await ask("Hi", { project: "web" })).toBe("user: web Hi");
    expect(await ask("Hi", { project: "app" })).toBe("user: Hi");
  });

  it("pass no hook of another organization, without its permission, or of a plugin that is disabled", async () => {
    await install(hooking("hook.gone", { gone: adding("seen") }));
    const { owner, slug } = organization;
    await domain.configuration.putGrants(owner, slug, "hook.gone", []);
    expect(await ask("Hi")).toBe("user: Hi");
    expect(await domain.hooks.list(owner, slug)).toEqual([]);
    await domain.configuration.putGrants(owner, slug, "hook.gone", ["chat.messages"]);
    expect(await ask("Hi")).toBe("user: seen Hi");
    await domain.switching.disable(owner, slug, "hook.gone");
    expect(await ask("Hi")).toBe("user: Hi");
    expect(await domain.hooks.list(owner, slug)).toMatchObject([{ plugin: "hook.gone", state: "off" }]);
  });
});

describe("a hook that fails", () => {
  const FAILING: readonly (readonly [string, string, string, string])[] = [
    [
      "throws",
      `() => { throw new Error("No secrets, please."); }`,
      "question_refused",
      "No secrets, please.",
    ],
    ["answers with something else", `() => "Hi"`, "hook_failed", "no list of messages"],
    ["leaves nothing", "() => []", "hook_failed", "no list of messages"],
    ["adds fields", `({ messages }) => [{ ...messages[0], odd: 1 }]`, "hook_failed", "no list of messages"],
    ["streams", "async function* () { yield 1; }", "hook_failed", "a stream"],
  ];
  it.each(FAILING)(
    "that %s refuses the question, unless it goes on without",
    async (_what, run, code, why) => {
      await install(hooking("hook.bad", { bad: run }));
      const refused = ask("Hi");
      await expect(refused).rejects.toMatchObject({ code, message: expect.stringContaining(why) });
      await decide(["hook.bad:bad", { onFailure: "continue" }]);
      expect(await ask("Hi")).toBe("user: Hi");
    },
  );

  it("is a call of the log that was given up where it streams", async () => {
    await install(hooking("hook.bad", { bad: "async function* () { yield 1; }" }));
    expect(await codeOf(ask("Hi"))).toBe("hook_failed");
    const ends = async () => {
      await domain.writeCalls();
      const query = { plugin: "hook.bad", limit: 10 };
      const kept = await domain.callLog.list(organization.owner, organization.slug, query);
      return kept.items.map(({ code }) => code);
    };
    await expect.poll(ends).toEqual(["cancelled"]);
  });

  it("is asked nothing that its plugin has no memory for, and no pictures", async () => {
    await install(
      hooking("hook.sees", { sees: `({ messages }) => { throw new Error(JSON.stringify(messages)); }` }),
    );
    const source = { type: "bytes" as const, mediaType: "image/png", data: "A".repeat(100_000) };
    const caller = {
      by: { principal: organization.owner, organization: organization.slug },
      project: undefined,
      signal: new AbortController().signal,
    };
    const messages: ChatMessage[] = [{ role: "user", parts: [{ type: "image", source }] }];
    const asked = domain.models.chat(caller, { model: "echo/x", messages });
    await expect(asked).rejects.toMatchObject({ message: expect.stringContaining('"data":"media:0"') });
    await expect(ask("x".repeat(5 * 1024 * 1024))).rejects.toMatchObject({
      code: "question_refused",
      message: expect.stringMatching(/hooks look at 4194304/),
    });
  });

  it("that is late is waited for no longer than five seconds", async () => {
    await install(hooking("hook.late", { late: "() => new Promise(() => {})" }));
    const started = performance.now();
    await expect(ask("Hi")).rejects.toMatchObject({
      code: "hook_failed",
      message: expect.stringMatching(/5 seconds/),
    });
    expect(performance.now() - started).toBeLessThan(7_000);
  }, 15_000);

  it("is not waited for when nobody waits for the question", async () => {
    await install(hooking("hook.slow", { slow: "() => new Promise(() => {})" }));
    const leaving = new AbortController();
    const asked = codeOf(ask("Hi", { signal: leaving.signal }));
    leaving.abort();
    expect(await asked).toBe("cancelled");
  });

  it("refuses questions also when its plugin has failed, since nobody has switched it off", async () => {
    const { id, revision } = await install(hooking("hook.crash", { crash: adding("seen") }));
    // In a transaction, so that this node has heard of it.
    const lastError = {
      code: "plugin_crashed",
      message: "It crashed.",
      at: new Date().toISOString(),
    } as never;
    await domain.database.transaction(({ installations }) =>
      installations.change(id, revision, { state: "error", lastError }),
    );
    await expect(ask("Hi")).rejects.toMatchObject({
      code: "hook_failed",
      message: expect.stringMatching(/does not run/),
    });
    const { owner, slug } = organization;
    expect(await domain.hooks.list(owner, slug)).toMatchObject([{ state: "fails" }]);
    await decide(["hook.crash:crash", { on: false }]);
    expect(await ask("Hi")).toBe("user: Hi");
  });
});

describe("what a hook asks itself", () => {
  const asking = (word: string): string => `async ({ messages }, { api }) => {
    const answer = await api.chat.sendMessage({ model: "echo/x", messages: [{ role: "user", parts: [{ type: "text", text: "${word}?" }] }] });
    return [...messages, { role: "user", parts: answer.parts }];
  }`;
  const permissions = ["chat.messages", "chat.inference"];

  it("does not pass the hook again, and passes the others", async () => {
    await install(hooking("hook.one", { one: asking("one") }, permissions));
    expect(await ask("Hi")).toBe("user: Hi | user: user: one?");
    await install(hooking("hook.two", { two: adding("two") }));
    expect(await ask("Hi")).toBe("user: two Hi | user: two user: two one?");
  });

  it("ends where hooks would ask each other without end", async () => {
    const hooks = Object.fromEntries(["a", "b", "c", "d", "e"].map((name) => [name, asking(name)]));
    await install(hooking("hook.many", hooks, permissions));
    await install(hooking("hook.more", hooks, permissions));
    expect(MAX_CALL_DEPTH).toBeLessThan(10);
    expect(["question_refused", "call_loop", "hook_failed"]).toContain(await codeOf(ask("Hi")));
  }, 30_000);
});

describe("who decides on hooks", () => {
  it("is an owner or administrator, with what was seen; who configures plugins reads", async () => {
    await install(hooking("hook.mine", { mine: adding("m") }), ["web"]);
    const { slug, owner } = organization;
    const decisions = [{ plugin: "hook.mine", name: "mine", on: false, onFailure: "refuse" as const }];
    const manager = await organization.join("member", { app: "manager" });
    const member = await organization.join("member");
    expect(await domain.hooks.list(manager, slug)).toEqual([]);
    expect(await codeOf(domain.hooks.list(member, slug))).toBe("forbidden");
    for (const who of [manager, member])
      expect(await codeOf(domain.hooks.put(who, slug, decisions))).toBe("forbidden");
    expect(await codeOf(domain.hooks.put(owner, slug, decisions, ["other"]))).toBe("revision_changed");
    expect(await codeOf(domain.hooks.put(owner, slug, [...decisions, ...decisions]))).toBe("invalid_request");
    expect(await domain.hooks.put(owner, slug, decisions)).toMatchObject([{ on: false, projects: ["web"] }]);
  });
});
