import type { AnswerEvent } from "@patchbay/protocol";
import type { ChatApi, ChatOptions, ChatQuestion, ChatStream } from "../api/chat.ts";
import { type TypedAsk, value } from "./ask.ts";
import { streamed } from "./streamed.ts";

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
  const events = streamed<AnswerEvent, "chat.streamMessage">(
    ask,
    "chat.streamMessage",
    { id, request },
    signal,
  );
  return { id, ...events };
};

/** Frames have no `crypto.randomUUID` where the console is not served over https. */
const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
