import type { ModelUsage, ReasoningPart } from "@patchbay/protocol";
import type { AnswerHead, ClientError, JsonObject } from "../format.ts";
import { openAiError } from "../openai/errors.ts";
import type { ContentEvent, EventOutput, FinishEvent } from "../shared/event-writing.ts";
import { SSE_DONE, SSE_PING, sse } from "../shared/sse.ts";
import { endOf, idsOf, openResponse, secondsOf, writeUsage } from "./answer.ts";
import { callItem, messageItem, reasoningItem, refusalContent, textContent } from "./items.ts";

interface OpenCall {
  readonly id: string;
  readonly index: number;
  readonly call: { id: string; name: string; arguments: string };
}

/** The message or the reasoning that is being written: only one at a time, unlike calls. */
type OpenItem =
  | {
      type: "message";
      id: string;
      index: number;
      content: JsonObject[];
      kind: "text" | "refusal";
      text: string;
    }
  | { type: "reasoning"; id: string; index: number; text: string };

/** Every event of a response, each with its number. The last holds the whole response again, as clients expect. */
export class ResponseOutput implements EventOutput {
  readonly ping = SSE_PING;
  readonly #head: AnswerHead;
  readonly #ids: ReturnType<typeof idsOf>;
  readonly #response: JsonObject;
  readonly #items: JsonObject[] = [];
  readonly #calls = new Map<string, OpenCall>();
  #open: OpenItem | undefined;
  #number = 0;
  #count = 0;
  #hasRefused = false;

  constructor(head: AnswerHead) {
    this.#head = head;
    this.#ids = idsOf(head);
    this.#response = openResponse(head);
  }

  content(event: ContentEvent): string {
    const start = this.#start();
    switch (event.type) {
      case "start":
        return start;
      case "text":
      case "refusal":
        return start + this.#say(event.type, event.text);
      case "reasoning":
        return start + this.#think(event.text);
      case "reasoning_end": {
        const { type: _type, ...proof } = event;
        return start + this.#endThought(proof);
      }
      case "tool_call":
        return start + this.#close() + this.#beginCall(event);
      case "tool_call_arguments":
        return start + this.#argue(event.id, event.text);
      case "tool_call_end":
        return start + this.#endCall(event.id);
      default:
        return event satisfies never;
    }
  }

  end(finish: FinishEvent, usage: ModelUsage | undefined): string {
    const before = this.#start() + this.#close();
    const end = {
      ...endOf(finish.reason, this.#hasRefused),
      completed_at: secondsOf(this.#head),
      store: this.#head.store ?? false,
    };
    return before + this.#event(`response.${end.status}`, { response: this.#closed(end, usage) }) + SSE_DONE;
  }

  /**
   * Both that the response has failed and the event for errors: clients look for the one or the other. In the latter the error stands by
   * itself, as Open Responses has it, and its fields beside its type, as OpenAI has them.
   */
  fail(error: ClientError): string {
    const told = openAiError(error);
    const { message, code } = told;
    const before = this.#start();
    const failed = { status: "failed", error: { code, message }, store: false };
    return (
      before +
      this.#event("error", { code, message, param: null, error: told }) +
      this.#event("response.failed", { response: this.#closed(failed, undefined) }) +
      SSE_DONE
    );
  }

  #closed(end: JsonObject, usage: ModelUsage | undefined): JsonObject {
    return {
      ...this.#response,
      ...end,
      output: this.#items.filter((item) => item !== undefined),
      usage: usage ? writeUsage(usage) : null,
    };
  }

  #event(type: string, fields: JsonObject): string {
    return sse({ type, sequence_number: this.#number++, ...fields }, type);
  }

  #start(): string {
    if (this.#number > 0) return "";
    return (
      this.#event("response.created", { response: this.#response }) +
      this.#event("response.in_progress", { response: this.#response })
    );
  }

  #added(item: JsonObject, index: number): string {
    return this.#event("response.output_item.added", { output_index: index, item });
  }

  #done(item: JsonObject, index: number): string {
    this.#items[index] = item;
    return this.#event("response.output_item.done", { output_index: index, item });
  }

