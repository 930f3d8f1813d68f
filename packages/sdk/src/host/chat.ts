import type { AnswerEvent } from "@patchbay/protocol";
import type { ChatApi, ChatOptions, ChatQuestion, ChatStream } from "../api/chat.ts";
import { type TypedAsk, value } from "./ask.ts";

export const chatApi = (ask: TypedAsk): ChatApi => ({
  sendMessage: (request, { signal } = {}) =>
    value(ask("chat.sendMessage", { request }, signal ? { signal } : {})),
  streamMessage: (request, options = {}) => streamOf(ask, request, options),
  cancelStream: (id) => value(ask("chat.cancelStream", { id })),
  getActiveModel: () => value(ask("chat.getActiveModel", {})),
  listModels: () => value(ask("chat.listModels", {})),
});

const streamOf = (ask: TypedAsk, request: ChatQuestion, { signal }: ChatOptions): ChatStream => {
  const id = newId();
  const left = new AbortController();
  const signals = signal === undefined ? [left.signal] : [left.signal, signal];
  const reply = ask(
    "chat.streamMessage",
    { id, request },
    { signal: AbortSignal.any(signals), streams: true },
  );
  // Whoever reads hears of it; who never does has nothing to do by it.
  reply.catch(() => undefined);
  return {
    id,
    async *[Symbol.asyncIterator]() {
      let hasEnded = false;
      try {
        const { values } = await reply;
        if (values !== undefined) yield* values as AsyncIterable<AnswerEvent>;
        hasEnded = true;
      } finally {
        if (!hasEnded) left.abort();
      }
    },
  };
};

/** Frames have no `crypto.randomUUID` where the console is not served over https. */
const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
