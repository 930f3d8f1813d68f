import type { PermittedCall } from "@patchbay/core";
import { expect, it, vi } from "vitest";
import type { EventBatches } from "../events-of.ts";
import { LARGE_ANSWER_BYTES, MAX_LARGE_ANSWERS_AT_ONCE } from "../limits.ts";
import type { Models } from "../providers/models.ts";
import { chatDomain } from "./chat-domain.ts";

const permitted = (method: string, params: unknown, more: object = {}) =>
  ({
    spec: { installationId: "i", organizationId: "o", pluginId: "acme.asks", version: "1.0.0" },
    by: { caller: { kind: "plugin", onBehalfOf: null }, projects: "all" },
    method,
    params,
    signal: new AbortController().signal,
    requirePermitted: async () => null,
    ...more,
  }) as unknown as PermittedCall<never>;

/** A stream of which the reader has taken one event, and takes no other. */
const begun = async (more: object = {}) => {
  const ended = vi.fn();
  const events = async function* (): EventBatches {
    try {
      for (;;) yield [{ type: "text", text: "again " }];
    } finally {
      ended();
    }
  };
  const asked = { provider: "p", name: "m", plugin: "acme.models", isOurs: false };
  const domain = chatDomain({
    chat: async () => ({ answering: asked, events: events() }),
    requireReach: async () => undefined,
  } as Partial<Models> as Models);
  const request = { messages: [{ role: "user", parts: [{ type: "text", text: "Hi" }] }] };
  const { values } = await domain["chat.streamMessage"](
    permitted("chat.streamMessage", { id: "s", request }, more),
  );
  await values[Symbol.asyncIterator]().next();
  return { domain, ended };
};

it("ends the answer of a stream that is cancelled, though nobody comes to read that", async () => {
  const { domain, ended } = await begun();
  await domain["chat.cancelStream"](permitted("chat.cancelStream", { id: "s" }));
  await vi.waitFor(() => expect(ended).toHaveBeenCalledOnce());
});

it("ends the answer of a stream whose call has ended, though nobody comes to read that", async () => {
  const call = new AbortController();
  const { ended } = await begun({ callEnded: call.signal });
  call.abort();
  await vi.waitFor(() => expect(ended).toHaveBeenCalledOnce());
});

it("holds only so many large answers of an owner, wherever in them what is large stands", async () => {
  let past = 0;
  const finish = Promise.withResolvers<void>();
  const events = async function* (): EventBatches {
    yield [{ type: "reasoning_end", encrypted: "x".repeat(LARGE_ANSWER_BYTES) }];
    past += 1;
    await finish.promise;
    yield [{ type: "finish", reason: "stop" }];
  };
  const asked = { provider: "p", name: "m", plugin: "acme.models", isOurs: false };
  const domain = chatDomain({
    chat: async () => ({ answering: asked, events: events() }),
    requireReach: async () => undefined,
  } as Partial<Models> as Models);
  const request = { messages: [{ role: "user", parts: [{ type: "text", text: "Hi" }] }] };
  const answers = Array.from({ length: MAX_LARGE_ANSWERS_AT_ONCE + 2 }, async () => {
    const { release } = await domain["chat.sendMessage"](permitted("chat.sendMessage", { request }));
    release?.();
  });
  await vi.waitFor(() => expect(past).toBe(MAX_LARGE_ANSWERS_AT_ONCE));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(past).toBe(MAX_LARGE_ANSWERS_AT_ONCE);
  finish.resolve();
  await Promise.all(answers);
});
