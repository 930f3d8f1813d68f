import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Api } from "./support/api.ts";
import { said, startModels } from "./support/model-plugin.ts";
import type { TestOrganization } from "./support/organization.ts";
import { type Person, signedUp } from "./support/people.ts";
import { BOOTSTRAP_KEY } from "./support/server.ts";

let parts: TestOrganization;
let ada: Person;
let bob: Person;

const TALKS = "acme.talks";
const GUARD = "acme.guard";

/** Answers in a conversation that is kept, and asks a model with all of it. */
const TALKING = `
const message = (role, text) => ({ role, parts: [{ type: "text", text }] });
export default { tools: {
  begin: { description: "b", run: async ({ scope, title }, { api }) => (await api.conversations.create({ scope, title })).id },
  say: { description: "s", async run({ id, text }, { api }) {
    await api.conversations.append(id, [message("user", text)]);
    const { items } = await api.conversations.messages(id);
    const { parts } = await api.chat.sendMessage({ model: "acme/hears", messages: items.map(({ message }) => message) });
    await api.conversations.append(id, [{ role: "assistant", parts }]);
    return parts[0].text;
  } },
  read: { description: "r", run: async ({ id, format }, { api }) => await api.conversations.export(id, format) },
  list: { description: "l", run: async ({ text }, { api }) => text === undefined
    ? (await api.conversations.list()).items.map(({ title }) => title)
    : (await api.conversations.search(text)).map(({ conversation, message }) => [conversation.title, message?.excerpt]) },
  branch: { description: "r", run: async ({ id, upTo }, { api }) => (await api.conversations.branch(id, { upTo, title: "Branch" })).id },
} };`;

/** Takes out what looks like a card's number, and refuses questions about passwords. */
const GUARDING = `
const cleaned = (part) => (part.type === "text" ? { ...part, text: part.text.replaceAll(/\\d{16}/g, "[card]") } : part);
export default { messageHooks: { cards: { title: "Cards", run({ messages }) {
  if (JSON.stringify(messages).includes("password")) throw new Error("Nothing about passwords.");
  return messages.map((message) => ({ ...message, parts: message.parts.map(cleaned) }));
} } } };`;

beforeAll(async () => {
  parts = await startModels();
  ada = await signedUp(parts.server.url, "ada@example.org", { organization: "default", role: "member" });
  bob = await signedUp(parts.server.url, "bob@example.org", { organization: "default", role: "member" });
  const permissions = ["storage.conversations", "chat.inference"] as const;
  const tools = ["begin", "say", "read", "list", "branch"];
  const manifest = { permissions: { optional: permissions } };
  await parts.install({ id: TALKS, code: TALKING, tools, manifest }, permissions);
  await parts.client.plugins.step(TALKS, "enable");
});
afterAll(async () => await parts?.stop());

const call = async (who: Person | Api, tool: string, input: object) => {
  const answer = await who.post(`/api/orgs/default/tools/${TALKS}/${tool}`, { input });
  return answer.status === 200 ? answer.body.output : answer.body.detail;
};

