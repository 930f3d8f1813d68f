import type { PluginAnswer } from "@patchbay/core";
import {
  ChatAnswer,
  ChatEvent,
  EmbeddingsAnswer,
  type ModelError,
  ModelInfo,
  PatchbayError,
} from "@patchbay/protocol";
import Type from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { type EventBatches, eventsOf } from "../events-of.ts";
import { lazily } from "./lazily.ts";
import { malformed, modelErrorOf } from "./provider-failures.ts";

/** Of one provider: how many, and how long as JSON. */
const MAX_LISTED_MODELS = 2_000;
const MAX_LIST_LENGTH = 512 * 1024;
/** Of one answer: more than tokens of the longest. */
const MAX_ANSWER_EVENTS = 4_000_000;
/** How long the end of a stream is waited for that has said its last. */
const LAST_WORD_MS = 500;

const chatEvents = lazily(() => Compile(ChatEvent));
const answers = lazily(() => Compile(ChatAnswer));
const embeddings = lazily(() => Compile(EmbeddingsAnswer));
const lists = lazily(() => Compile(Type.Array(ModelInfo, { maxItems: MAX_LISTED_MODELS })));

/** The models of a provider. Throws `plugin_error` for anything else than a list of them. */
export const readModels = (answer: PluginAnswer): ModelInfo[] => {
  const value = soleValue(answer);
  if (!lists().Check(value)) throw malformed("a list of models", firstFault(lists(), value));
  if (JSON.stringify(value).length > MAX_LIST_LENGTH) throw malformed("a list of models", "it is too long");
  return [...new Map(value.map((model) => [model.name, model])).values()];
};

/** Throws `plugin_error` for anything else than embeddings, one for each of `count` inputs. */
export const readEmbeddings = (answer: PluginAnswer, count: number): EmbeddingsAnswer => {
  const value = soleValue(answer);
  if (!embeddings().Check(value)) throw malformed("embeddings", firstFault(embeddings(), value));
  const { length } = value.embeddings;
  if (length !== count) throw malformed("embeddings", `${length} of them for ${count} inputs`);
  const dimensions = value.embeddings[0]?.length ?? 0;
  const isEven = value.embeddings.every((one) => one.length === dimensions && dimensions > 0);
  if (!isEven) throw malformed("embeddings", "they are not of one length");
  const isExpressible = value.embeddings.every((one) =>
    one.every((number) => Number.isFinite(Math.fround(number))),
  );
  if (!isExpressible) throw malformed("embeddings", "they have numbers that 32 bits cannot express");
  return value;
};

/**
 * What a provider answered, as events of which the last is `finish` or `error`, whatever the plugin does: what it throws, what is no
 * event, and an end without a last one become an error event. Throws only when nobody waits any more (`cancelled`). What Patchbay has
 * made itself (`isOurs`) of what a server sent is not held against the form once more.
 */
export const readEvents = async function* (answer: PluginAnswer, isOurs: boolean): EventBatches {
  try {
    if (answer.kind === "stream") yield* checked(answer.values, isOurs);
    else yield eventsOf(isOurs ? (soleValue(answer) as ChatAnswer) : readAnswer(answer));
  } catch (error) {
    if (error instanceof PatchbayError && error.code === "cancelled") throw error;
    yield [failed(modelErrorOf(error))];
  }
};

const checked = async function* (values: AsyncIterable<unknown>, isOurs: boolean): EventBatches {
  const reading = values[Symbol.asyncIterator]();
  let count = 0;
  try {
    for (let next = await reading.next(); next.done !== true; next = await reading.next()) {
      const { events, fault } = batchOf(next.value, isOurs);
      count += events.length;
      if (count > MAX_ANSWER_EVENTS) throw malformed("an answer", "it has no end");
      const isLast = hasEnd(events);
      if (isLast) await over(reading);
      if (events.length > 0) yield events;
      if (isLast) return;
      if (fault !== null) throw fault;
    }
    yield [failed({ code: "cut", message: "The model's answer broke off before its end." })];
  } finally {
    // Not waited for: where a value is still awaited, it ends with that.
    void Promise.resolve(reading.return?.()).catch(() => undefined);
  }
};

/** The events of a value, which may be several at once: up to the one that ends the answer, or to what is no event. */
const batchOf = (
  value: unknown,
  isOurs: boolean,
): { readonly events: readonly ChatEvent[]; readonly fault: PatchbayError | null } => {
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (given.length === 0) return { events: [], fault: malformed("an event", "an empty list") };
  const events: ChatEvent[] = [];
  for (const event of given) {
    if (!isEvent(event, isOurs))
      return { events, fault: malformed("an event", firstFault(chatEvents(), event)) };
    events.push(event);
    if (isEnd(event)) break;
  }
  return { events, fault: null };
};

const isEnd = ({ type }: ChatEvent): boolean => type === "finish" || type === "error";

const hasEnd = (events: readonly ChatEvent[]): boolean => {
  const last = events.at(-1);
  return last !== undefined && isEnd(last);
};

const isEvent = (event: unknown, isOurs: boolean): event is ChatEvent => isOurs || chatEvents().Check(event);

/** Waits a moment for the end that follows the last event, so that the call ends as one that was answered. */
const over = async (reading: AsyncIterator<unknown>): Promise<void> => {
  const waiting = Promise.withResolvers<void>();
  const timer = setTimeout(waiting.resolve, LAST_WORD_MS);
  await Promise.race([reading.next().catch(() => undefined), waiting.promise]);
  clearTimeout(timer);
};

const readAnswer = (answer: PluginAnswer): ChatAnswer => {
  const value = soleValue(answer);
  if (answers().Check(value)) return value;
  throw malformed("an answer", firstFault(answers(), value));
};

const soleValue = (answer: PluginAnswer): unknown => {
  if (answer.kind === "value") return answer.value;
  throw malformed("a value", "a stream");
};

const failed = (error: ModelError): ChatEvent => ({ type: "error", error });

/** In words, without the value: it is the plugin's, and may be large. */
export const firstFault = (validator: Pick<Validator, "Errors">, value: unknown): string => {
  const [fault] = validator.Errors(value);
  return fault === undefined ? "it has another form" : `${fault.instancePath || "it"} ${fault.message}`;
};
