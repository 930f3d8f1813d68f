import {
  type ChatEvent,
  type FinishReason,
  MAX_CHAT_TOOL_NAME_LENGTH,
  MAX_STOP_SEQUENCE_LENGTH,
  MAX_TOOL_CALL_ID_LENGTH,
  type ModelUsage,
  nestsDeeper,
} from "@patchbay/protocol";
import { MAX_CARRIED_DEPTH, MAX_OPEN_BLOCKS } from "../../limits.ts";
import type { JsonObject } from "../format.ts";
import { malformed, tooLarge } from "../shared/answer-checks.ts";
import { defined } from "../shared/defined.ts";
import type { EventTranslator } from "../shared/event-reading.ts";
import { unpackProof } from "../shared/reasoning-proof.ts";
import { errorOf } from "../shared/upstream-errors.ts";
import { countAt, objectAt, startOf, textAt, usageOf } from "../shared/upstream-values.ts";

const FINISH: Readonly<Record<string, FinishReason>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool_calls",
  refusal: "refusal",
};

type OpenBlock =
  | { readonly type: "text" }
  | { readonly type: "thinking"; signature: string }
  | {
      readonly type: "tool_use";
      readonly id: string;
      readonly input: JsonObject | undefined;
      hasArguments: boolean;
    };

/** Events of a message. It has ended properly with `message_stop` after a reason for the end. */
export class MessageTranslator implements EventTranslator {
  readonly #open = new Map<number, OpenBlock>();
  #counts: Partial<Record<keyof ModelUsage, number | undefined>> = {};
  #finish: Extract<ChatEvent, { type: "finish" }> | undefined;

  take(event: JsonObject): ChatEvent[] {
    switch (event.type) {
      case "message_start": {
        const message = objectAt(event, "message");
        return [startOf(message), ...this.#count(objectAt(message, "usage"))];
      }
      case "content_block_start":
        return this.#begin(countAt(event, "index") ?? 0, objectAt(event, "content_block"));
      case "content_block_delta":
        return this.#continue(this.#open.get(countAt(event, "index") ?? 0), objectAt(event, "delta"));
      case "content_block_stop":
        return this.#end(countAt(event, "index") ?? 0);
      case "message_delta":
        this.#setFinish(objectAt(event, "delta"));
        return this.#count(objectAt(event, "usage"));
      case "message_stop":
        return this.#stop();
      case "error":
        return [{ type: "error", error: errorOf(event) }];
      default:
        return [];
    }
  }

  #begin(index: number, block: JsonObject | undefined): ChatEvent[] {
    if (this.#open.size >= MAX_OPEN_BLOCKS) return [tooLarge()];
    switch (block?.type) {
      case "text":
        this.#open.set(index, { type: "text" });
        return textEvent("text", textAt(block, "text"));
      case "thinking":
        this.#open.set(index, { type: "thinking", signature: textAt(block, "signature") ?? "" });
        return textEvent("reasoning", textAt(block, "thinking"));
      case "redacted_thinking": {
        const redacted = textAt(block, "data") ?? "";
        return [{ type: "reasoning_end", ...(unpackProof(redacted) ?? { redacted }) }];
      }
      case "tool_use":
        return this.#beginCall(index, block);
      default:
        return [];
    }
  }

  #beginCall(index: number, block: JsonObject): ChatEvent[] {
    const id = textAt(block, "id") ?? "";
    const name = textAt(block, "name") ?? "";
    const input = objectAt(block, "input");
    if (nestsDeeper(input, MAX_CARRIED_DEPTH)) return [malformed("arguments that nest too deep")];
    const isUsable = id !== "" && name !== "" && id.length <= MAX_TOOL_CALL_ID_LENGTH;
    if (!isUsable || name.length > MAX_CHAT_TOOL_NAME_LENGTH)
      return [malformed("a tool call without a usable name or id")];
    this.#open.set(index, { type: "tool_use", id, input, hasArguments: false });
    return [{ type: "tool_call", id, name }];
  }

  #continue(open: OpenBlock | undefined, delta: JsonObject | undefined): ChatEvent[] {
    switch (delta?.type) {
      case "text_delta":
        return open?.type === "text" ? textEvent("text", textAt(delta, "text")) : [];
      case "thinking_delta":
        return open?.type === "thinking" ? textEvent("reasoning", textAt(delta, "thinking")) : [];
      case "signature_delta":
        // Comes whole, and once; what would not end is not gathered.
        if (open?.type === "thinking") open.signature = textAt(delta, "signature") ?? open.signature;
        return [];
      case "input_json_delta": {
        const text = textAt(delta, "partial_json") ?? "";
        if (open?.type !== "tool_use" || text === "") return [];
        open.hasArguments = true;
        return [{ type: "tool_call_arguments", id: open.id, text }];
      }
      default:
        return [];
    }
  }

  #end(index: number): ChatEvent[] {
    const open = this.#open.get(index);
    this.#open.delete(index);
    switch (open?.type) {
      case "thinking": {
        const { signature } = open;
        const proof = signature === "" ? {} : (unpackProof(signature) ?? { signature });
        return [{ type: "reasoning_end", ...proof }];
      }
      case "tool_use": {
        const text = JSON.stringify(open.input ?? {});
        const whole: ChatEvent[] = open.hasArguments
          ? []
          : [{ type: "tool_call_arguments", id: open.id, text }];
        return [...whole, { type: "tool_call_end", id: open.id }];
      }
      default:
        return [];
    }
  }

  /** Counts of the start hold until later ones replace them. */
  #count(counts: JsonObject | undefined): ChatEvent[] {
    if (counts === undefined) return [];
    const cached = countAt(counts, "cache_read_input_tokens") ?? this.#counts.cachedInputTokens;
    const written = countAt(counts, "cache_creation_input_tokens") ?? this.#counts.cacheWriteTokens;
    const fresh = countAt(counts, "input_tokens");
    this.#counts = {
      inputTokens: fresh === undefined ? this.#counts.inputTokens : fresh + (cached ?? 0) + (written ?? 0),
      cachedInputTokens: cached,
      cacheWriteTokens: written,
      outputTokens: countAt(counts, "output_tokens") ?? this.#counts.outputTokens,
      reasoningTokens:
        countAt(objectAt(counts, "output_tokens_details"), "thinking_tokens") ?? this.#counts.reasoningTokens,
    };
    const usage = usageOf(this.#counts);
    return usage === undefined ? [] : [{ type: "usage", usage }];
  }

  #setFinish(delta: JsonObject | undefined): void {
    const reason = textAt(delta, "stop_reason");
    if (reason === undefined) return;
    const stopSequence = textAt(delta, "stop_sequence")?.slice(0, MAX_STOP_SEQUENCE_LENGTH);
    this.#finish = { type: "finish", reason: FINISH[reason] ?? "other", ...defined({ stopSequence }) };
  }

  #stop(): ChatEvent[] {
    if (this.#finish === undefined) return [malformed("an answer without a reason for its end")];
    const rest = [...this.#open.keys()].flatMap((index) => this.#end(index));
    return [...rest, this.#finish];
  }
}

const textEvent = (type: "text" | "reasoning", text: string | undefined): ChatEvent[] =>
  text === undefined || text === "" ? [] : [{ type, text }];
