import Type, { type Static } from "typebox";
import type { Result } from "../errors.ts";
import {
  MAX_ANSWER_LENGTH,
  MAX_ANSWER_PARTS,
  MAX_MODEL_NAME_LENGTH,
  MAX_STOP_SEQUENCE_LENGTH,
} from "../limits.ts";
import { strict } from "../manifest-fields.ts";
import { type ChatEvent, FinishReason, type ModelError } from "./chat-event.ts";
import { AssistantPart, type ReasoningPart, type ToolCallPart } from "./chat-parts.ts";
import { ModelUsage } from "./usage.ts";

/** What a model answered, whole. */
export const ChatAnswer = Type.Object(
  {
    /** The upstream's own id for it, and the model that it says it used. */
    id: Type.Optional(Type.String({ maxLength: 512 })),
    model: Type.Optional(Type.String({ maxLength: MAX_MODEL_NAME_LENGTH })),
    /** In the order in which they were begun. No text follows a text directly. */
    parts: Type.Array(AssistantPart, { maxItems: MAX_ANSWER_PARTS }),
    finish: FinishReason,
    stopSequence: Type.Optional(Type.String({ maxLength: MAX_STOP_SEQUENCE_LENGTH })),
    usage: Type.Optional(ModelUsage),
  },
  strict,
);
export type ChatAnswer = Static<typeof ChatAnswer>;

/**
 * What the events come to. The error is the one that ended them; `cut` where nothing ended them, `too_large` beyond
 * MAX_ANSWER_LENGTH or MAX_ANSWER_PARTS.
 */
export const gatherAnswer = (events: Iterable<ChatEvent>): Result<ChatAnswer, ModelError> => {
  const gathering = new AnswerGathering();
  for (const event of events) {
    const error = gathering.add(event);
    if (error !== null) return { ok: false, error };
  }
  return gathering.end();
};

/** The same of events that come by and by; left at the one that ends them. Throws what reading them throws. */
export const gatherChat = async (
  events: AsyncIterable<ChatEvent>,
): Promise<Result<ChatAnswer, ModelError>> => {
  const gathering = new AnswerGathering();
  for await (const event of events) {
    const error = gathering.add(event);
    if (error !== null) return { ok: false, error };
  }
  return gathering.end();
};

/** What the events so far come to. After an error there is no more to it. */
export class AnswerGathering {
  readonly #parts: AssistantPart[] = [];
  readonly #calls = new Map<string, ToolCallPart>();
  readonly #ended = new Set<string>();
  #head: Pick<ChatAnswer, "id" | "model"> = {};
  #usage: ModelUsage | undefined;
  #finish: Pick<ChatAnswer, "finish" | "stopSequence"> | undefined;
  #isReasoning = false;
  #length = 0;

  /** The error that ends the events, if this is one or makes the answer too large. */
  add(event: ChatEvent): ModelError | null {
    if (event.type === "error") return event.error;
    this.#take(event);
    const isTooLarge = this.#length > MAX_ANSWER_LENGTH || this.#parts.length > MAX_ANSWER_PARTS;
    return isTooLarge ? { code: "too_large", message: "The model's answer is too long." } : null;
  }

  #take(event: Exclude<ChatEvent, { type: "error" }>): void {
    switch (event.type) {
      case "start":
        this.#head = {
          ...(event.id !== undefined && { id: event.id }),
          ...(event.model !== undefined && { model: event.model }),
        };
        return;
      case "text":
      case "refusal":
        this.#append(event.type, event.text);
        return;
      case "reasoning":
        if (event.text !== "") this.#reasoning().text += event.text;
        this.#length += event.text.length;
        return;
      case "reasoning_end":
        this.#endReasoning(event);
        return;
      case "tool_call":
        this.#startCall(event);
        return;
      case "tool_call_arguments":
        this.#appendArguments(event);
        return;
      case "tool_call_end":
        if (this.#calls.has(event.id)) this.#ended.add(event.id);
        return;
      case "usage":
        this.#usage = event.usage;
        return;
      case "finish":
        this.#finish = {
          finish: event.reason,
          ...(event.stopSequence !== undefined && { stopSequence: event.stopSequence }),
        };
        return;
      default:
        event satisfies never;
    }
  }

  end(): Result<ChatAnswer, ModelError> {
    if (this.#finish === undefined)
      return { ok: false, error: { code: "cut", message: "The model's answer broke off before its end." } };
    return {
      ok: true,
      value: {
        ...this.#head,
        parts: this.#parts,
        ...this.#finish,
        ...(this.#usage && { usage: this.#usage }),
      },
    };
  }

  #append(type: "text" | "refusal", text: string): void {
    if (text === "") return;
    this.#isReasoning = false;
    this.#length += text.length;
    const last = this.#parts.at(-1);
    if (last?.type === type) last.text += text;
    else this.#parts.push({ type, text });
  }

  /** The part that is being written; a new one where the last has ended. */
  #reasoning(): ReasoningPart {
    const last = this.#parts.at(-1);
    if (this.#isReasoning && last?.type === "reasoning") return last;
    const part: ReasoningPart = { type: "reasoning", text: "" };
    this.#parts.push(part);
    this.#isReasoning = true;
    return part;
  }

  #endReasoning({ type: _type, ...proof }: Extract<ChatEvent, { type: "reasoning_end" }>): void {
    if (this.#isReasoning || Object.keys(proof).length > 0) Object.assign(this.#reasoning(), proof);
    this.#isReasoning = false;
    for (const text of Object.values(proof)) this.#length += text.length;
  }

  #startCall({ id, name }: Extract<ChatEvent, { type: "tool_call" }>): void {
    if (this.#calls.has(id)) return;
    const part: ToolCallPart = { type: "tool_call", id, name, arguments: "" };
    this.#isReasoning = false;
    this.#calls.set(id, part);
    this.#parts.push(part);
  }

  #appendArguments({ id, text }: Extract<ChatEvent, { type: "tool_call_arguments" }>): void {
    const call = this.#calls.get(id);
    if (call === undefined || this.#ended.has(id)) return;
    call.arguments += text;
    this.#length += text.length;
  }
}