  #say(kind: "text" | "refusal", delta: string): string {
    if (kind === "refusal") this.#hasRefused = true;
    const opening = this.#openContent(kind);
    const open = this.#open as Extract<OpenItem, { type: "message" }>;
    open.text += delta;
    const type = kind === "text" ? "response.output_text.delta" : "response.refusal.delta";
    return opening + this.#event(type, { ...placeOf(open), delta, ...(kind === "text" && { logprobs: [] }) });
  }

  /** Makes the open item a message with an open part of this kind. */
  #openContent(kind: "text" | "refusal"): string {
    if (this.#open?.type === "message" && this.#open.kind === kind) return "";
    let written = "";
    if (this.#open?.type === "message") written += this.#closeContent(this.#open);
    else {
      written += this.#close();
      const index = this.#count++;
      const id = this.#ids.item("msg", index);
      this.#open = { type: "message", id, index, content: [], kind, text: "" };
      written += this.#added(messageItem(id, [], "in_progress"), index);
    }
    Object.assign(this.#open, { kind, text: "" });
    const part = kind === "text" ? textContent("") : refusalContent("");
    return written + this.#event("response.content_part.added", { ...placeOf(this.#open), part });
  }

  #closeContent(open: Extract<OpenItem, { type: "message" }>): string {
    const { kind, text } = open;
    const part = kind === "text" ? textContent(text) : refusalContent(text);
    const place = placeOf(open);
    open.content.push(part);
    const done =
      kind === "text"
        ? this.#event("response.output_text.done", { ...place, text, logprobs: [] })
        : this.#event("response.refusal.done", { ...place, refusal: text });
    return done + this.#event("response.content_part.done", { ...place, part });
  }

  #think(delta: string): string {
    const opening = this.#open?.type === "reasoning" ? "" : this.#beginThought();
    const open = this.#open as Extract<OpenItem, { type: "reasoning" }>;
    const part = { type: "summary_text", text: "" };
    const first =
      open.text === ""
        ? this.#event("response.reasoning_summary_part.added", { ...summaryOf(open), part })
        : "";
    open.text += delta;
    return (
      opening + first + this.#event("response.reasoning_summary_text.delta", { ...summaryOf(open), delta })
    );
  }

  #beginThought(): string {
    const closing = this.#close();
    const index = this.#count++;
    const id = this.#ids.item("rs", index);
    this.#open = { type: "reasoning", id, index, text: "" };
    return closing + this.#added({ id, type: "reasoning", summary: [] }, index);
  }

  #endThought(proof: Omit<ReasoningPart, "type" | "text">): string {
    const hasProof = Object.keys(proof).length > 0;
    if (this.#open?.type !== "reasoning" && !hasProof) return "";
    const opening = this.#open?.type === "reasoning" ? "" : this.#beginThought();
    return opening + this.#closeThought(this.#open as Extract<OpenItem, { type: "reasoning" }>, proof);
  }

  #closeThought(
    { id, index, text }: Extract<OpenItem, { type: "reasoning" }>,
    proof: Omit<ReasoningPart, "type" | "text">,
  ): string {
    const place = summaryOf({ id, index });
    this.#open = undefined;
    const told =
      text === ""
        ? ""
        : this.#event("response.reasoning_summary_text.done", { ...place, text }) +
          this.#event("response.reasoning_summary_part.done", {
            ...place,
            part: { type: "summary_text", text },
          });
    return told + this.#done(reasoningItem(id, { ...proof, text }), index);
  }

  /** Ends the message or the reasoning that is open. */
  #close(): string {
    const open = this.#open;
    if (open === undefined) return "";
    if (open.type === "reasoning") return this.#closeThought(open, {});
    this.#open = undefined;
    return this.#closeContent(open) + this.#done(messageItem(open.id, open.content), open.index);
  }

  #beginCall({ id: callId, name }: { readonly id: string; readonly name: string }): string {
    const index = this.#count++;
    const id = this.#ids.item("fc", index);
    const call = { id: callId, name, arguments: "" };
    this.#calls.set(callId, { id, index, call });
    return this.#added(callItem(id, call, "in_progress"), index);
  }

  #argue(callId: string, delta: string): string {
    const open = this.#calls.get(callId);
    if (open === undefined) return "";
    open.call.arguments += delta;
    return this.#event("response.function_call_arguments.delta", {
      item_id: open.id,
      output_index: open.index,
      delta,
    });
  }

  #endCall(callId: string): string {
    const open = this.#calls.get(callId);
    if (open === undefined) return "";
    this.#calls.delete(callId);
    const { id, index, call } = open;
    const whole = { item_id: id, output_index: index, name: call.name, arguments: call.arguments };
    return (
      this.#event("response.function_call_arguments.done", whole) + this.#done(callItem(id, call), index)
    );
  }
}

const placeOf = ({ id, index, content }: Extract<OpenItem, { type: "message" }>) => ({
  item_id: id,
  output_index: index,
  content_index: content.length,
});
const summaryOf = ({ id, index }: { readonly id: string; readonly index: number }) => ({
  item_id: id,
  output_index: index,
  summary_index: 0,
});
