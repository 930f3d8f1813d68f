import Type, { type Static } from "typebox";
import type { ChatAnswer } from "../models/chat-answer.ts";
import type { ChatEvent } from "../models/chat-event.ts";
import { ChatRequest } from "../models/chat-request.ts";
import type { ModelInfo } from "../models/model-info.ts";
import { answers, type HostDomain, strict } from "./domain.ts";

const { model, stream: _stream, includeUsage: _includeUsage, ...asked } = ChatRequest.properties;

/** What a plugin asks of a chat model: how the answer comes is said by the method, and without a model the active one answers. */
export const ChatQuestion = Type.Object({ ...asked, model: Type.Optional(model) }, strict);
export type ChatQuestion = Static<typeof ChatQuestion>;

/** What happens while a model answers. A failure is no event: it ends the stream with an error. */
export type AnswerEvent = Exclude<ChatEvent, { type: "error" }>;

/** A chat model that may be asked. */
export interface ChatModel extends Omit<ModelInfo, "name" | "kind"> {
  /** `provider/model`: how requests name it. */
  readonly id: string;
  /** The plugin that provides it. */
  readonly plugin: string;
}

/** The stream's name, which whoever asks has given it. */
const StreamId = Type.String({ pattern: "^[A-Za-z0-9_-]{1,64}$" });

/** The chat models of the organization. */
export const CHAT = {
  "chat.sendMessage": {
    permission: "chat.inference",
    params: Type.Object({ request: ChatQuestion }, strict),
    answer: answers<ChatAnswer>(),
  },
  "chat.streamMessage": {
    permission: "chat.inference",
    params: Type.Object({ id: StreamId, request: ChatQuestion }, strict),
    answer: answers<null>(),
    values: answers<AnswerEvent>(),
  },
  /** Whether there was such a stream. */
  "chat.cancelStream": {
    permission: "chat.inference",
    params: Type.Object({ id: StreamId }, strict),
    answer: answers<boolean>(),
    isUncounted: true,
  },
  /** Null when there is none. */
  "chat.getActiveModel": {
    permission: "chat.models",
    params: Type.Object({}, strict),
    answer: answers<ChatModel | null>(),
  },
  "chat.listModels": {
    permission: "chat.models",
    params: Type.Object({}, strict),
    answer: answers<readonly ChatModel[]>(),
  },
} as const satisfies HostDomain;
