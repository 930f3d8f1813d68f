import {
  type ChatEvent,
  type FinishReason,
  isJsonObject,
  MAX_CHAT_TOOL_NAME_LENGTH,
  MAX_TOOL_CALL_ID_LENGTH,
} from "@patchbay/protocol";
import { MAX_OPEN_BLOCKS } from "../../limits.ts";
import type { JsonObject } from "../format.ts";
import { malformed, tooLarge } from "../shared/answer-checks.ts";
import { defined } from "../shared/defined.ts";
import type { EventTranslator } from "../shared/event-reading.ts";
import { unpackProof } from "../shared/reasoning-proof.ts";
import { errorOf } from "../shared/upstream-errors.ts";
import { countAt, listAt, objectAt, startOf, textAt, usageOf } from "../shared/upstream-values.ts";

/** What is known of an item of the output while it is written. */
interface OpenItem {
  /** Of a call: its id, when it has begun. */
  callId?: string;
  /** What was told of it in deltas; the whole comes again when it is done. */
  hasText: boolean;
  /** Which kind of reasoning is told: a summary and the reasoning itself are not mixed. */
  kind?: "summary" | "content";
  /** The part of the summary that is being told. */
  summaryIndex?: number;
  isDone: boolean;
}

/** Events of a response. It has ended properly with `response.completed` or `response.incomplete`. */
export class ResponseTranslator implements EventTranslator {
  readonly #items = new Map<number, OpenItem>();
  #hasCalls = false;
  #hasRefused = false;

  take(event: JsonObject): ChatEvent[] {
    const response = objectAt(event, "response");
    if (this.#items.size > MAX_OPEN_BLOCKS) return [tooLarge()];
    switch (event.type) {
      case "response.created":
        return [startOf(response)];
      case "response.output_item.added":
        return this.#begin(event, objectAt(event, "item"));
      case "response.output_item.done":
        return this.#complete(this.#item(event), objectAt(event, "item"));
      case "response.output_text.delta":
      case "response.refusal.delta":
        return this.#say(event);
      case "response.reasoning_summary_text.delta":
      case "response.reasoning_text.delta":
        return this.#think(event);
      case "response.function_call_arguments.delta":
        return this.#callWith(this.#item(event), textAt(event, "delta") ?? "");
      case "response.completed":
      case "response.incomplete":
        return this.#end(response);
      case "response.failed":
        return [...usageEvents(response), { type: "error", error: errorOf(response) }];
      case "error":
        return [{ type: "error", error: errorOf(event) }];
      default:
        return [];
    }
  }

  #item(event: JsonObject): OpenItem {
    const index = countAt(event, "output_index") ?? 0;
    const known = this.#items.get(index);
    if (known !== undefined) return known;
    const item: OpenItem = { hasText: false, isDone: false };
    this.#items.set(index, item);
    return item;
  }

