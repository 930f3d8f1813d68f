import { randomUUID } from "node:crypto";
import {
  type ChatEvent,
  type FinishReason,
  MAX_CHAT_TOOL_NAME_LENGTH,
  MAX_TOOL_CALL_ID_LENGTH,
} from "@patchbay/protocol";
import type { JsonObject } from "../format.ts";
import { malformed } from "../shared/answer-checks.ts";
import type { EventTranslator } from "../shared/event-reading.ts";
import { errorOf } from "../shared/upstream-errors.ts";
import { countAt, listAt, objectAt, startOf, textAt, usageOf } from "../shared/upstream-values.ts";

const FINISH: Readonly<Record<string, FinishReason>> = {
  stop: "stop",
  length: "length",
  tool_calls: "tool_calls",
  function_call: "tool_calls",
  content_filter: "content_filter",
};

/** Chunks of a chat completion. It has ended properly with `[DONE]` after a reason for the end; usage comes between these. */
export class ChunkTranslator implements EventTranslator {
  readonly #ids = new Map<number, string>();
  readonly #known = new Set<string>();
  #hasStarted = false;
  #hasRefused = false;
  #lastIndex = 0;
  #finish: FinishReason | undefined;

  take(chunk: JsonObject): ChatEvent[] {
    if (chunk.error !== undefined && chunk.error !== null) return [{ type: "error", error: errorOf(chunk) }];
    const events: ChatEvent[] = [];
    if (!this.#hasStarted) {
      this.#hasStarted = true;
      events.push(startOf(chunk));
    }
    // The other answers, which were not asked for, are not mixed into the first.
    const choice = listAt(chunk, "choices").find((one) => (countAt(one, "index") ?? 0) === 0);
    const reason = textAt(choice, "finish_reason");
    // Some servers tell a failure in the answer's own place.
    if (reason === "error" || objectAt(choice, "error") !== undefined)
      return [{ type: "error", error: errorOf(choice) }];
    const delta = objectAt(choice, "delta") ?? {};
    events.push(...this.#texts(delta));
    for (const call of listAt(delta, "tool_calls")) events.push(...this.#call(call));
    if (reason !== undefined && reason !== "") this.#finish = FINISH[reason] ?? "other";
    const usage = readUsage(chunk.usage);
    if (usage !== undefined) events.push({ type: "usage", usage });
    return events;
  }

  done(): ChatEvent[] {
    if (this.#finish === undefined) return [malformed("an answer without a reason for its end")];
    const ends = [...this.#known].map((id): ChatEvent => ({ type: "tool_call_end", id }));
    return [...ends, { type: "finish", reason: this.#reason(this.#finish) }];
  }

  /** Some servers say `stop` after calls, and all of them do after refusals. */
  #reason(reason: FinishReason): FinishReason {
    if (reason !== "stop") return reason;
    if (this.#known.size > 0) return "tool_calls";
    return this.#hasRefused ? "refusal" : "stop";
  }

  #texts(delta: JsonObject): ChatEvent[] {
    const reasoning = textAt(delta, "reasoning_content") ?? textAt(delta, "reasoning") ?? "";
    const text =
      textAt(delta, "content") ??
      listAt(delta, "content")
        .map((part) => textAt(part, "text") ?? "")
        .join("");
    const refusal = textAt(delta, "refusal") ?? "";
    if (refusal !== "") this.#hasRefused = true;
    return [
      ...(reasoning === "" ? [] : [{ type: "reasoning" as const, text: reasoning }]),
      ...(text === "" ? [] : [{ type: "text" as const, text }]),
      ...(refusal === "" ? [] : [{ type: "refusal" as const, text: refusal }]),
    ];
  }

  /** Deltas name their call by its index; some servers give the same to all, but each an id of its own. */
  #call(delta: unknown): ChatEvent[] {
    const index = countAt(delta, "index") ?? this.#lastIndex;
    this.#lastIndex = index;
    const called = objectAt(delta, "function");
    const text = argumentsIn(called);
    const given = textAt(delta, "id") || undefined;
    const open = this.#ids.get(index);
    if (open !== undefined && (given === undefined || given === open)) return argumentsOf(open, text);
    if (given !== undefined && this.#known.has(given)) return argumentsOf(given, text);
    const name = textAt(called, "name") ?? "";
    const id = given ?? `call_${randomUUID().replaceAll("-", "")}`;
    if (name === "" || name.length > MAX_CHAT_TOOL_NAME_LENGTH || id.length > MAX_TOOL_CALL_ID_LENGTH)
      return [malformed("a tool call without a usable name or id")];
    this.#ids.set(index, id);
    this.#known.add(id);
    return [{ type: "tool_call", id, name }, ...argumentsOf(id, text)];
  }
}

/** Some servers send them as JSON and not as its text. */
const argumentsIn = (called: unknown): string => {
  const whole = objectAt(called, "arguments");
  return whole === undefined ? (textAt(called, "arguments") ?? "") : JSON.stringify(whole);
};

const argumentsOf = (id: string, text: string): ChatEvent[] =>
  text === "" ? [] : [{ type: "tool_call_arguments", id, text }];

const readUsage = (usage: unknown) => {
  const read = objectAt(usage, "prompt_tokens_details");
  return usageOf({
    inputTokens: countAt(usage, "prompt_tokens"),
    outputTokens: countAt(usage, "completion_tokens"),
    cachedInputTokens: countAt(read, "cached_tokens"),
    cacheWriteTokens: countAt(read, "cache_write_tokens"),
    reasoningTokens: countAt(objectAt(usage, "completion_tokens_details"), "reasoning_tokens"),
  });
};