describe("a plugin's server code in its sandbox", () => {
  it("keeps a conversation with a model, which another start of it goes on with", async () => {
    const id = await call(ada, "begin", { scope: "person", title: "Foxes" });
    expect(await call(ada, "say", { id, text: "A fox?" })).toBe("[user] A fox?\n");
    await parts.client.plugins.step(TALKS, "disable");
    await parts.client.plugins.step(TALKS, "enable");
    expect(await call(ada, "say", { id, text: "Sure?" })).toBe(
      "[user] A fox?\n[assistant] [user] A fox?\n\n[user] Sure?\n",
    );
    const { conversation, messages } = JSON.parse(await call(ada, "read", { id, format: "json" }));
    expect([conversation.title, messages.length]).toEqual(["Foxes", 4]);
    expect(await call(ada, "read", { id, format: "markdown" })).toMatch(/^# Foxes\n[\s\S]*## Assistant/);
    expect(await call(ada, "list", { text: "sure" })).toEqual([["Foxes", expect.stringContaining("Sure?")]]);
    const branch = await call(ada, "branch", { id, upTo: "1" });
    expect(await call(ada, "say", { id: branch, text: "Or a cat?" })).toBe(
      "[user] A fox?\n[user] Or a cat?\n",
    );
    // Nobody else has any of it, whatever they ask.
    expect(await call(bob, "list", {})).toEqual([]);
    expect(await call(bob, "read", { id, format: "json" })).toMatch(/no such conversation/);
    expect(await call(bob, "say", { id, text: "Mine" })).toMatch(/no such conversation/);
    expect(await call(parts.owner, "list", {})).toEqual([]);
  });

  it("shares those of the plugin with all who use it", async () => {
    const id = await call(ada, "begin", { scope: "plugin", title: "Together" });
    await call(ada, "say", { id, text: "From Ada" });
    expect(await call(bob, "say", { id, text: "From Bob" })).toContain("From Ada");
  });
});

describe("a hook", () => {
  const asked = "The card 1234567890123456";
  const heard = "[user] The card [card]\n";
  const hooks = "/api/orgs/default/models/hooks";
  beforeAll(async () => {
    await parts.install(
      {
        id: GUARD,
        code: GUARDING,
        manifest: {
          contributes: { messageHooks: [{ name: "cards", title: "Cards" }] },
          permissions: { required: ["chat.messages"] },
        },
      },
      ["chat.messages"],
    );
    await parts.client.plugins.step(GUARD, "enable");
  });

  it("changes what reaches a model in all three formats, whole and as a stream", async () => {
    const { url } = parts.server;
    const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: BOOTSTRAP_KEY, maxRetries: 0 });
    const anthropic = new Anthropic({ baseURL: url, apiKey: BOOTSTRAP_KEY, maxRetries: 0 });
    const model = "acme/hears";
    const chat = await openai.chat.completions.create({ model, messages: said(asked) });
    expect(chat.choices[0]?.message.content).toBe(heard);
    expect((await openai.responses.create({ model, input: asked })).output_text).toBe(heard);
    const message = await anthropic.messages.create({ model, messages: said(asked), max_tokens: 50 });
    expect(message.content).toEqual([expect.objectContaining({ text: heard })]);
    const chunks = await Array.fromAsync(
      await openai.chat.completions.create({ model, messages: said(asked), stream: true }),
    );
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe(heard);
    const events = anthropic.messages.stream({ model, messages: said(asked), max_tokens: 50 });
    expect(await events.finalText()).toBe(heard);
  });

  it("changes what plugins ask, and leaves what they keep as it was", async () => {
    const id = await call(ada, "begin", { scope: "person", title: "Cards" });
    expect(await call(ada, "say", { id, text: asked })).toBe(heard);
    expect(await call(ada, "read", { id, format: "markdown" })).toContain(asked);
  });

  it("refuses with its words, until administrators switch it off", async () => {
    const ask = () =>
      parts.owner.post("/v1/chat/completions", { model: "acme/hears", messages: said("My password?") });
    const refused = await ask();
    expect([refused.status, refused.body.error]).toEqual([
      422,
      expect.objectContaining({
        code: "question_refused",
        message: expect.stringContaining("about passwords"),
      }),
    ]);
    const seen = await parts.owner.get(hooks);
    expect(seen.body.hooks).toEqual([
      {
        ...{ plugin: GUARD, name: "cards", title: "Cards", on: true, onFailure: "refuse" },
        ...{ projects: "all", state: "runs" },
      },
    ]);
    const decisions = { hooks: [{ plugin: GUARD, name: "cards", on: false, onFailure: "refuse" }] };
    const etag = seen.headers.get("etag") ?? "";
    expect((await ada.call("PUT", hooks, decisions)).status).toBe(403);
    const put = (headers: Record<string, string>) => parts.owner.call("PUT", hooks, decisions, headers);
    expect((await put({ "if-match": '"other"' })).status).toBe(412);
    expect((await put({ "if-match": etag })).status).toBe(200);
    expect((await ask()).status).toBe(200);
    const audit = await parts.owner.get("/api/orgs/default/audit?action=message_hooks.changed");
    expect(audit.body.items).toHaveLength(1);
  });
});
