import { expect } from "vitest";
import { startOrganization, type TestOrganization } from "./organization.ts";

export const MODELS = "acme.models";

/** Models that do by name what real ones do by chance. */
const CODE = `
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const finish = { type: "finish", reason: "stop" };
const usage = { type: "usage", usage: { inputTokens: 3, outputTokens: 2 } };
const chats = {
  async *slow(_, { signal, log }) {
    signal.addEventListener("abort", () => log.info("The caller has gone."));
    log.info("It has begun.");
    yield { type: "text", text: "begun" };
    for (let count = 0; count < 200; count += 1) { await pause(100); yield { type: "text", text: " more" }; }
    yield finish;
  },
  async *cut() { yield { type: "text", text: "half an " }; },
  async *limited() { yield { type: "error", error: { code: "rate_limited", message: "Too many requests at once.", retryAfterSeconds: 7 } }; },
  async *filtered() { yield { type: "error", error: { code: "content_filter", message: "That is not answered." } }; },
  async *fails() { throw new Error("The wire is down."); },
  async *late() { yield { type: "text", text: "a" }; throw new Error("The wire is down."); },
  async *odd() { yield { type: "song", text: "la" }; },
  async *sees({ messages }) {
    const images = messages.flatMap(({ parts }) => parts).filter(({ type }) => type === "image");
    yield { type: "text", text: images.map(({ source }) => source.mediaType + " " + (source.data ?? source.url).length).join() };
    yield usage;
    yield finish;
  },
  /** Who said what, as it is told. */
  async *hears({ messages }) {
    for (const { role, parts } of messages)
      yield { type: "text", text: "[" + role + "] " + parts.map(({ text, name, parts }) => text ?? name ?? parts[0].text).join() + "\\n" };
    yield finish;
  },
  async *short() { yield { type: "text", text: "As far as" }; yield { type: "finish", reason: "length" }; },
  async *ends() { for (let count = 0; count < 2e6; count += 1) yield { type: "tool_call_end", id: "x".repeat(4000) + count }; },
  async *flood() { for (;;) yield { type: "text", text: "x".repeat(1e5) }; },
  whole: async () => ({ parts: [{ type: "text", text: "All at once." }], finish: "stop", model: "whole-2", usage: usage.usage }),
};
export default { models: { acme: {
  title: "Acme",
  list: () => [...Object.keys(chats).map((name) => ({ name, kind: "chat" })), { name: "letters", kind: "embeddings" }],
  chat: (request, context) => chats[request.model]?.(request, context) ?? (() => { throw new Error("No such model."); })(),
  embed: ({ inputs }) => ({ embeddings: inputs.map((text) => [text.length, 0.5]), usage: { inputTokens: inputs.length, outputTokens: 0 } }),
} } };
`;

/** An organization whose plugins provide models: this one, and the echo that comes with Patchbay. */
export const startModels = async (environment: Record<string, string> = {}): Promise<TestOrganization> => {
  const parts = await startOrganization(environment);
  const contributes = { models: [{ name: "acme", kinds: ["chat", "embeddings"] }] };
  await parts.install({ id: MODELS, code: CODE, manifest: { contributes } });
  for (const plugin of [MODELS, "patchbay.echo"])
    expect((await parts.owner.post(`/api/orgs/default/plugins/${plugin}/enable`)).status).toBe(200);
  return parts;
};

/** A message of a person, in the formats of OpenAI's chat and of Anthropic. */
export const said = (content: string) => [{ role: "user" as const, content }];