  #begin(event: JsonObject, item: JsonObject | undefined): ChatEvent[] {
    const open = this.#item(event);
    return item?.type === "function_call" ? this.#beginCall(open, item) : [];
  }

  #beginCall(open: OpenItem, item: JsonObject): ChatEvent[] {
    if (open.callId !== undefined) return [];
    const id = textAt(item, "call_id") ?? textAt(item, "id") ?? "";
    const name = textAt(item, "name") ?? "";
    const isUsable = id !== "" && name !== "" && id.length <= MAX_TOOL_CALL_ID_LENGTH;
    if (!isUsable || name.length > MAX_CHAT_TOOL_NAME_LENGTH)
      return [malformed("a tool call without a usable name or id")];
    open.callId = id;
    this.#hasCalls = true;
    return [{ type: "tool_call", id, name }];
  }

  #callWith(open: OpenItem, text: string): ChatEvent[] {
    if (text === "" || open.isDone) return [];
    if (open.callId === undefined) return [malformed("arguments of a tool call that had not begun")];
    open.hasText = true;
    return [{ type: "tool_call_arguments", id: open.callId, text }];
  }

  #say(event: JsonObject): ChatEvent[] {
    const text = textAt(event, "delta") ?? "";
    const open = this.#item(event);
    if (text === "" || open.isDone) return [];
    open.hasText = true;
    if (event.type === "response.output_text.delta") return [{ type: "text", text }];
    this.#hasRefused = true;
    return [{ type: "refusal", text }];
  }

  #think(event: JsonObject): ChatEvent[] {
    const text = textAt(event, "delta") ?? "";
    const open = this.#item(event);
    const kind = event.type === "response.reasoning_text.delta" ? "content" : "summary";
    if (text === "" || open.isDone || (open.kind ?? kind) !== kind) return [];
    const index = countAt(event, "summary_index") ?? 0;
    const isNext = open.summaryIndex !== undefined && open.summaryIndex !== index;
    Object.assign(open, { kind, summaryIndex: index, hasText: true });
    return [{ type: "reasoning", text: isNext ? `\n\n${text}` : text }];
  }

  /** What of a whole item was not told before. */
  #complete(open: OpenItem, item: JsonObject | undefined): ChatEvent[] {
    if (open.isDone) return [];
    const events = this.#rest(open, item);
    open.isDone = true;
    return events;
  }

  #rest(open: OpenItem, item: JsonObject | undefined): ChatEvent[] {
    switch (item?.type) {
      case "message":
        return open.hasText ? [] : listAt(item, "content").flatMap((part) => this.#said(part));
      case "function_call": {
        const begun = this.#beginCall(open, item);
        const text = open.hasText ? "" : (textAt(item, "arguments") ?? "");
        const end: ChatEvent[] =
          open.callId === undefined ? [] : [{ type: "tool_call_end", id: open.callId }];
        return open.callId === undefined ? begun : [...begun, ...this.#callWith(open, text), ...end];
      }
      case "reasoning":
        return [...(open.hasText ? [] : thoughtOf(item)), { type: "reasoning_end", ...proofOf(item) }];
      default:
        return [];
    }
  }

  #said(part: unknown): ChatEvent[] {
    const text = textAt(part, "text") ?? "";
    if (textAt(part, "type") === "output_text") return text === "" ? [] : [{ type: "text", text }];
    const refusal = textAt(part, "refusal") ?? "";
    if (refusal === "") return [];
    this.#hasRefused = true;
    return [{ type: "refusal", text: refusal }];
  }

  /** The last event has the whole output again; some servers tell it there alone. */
  #end(response: JsonObject | undefined): ChatEvent[] {
    const output = listAt(response, "output").slice(0, MAX_OPEN_BLOCKS);
    const rest = output.flatMap((item, index) =>
      isJsonObject(item) ? this.#complete(this.#item({ output_index: index }), item) : [],
    );
    return [...rest, ...usageEvents(response), { type: "finish", reason: this.#reason(response) }];
  }

  #reason(response: JsonObject | undefined): FinishReason {
    const why = textAt(objectAt(response, "incomplete_details"), "reason");
    if (why === "max_output_tokens") return "length";
    if (why === "content_filter") return "content_filter";
    if (textAt(response, "status") === "incomplete") return "other";
    if (this.#hasCalls) return "tool_calls";
    return this.#hasRefused ? "refusal" : "stop";
  }
}

const thoughtOf = (item: JsonObject): ChatEvent[] => {
  const summary = listAt(item, "summary");
  const parts = summary.length > 0 ? summary : listAt(item, "content");
  const text = parts.map((part) => textAt(part, "text") ?? "").join("\n\n");
  return text === "" ? [] : [{ type: "reasoning", text }];
};

const MAX_ID_LENGTH = 512;
const proofOf = (item: JsonObject) => {
  const id = textAt(item, "id");
  const encrypted = textAt(item, "encrypted_content");
  const unpacked = encrypted === undefined ? undefined : unpackProof(encrypted);
  return (
    unpacked ?? defined({ id: id !== undefined && id.length <= MAX_ID_LENGTH ? id : undefined, encrypted })
  );
};

const usageEvents = (response: JsonObject | undefined): ChatEvent[] => {
  const counts = objectAt(response, "usage");
  const input = objectAt(counts, "input_tokens_details");
  const usage = usageOf({
    inputTokens: countAt(counts, "input_tokens"),
    outputTokens: countAt(counts, "output_tokens"),
    cachedInputTokens: countAt(input, "cached_tokens"),
    cacheWriteTokens: countAt(input, "cache_write_tokens"),
    reasoningTokens: countAt(objectAt(counts, "output_tokens_details"), "reasoning_tokens"),
  });
  return usage === undefined ? [] : [{ type: "usage", usage }];
};
