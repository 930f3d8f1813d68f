import {
  type AnswerEvent,
  type ChatAnswer,
  type ChatEvent,
  type ChatModel,
  type ChatQuestion,
  gatherChat,
  type ModelError,
} from "@patchbay/protocol";
import { ModelFailedError, PluginError } from "../../errors.ts";
import type { StandIn } from "./stand-in.ts";

/** The models of a test. */
export interface ChatStandIn {
  /** Those that there are, the active one first; one named `echo/echo` unless given. */
  readonly models?: readonly ChatModel[];
  /**
   * What the model answers: a text, events, or a failure as an event `error`. The last message's text unless given. What it throws, the
   * platform throws.
   */
  answer?(question: ChatQuestion & { readonly model: string }): Said | Promise<Said>;
}

type Said = string | Iterable<ChatEvent> | AsyncIterable<ChatEvent>;

const ECHO: readonly ChatModel[] = [{ id: "echo/echo", plugin: "patchbay.echo", title: "Echo" }];

export const chat = ({ models = ECHO, answer = echo }: ChatStandIn = {}): StandIn<"chat"> => {
  const streams = new Map<string, AbortController>();
  const ask = async (question: ChatQuestion): Promise<AsyncIterable<ChatEvent>> => {
    const model = question.model ?? models[0]?.id;
    if (model === undefined || models.every(({ id }) => id !== model))
      throw new PluginError("model_not_found", `There is no model "${model ?? ""}" here.`);
    return eventsOf(await answer({ ...question, model }), model);
  };
  return {
    "chat.sendMessage": async ({ request }, { signal }) => {
      const gathered = await gatherChat(until(await ask(request), signal));
      if (!gathered.ok) throw failure(gathered.error);
      return { value: gathered.value satisfies ChatAnswer };
    },
    "chat.streamMessage": async ({ id, request }, { signal }) => {
      const events = await ask(request);
      const cancel = new AbortController();
      streams.set(id, cancel);
      const signals = signal === undefined ? [cancel.signal] : [cancel.signal, signal];
      return { value: null, values: read(until(events, AbortSignal.any(signals)), () => streams.delete(id)) };
    },
    "chat.cancelStream": ({ id }) => {
      const stream = streams.get(id);
      stream?.abort(new PluginError("cancelled", "The stream was cancelled."));
      return { value: stream !== undefined };
    },
    "chat.getActiveModel": () => ({ value: models[0] ?? null }),
    "chat.listModels": () => ({ value: models }),
  };
};

const echo = ({ messages }: ChatQuestion): string =>
  (messages.at(-1)?.parts ?? []).map((part) => (part.type === "text" ? part.text : "")).join("");

const eventsOf = async function* (said: Said, model: string): AsyncGenerator<ChatEvent> {
  if (typeof said !== "string") {
    yield* said;
    return;
  }
  yield { type: "start", model };
  if (said !== "") yield { type: "text", text: said };
  yield { type: "finish", reason: "stop" };
};

const until = async function* <T>(
  values: AsyncIterable<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T> {
  signal?.throwIfAborted();
  for await (const value of values) {
    yield value;
    signal?.throwIfAborted();
  }
};

const read = async function* (
  events: AsyncIterable<ChatEvent>,
  ended: () => void,
): AsyncGenerator<AnswerEvent> {
  try {
    for await (const event of events) {
      if (event.type === "error") throw failure(event.error);
      yield event;
    }
  } finally {
    ended();
  }
};

const failure = ({ code: reason, message, retryAfterSeconds }: ModelError): ModelFailedError =>
  new ModelFailedError(message, { reason, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) });
