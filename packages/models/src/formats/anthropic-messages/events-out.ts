import type { ModelUsage, ReasoningPart } from "@patchbay/protocol";
import type { AnswerHead, ClientError, JsonObject } from "../format.ts";
import type { ContentEvent, EventOutput, FinishEvent } from "../shared/event-writing.ts";
import { packProof } from "../shared/reasoning-proof.ts";
import { sse } from "../shared/sse.ts";
import { openMessage, stopReasonOf, writeUsage } from "./answer.ts";
import { signatureFor } from "./blocks.ts";
import { writeError } from "./errors.ts";

/** Blocks of a message. Texts and thoughts are open one at a time; calls have an index each and may be open together. */
export class MessageOutput implements EventOutput {
  readonly ping = sse({ type: "ping" }, "ping");
  readonly #head: AnswerHead;
  readonly #calls = new Map<string, number>();
  #open: { readonly type: "text" | "thinking"; readonly index: number } | undefined;
  #count = 0;
  #hasStarted = false;

  constructor(head: AnswerHead) {
    this.#head = head;
  }

  content(event: ContentEvent, usage: ModelUsage | undefined): string {
    // The first event tells the usage, which upstreams tell right behind their start.
    if (event.type === "start") return "";
    return this.#start(usage) + this.#content(event);
  }

  end(finish: FinishEvent, usage: ModelUsage | undefined): string {
    const before = this.#start(usage) + this.#close();
    const delta = {
      stop_reason: stopReasonOf(finish.reason, finish.stopSequence),
      stop_sequence: finish.stopSequence ?? null,
      stop_details: null,
      container: null,
    };
    return (
      before +
      sse({ type: "message_delta", delta, usage: writeUsage(usage) }, "message_delta") +
      sse({ type: "message_stop" }, "message_stop")
    );
  }

  fail(error: ClientError): string {
    return sse(writeError(error), "error");
  }

  #start(usage: ModelUsage | undefined): string {
    if (this.#hasStarted) return "";
    this.#hasStarted = true;
    return sse({ type: "message_start", message: openMessage(this.#head, usage) }, "message_start");
  }

  #content(event: Exclude<ContentEvent, { type: "start" }>): string {
    switch (event.type) {
      case "text":
      case "refusal": {
        const opening = this.#openBlock("text", { type: "text", text: "", citations: null });
        return opening + textDelta(this.#open?.index ?? 0, event.text);
      }
      case "reasoning": {
        const opening = this.#openBlock("thinking", { type: "thinking", thinking: "", signature: "" });
        return opening + this.#delta(this.#open?.index, { type: "thinking_delta", thinking: event.text });
      }
      case "reasoning_end":
        return this.#endThought(event);
      case "tool_call": {
        const closing = this.#close();
        const index = this.#count++;
        this.#calls.set(event.id, index);
        return closing + this.#begin(index, { type: "tool_use", id: event.id, name: event.name, input: {} });
      }
      case "tool_call_arguments":
        return this.#delta(this.#calls.get(event.id), { type: "input_json_delta", partial_json: event.text });
      case "tool_call_end":
        return this.#stop(this.#calls.get(event.id));
      default:
        return event satisfies never;
    }
  }

  #openBlock(type: "text" | "thinking", block: JsonObject): string {
    if (this.#open?.type === type) return "";
    const closing = this.#close();
    this.#open = { type, index: this.#count++ };
    return closing + this.#begin(this.#open.index, block);
  }

  /** Signs the block that is open. Without one there is a proof alone, or nothing to end. */
  #endThought({
    type: _type,
    ...proof
  }: { readonly type: string } & Omit<ReasoningPart, "type" | "text">): string {
    if (this.#open?.type === "thinking") {
      const signature = signatureFor(proof);
      const { index } = this.#open;
      return (
        (signature === "" ? "" : this.#delta(index, { type: "signature_delta", signature })) + this.#close()
      );
    }
    if (proof.signature !== undefined) {
      const opening = this.#openBlock("thinking", { type: "thinking", thinking: "", signature: "" });
      const signing = this.#delta(this.#open?.index, { type: "signature_delta", signature: proof.signature });
      return opening + signing + this.#close();
    }
    const data = proof.redacted ?? packProof(proof);
    if (data === undefined) return "";
    const closing = this.#close();
    const index = this.#count++;
    return closing + this.#begin(index, { type: "redacted_thinking", data }) + this.#stop(index);
  }

  #close(): string {
    const index = this.#open?.index;
    this.#open = undefined;
    return this.#stop(index);
  }

  #begin(index: number, block: JsonObject): string {
    return sse({ type: "content_block_start", index, content_block: block }, "content_block_start");
  }

  #delta(index: number | undefined, delta: JsonObject): string {
    return index === undefined
      ? ""
      : sse({ type: "content_block_delta", index, delta }, "content_block_delta");
  }

  #stop(index: number | undefined): string {
    return index === undefined ? "" : sse({ type: "content_block_stop", index }, "content_block_stop");
  }
}

/** Written by hand, since nearly all events are such. */
const textDelta = (index: number, text: string): string =>
  `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{"type":"text_delta","text":${JSON.stringify(text)}}}\n\n`;
