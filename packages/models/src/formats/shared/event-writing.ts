import type { ChatEvent, ModelError, ModelUsage } from "@patchbay/protocol";
import type { ClientError, EventWriter } from "../format.ts";
import { AnswerSize } from "./answer-checks.ts";
import { toClientError } from "./client-errors.ts";

export type FinishEvent = Extract<ChatEvent, { type: "finish" }>;
/** What an answer consists of, as `EventOutput` gets it: none of it out of order. */
export type ContentEvent = Exclude<ChatEvent, { type: "usage" | "finish" | "error" }>;

/** The text of one format for each thing that happens. */
export interface EventOutput {
  /** `usage` is what is known of it by now. */
  content(event: ContentEvent, usage: ModelUsage | undefined): string;
  end(finish: FinishEvent, usage: ModelUsage | undefined): string;
  fail(error: ClientError): string;
  readonly ping: string;
}

/** What holds for the streams of all formats: one end, no clean one without a `finish`, calls that begin once and end once. */
export class CheckedEventWriter implements EventWriter {
  readonly #output: EventOutput;
  readonly #calls = new Map<string, "open" | "ended">();
  #usage: ModelUsage | undefined;
  #finish: FinishEvent | undefined;
  #isOver = false;
  readonly #size = new AnswerSize();

  constructor(output: EventOutput) {
    this.#output = output;
  }

  get hasEnded(): boolean {
    return this.#isOver;
  }

  write(event: ChatEvent): string {
    if (this.#isOver || this.#finish !== undefined) {
      if (!this.#isOver && event.type === "usage") this.#usage = event.usage;
      return !this.#isOver && event.type === "error" ? this.fail(event.error) : "";
    }
    switch (event.type) {
      case "usage":
        this.#usage = event.usage;
        return "";
      case "finish":
        this.#finish = event;
        return "";
      case "error":
        return this.fail(event.error);
      default:
        return this.#content(event);
    }
  }

  end(): string {
    if (this.#isOver) return "";
    if (this.#finish === undefined)
      return this.fail({ code: "cut", message: "The model's answer broke off before its end." });
    this.#isOver = true;
    const open = [...this.#calls].filter(([, state]) => state === "open");
    const closing = open.map(([id]) => this.#output.content({ type: "tool_call_end", id }, this.#usage));
    return closing.join("") + this.#output.end(this.#finish, this.#usage);
  }

  fail(error: ModelError | ClientError): string {
    if (this.#isOver) return "";
    this.#isOver = true;
    return this.#output.fail(toClientError(error));
  }

  ping(): string {
    return this.#isOver ? "" : this.#output.ping;
  }

  #content(event: ContentEvent): string {
    if (!this.#isInOrder(event)) return "";
    if (this.#size.add(event))
      return this.fail({ code: "too_large", message: "The model's answer is longer than is allowed." });
    return this.#output.content(event, this.#usage);
  }

  #isInOrder(event: ContentEvent): boolean {
    switch (event.type) {
      case "tool_call":
        if (this.#calls.has(event.id)) return false;
        this.#calls.set(event.id, "open");
        return true;
      case "tool_call_arguments":
        return event.text !== "" && this.#calls.get(event.id) === "open";
      case "tool_call_end":
        if (this.#calls.get(event.id) !== "open") return false;
        this.#calls.set(event.id, "ended");
        return true;
      case "text":
      case "reasoning":
      case "refusal":
        return event.text !== "";
      default:
        return true;
    }
  }
}
