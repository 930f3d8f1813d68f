import type { ModelUsage } from "@patchbay/protocol";
import type { AnswerHead, ClientError, JsonObject } from "../format.ts";
import { writeOpenAiError } from "../openai/errors.ts";
import type { ContentEvent, EventOutput, FinishEvent } from "../shared/event-writing.ts";
import { SSE_DONE, SSE_PING, sse } from "../shared/sse.ts";
import { finishReasonOf, headOf, writeUsage } from "./answer.ts";

/** Chunks of a chat completion: the role, what is said, why it ends, usage where it was asked for, `[DONE]`. */
export class ChunkOutput implements EventOutput {
  readonly ping = SSE_PING;
  readonly #answer: AnswerHead;
  #head: JsonObject;
  /** What every chunk begins and ends with, written once for a model: there is one for each token. */
  #before: string;
  readonly #after: string;
  readonly #hasUsage: boolean;
  readonly #indexes = new Map<string, number>();
  #hasStarted = false;
  #hasRefused = false;

  constructor(head: AnswerHead) {
    this.#hasUsage = head.request?.includeUsage === true;
    this.#answer = head;
    this.#head = headOf(head, "chat.completion.chunk");
    this.#before = beforeOf(this.#head);
    this.#after = `}]${this.#hasUsage ? ',"usage":null' : ""}}\n\n`;
  }

  content(event: ContentEvent): string {
    if (event.type === "text") return this.#textChunk(event.text);
    // Another model may go on where the first broke off.
    if (event.type === "start") {
      this.#head = headOf(this.#answer, "chat.completion.chunk");
      this.#before = beforeOf(this.#head);
    }
    const delta = this.#deltaOf(event);
    const start = this.#start();
    return delta === undefined ? start : start + this.#chunk(delta);
  }

  end(finish: FinishEvent, usage: ModelUsage | undefined): string {
    const last = this.#start() + this.#chunk({}, finishReasonOf(finish.reason, this.#hasRefused));
    const counted =
      this.#hasUsage && usage ? sse({ ...this.#head, choices: [], usage: writeUsage(usage) }) : "";
    return `${last}${counted}${SSE_DONE}`;
  }

  fail(error: ClientError): string {
    return sse(writeOpenAiError(error));
  }

  #start(): string {
    if (this.#hasStarted) return "";
    this.#hasStarted = true;
    return this.#chunk({ role: "assistant", content: "" });
  }

  #deltaOf(event: Exclude<ContentEvent, { type: "text" }>): JsonObject | undefined {
    switch (event.type) {
      case "reasoning":
        return { reasoning_content: event.text };
      case "refusal":
        this.#hasRefused = true;
        return { refusal: event.text };
      case "tool_call": {
        const index = this.#indexes.size;
        this.#indexes.set(event.id, index);
        const called = { name: event.name, arguments: "" };
        return { tool_calls: [{ index, id: event.id, type: "function", function: called }] };
      }
      case "tool_call_arguments":
        return { tool_calls: [{ index: this.#indexes.get(event.id), function: { arguments: event.text } }] };
      case "start":
      case "reasoning_end":
      case "tool_call_end":
        return undefined;
      default:
        return event satisfies never;
    }
  }

  #chunk(delta: JsonObject, reason: string | null = null): string {
    return this.#before + JSON.stringify(delta) + endOf(reason) + this.#after;
  }

  /** The same for what nearly all of them say. */
  #textChunk(text: string): string {
    return `${this.#start()}${this.#before}{"content":${JSON.stringify(text)}}${NO_END}${this.#after}`;
  }
}

const endOf = (reason: string | null): string => `,"logprobs":null,"finish_reason":${JSON.stringify(reason)}`;
const NO_END = endOf(null);

const beforeOf = (head: JsonObject): string =>
  `data: ${JSON.stringify(head).slice(0, -1)},"choices":[{"index":0,"delta":`;
