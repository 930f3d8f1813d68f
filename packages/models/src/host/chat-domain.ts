import { callOwnerOf, type HostHandlers, OwnSlots, type PermittedCall } from "@patchbay/core";
import {
  type AnswerEvent,
  type ChatAnswer,
  type ChatEvent,
  type ChatModel,
  type ChatQuestion,
  gatherChat,
  type ModelError,
  PatchbayError,
} from "@patchbay/protocol";
import { toClientError } from "../formats/shared/client-errors.ts";
import {
  LARGE_ANSWER_BYTES,
  MAX_LARGE_ANSWERS_AT_ONCE,
  MAX_QUESTIONS_AT_ONCE,
  MAX_UNREAD_MS,
} from "../limits.ts";
import { modelId } from "../providers/model-names.ts";
import type { AvailableModel, ChatCall, Models } from "../providers/models.ts";
import { DEFAULT_MODEL } from "../routing/rules.ts";
import { callerOf } from "./caller-of.ts";
import { cancelled, Question } from "./question.ts";

/** `chat`: the models that the organization's plugins provide, for plugins that ask in their own name or for who looks at their views. */
export const chatDomain = (
  models: Pick<Models, "active" | "chat" | "list" | "requireReach">,
): HostHandlers<"chat"> => {
  const slots = new OwnSlots(MAX_QUESTIONS_AT_ONCE);
  const large = new OwnSlots(MAX_LARGE_ANSWERS_AT_ONCE);
  /** Streams under way, by their owner and the name that it gave them. */
  const streams = new Map<string, Question>();
  return {
    "chat.sendMessage": async (call) => {
      const question = new Question(call);
      try {
        await question.take(slots);
        const events = await ask(models, call, question, false);
        return { value: await gather(events, question, large), release: question.close };
      } catch (error) {
        question.close();
        throw question.explain(error);
      }
    },
    "chat.streamMessage": async (call) => {
      const question = new Question(call);
      try {
        // Before its turn comes: what waits can be cancelled, too.
        enter(streams, `${question.owner} ${call.params.id}`, question);
        await question.take(slots);
        const events = await ask(models, call, question, true);
        return { value: null, values: read(events, question), release: question.close };
      } catch (error) {
        question.close();
        throw question.explain(error);
      }
    },
    "chat.cancelStream": async (call) => {
      const question = streams.get(`${callOwnerOf(call)} ${call.params.id}`);
      question?.end(cancelled("The stream was cancelled."));
      return { value: question !== undefined };
    },
    "chat.getActiveModel": async (call) => {
      const active = await models.active(callerOf(call, call.signal));
      return { value: active && toChatModel(active) };
    },
    "chat.listModels": async (call) => {
      const listed = await models.list(callerOf(call, call.signal));
      return { value: listed.filter(({ kind }) => kind === "chat").map(toChatModel) };
    },
  };
};

const enter = (streams: Map<string, Question>, key: string, question: Question): void => {
  if (streams.has(key))
    throw new PatchbayError("invalid_input", "chat.streamMessage: /id is that of a stream under way.");
  streams.set(key, question);
  question.onOver(() => streams.delete(key));
};

type Asking = PermittedCall<"chat.sendMessage" | "chat.streamMessage">;

/** The events of the answer, the last of which is `finish` or `error`. */
const ask = async (
  models: Pick<Models, "chat" | "requireReach">,
  call: Asking,
  question: Question,
  stream: boolean,
): Promise<AsyncGenerator<ChatEvent>> => {
  const caller = callerOf(call, question.signal);
  const { request }: { readonly request: ChatQuestion } = call.params;
  const { model = DEFAULT_MODEL } = request;
  const answer = await models.chat(caller, { ...request, model, stream });
  question.watch(() => models.requireReach(caller, answer.answering));
  return named(answer);
};

/** The events one by one. Says the model by the name that it is asked by, whatever its provider calls it. */
const named = async function* (answer: ChatCall): AsyncGenerator<ChatEvent> {
  const nameOf = (told?: string): string => {
    const { provider, name } = answer.answering;
    return modelId(provider, told ?? name);
  };
  let isFirst = true;
  for await (const batch of answer.events)
    for (const event of batch) {
      if (event.type === "start") yield { ...event, model: nameOf(event.model) };
      else {
        if (isFirst) yield { type: "start", model: nameOf() };
        yield event;
      }
      isFirst = false;
    }
};

/** The whole answer. Of large ones, only so many of an owner's are held at a time. */
const gather = async (
  events: AsyncIterable<ChatEvent>,
  question: Question,
  large: OwnSlots,
): Promise<ChatAnswer> => {
  let length = 0;
  const measured = async function* (): AsyncGenerator<ChatEvent> {
    for await (const event of events) {
      const before = length;
      length += lengthOf(event);
      if (before < LARGE_ANSWER_BYTES && length >= LARGE_ANSWER_BYTES) await question.take(large);
      yield event;
    }
  };
  const answer = await gatherChat(measured());
  if (!answer.ok) throw modelFailed(answer.error);
  return answer.value;
};

/** About what an event takes beside its text, or the proofs of its reasoning. */
const EVENT_LENGTH = 128;

const lengthOf = (event: ChatEvent): number => {
  if ("text" in event) return event.text.length;
  if (event.type !== "reasoning_end") return EVENT_LENGTH;
  return Object.values(event).reduce((sum, { length }) => sum + length, EVENT_LENGTH);
};

/** The events as they are read, with a failure thrown. Ended for who stops reading. */
const read = async function* (
  events: AsyncGenerator<ChatEvent>,
  question: Question,
): AsyncGenerator<AnswerEvent> {
  let unread: NodeJS.Timeout | undefined;
  // Whoever reads no more does not come back to end them, and what they hold (budgets, a probe) is others'.
  question.onOver(() => void events.return(undefined).catch(() => undefined));
  try {
    for await (const event of events) {
      if (event.type === "error") throw modelFailed(event.error);
      unread = setTimeout(() => question.end(cancelled(NOT_READ)), MAX_UNREAD_MS).unref();
      yield event;
      clearTimeout(unread);
    }
    question.signal.throwIfAborted();
  } catch (error) {
    throw question.explain(error);
  } finally {
    clearTimeout(unread);
    question.close();
  }
};

const NOT_READ = `The stream was not read for ${MAX_UNREAD_MS / 1000} seconds.`;

/** Without what the model's server says of keys and rights. */
const modelFailed = (error: ModelError): PatchbayError => {
  const { message, retryAfterSeconds } = toClientError(error);
  return new PatchbayError("model_failed", message, {
    facts: { reason: error.code, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) },
  });
};

const toChatModel = ({ kind: _kind, since: _since, models: _models, ...model }: AvailableModel): ChatModel =>
  model;
