import { expect, test } from "vitest";
import { definePlugin, tool } from "../definitions.ts";
import { ModelFailedError, PermissionDeniedError, PluginError } from "../errors.ts";
import type { ChatEvent } from "../models.ts";
import { createTestHarness, type TestHarnessOptions } from "./test-harness.ts";

const question = (text: string, model?: string) => ({
  ...(model !== undefined && { model }),
  messages: [{ role: "user" as const, parts: [{ type: "text" as const, text }] }],
});

const harness = (options: TestHarnessOptions = {}) =>
  createTestHarness(
    definePlugin({
      tools: {
        summarize: tool({
          description: "Summarizes.",
          run: async ({ text }: { text: string }, { api, signal }) =>
            (await api.chat.sendMessage(question(text), { signal })).parts,
        }),
      },
    }),
    { grants: ["chat.inference", "chat.models"], ...options },
  );

/** An answer without an end, and how much of it was made. */
const endless = () => {
  const state = { made: 0, isEnded: false };
  const answer = async function* (): AsyncGenerator<ChatEvent> {
    try {
      for (; state.made < 1_000; state.made++) yield { type: "text", text: "more" };
    } finally {
      state.isEnded = true;
    }
  };
  return { state, answer };
};

test("asks a model that repeats what it is told, or one of the test's own", async () => {
  const { api, call } = harness();
  expect(await call("summarize", { text: "Hello" })).toEqual([{ type: "text", text: "Hello" }]);
  const events = await Array.fromAsync(api.chat.streamMessage(question("Hello")));
  expect(events).toEqual([
    { type: "start", model: "echo/echo" },
    { type: "text", text: "Hello" },
    { type: "finish", reason: "stop" },
  ]);
  const own = harness({ chat: { answer: ({ model }) => `I am ${model}.` } });
  expect((await own.api.chat.sendMessage(question("Who are you?"))).parts).toMatchObject([
    { text: "I am echo/echo." },
  ]);
});

test("lists the test's models, of which the first is the active one", async () => {
  const models = [
    { id: "acme/small", plugin: "acme.models" },
    { id: "acme/large", plugin: "acme.models" },
  ];
  const { api } = harness({ chat: { models } });
  expect(await api.chat.listModels()).toEqual(models);
  expect(await api.chat.getActiveModel()).toEqual(models[0]);
  await expect(api.chat.sendMessage(question("Hi", "acme/other"))).rejects.toMatchObject({
    code: "model_not_found",
  });
  const none = harness({ chat: { models: [] } });
  expect(await none.api.chat.getActiveModel()).toBeNull();
  await expect(none.api.chat.sendMessage(question("Hi"))).rejects.toBeInstanceOf(PluginError);
});

test("fails as the platform does", async () => {
  const error = { code: "rate_limited" as const, message: "Too much.", retryAfterSeconds: 7 };
  const { api } = harness({ chat: { answer: () => [{ type: "error", error }] } });
  const failed = { code: "model_failed", reason: "rate_limited", retryAfterSeconds: 7 };
  await expect(api.chat.sendMessage(question("Hi"))).rejects.toBeInstanceOf(ModelFailedError);
  await expect(api.chat.sendMessage(question("Hi"))).rejects.toMatchObject(failed);
  await expect(Array.fromAsync(api.chat.streamMessage(question("Hi")))).rejects.toMatchObject(failed);
  const refused = harness({ grants: ["chat.models"] });
  await expect(refused.api.chat.sendMessage(question("Hi"))).rejects.toBeInstanceOf(PermissionDeniedError);
  const reading = Array.fromAsync(refused.api.chat.streamMessage(question("Hi")));
  await expect(reading).rejects.toBeInstanceOf(PermissionDeniedError);
});

test.each(["left", "aborted", "cancelled"])("ends an answer that is %s", async (how) => {
  const { state, answer } = endless();
  const { api } = harness({ chat: { answer } });
  const abort = new AbortController();
  const stream = api.chat.streamMessage(question("Go on"), { signal: abort.signal });
  const read = async () => {
    for await (const event of stream) {
      if (event.type !== "text" || how === "left") break;
      if (how === "aborted") abort.abort(new Error("enough"));
      else expect(await api.chat.cancelStream(stream.id)).toBe(true);
    }
  };
  if (how === "left") await read();
  else await expect(read()).rejects.toMatchObject(how === "aborted" ? { message: "enough" } : { code: how });
  await expect.poll(() => state.isEnded).toBe(true);
  expect(state.made).toBeLessThan(1_000);
  expect(await api.chat.cancelStream(stream.id)).toBe(false);
});
