import type { AnswerEvent } from "@patchbay/sdk/ui";
import type { Message } from "./parts.ts";

/** An answer while it is written. */
export class AnswerDraft {
  #thoughts = "";
  #text = "";
  /** By id. What broke off is no call: it may lack what it is for. */
  readonly #calls = new Map<string, { readonly name: string; arguments: string }>();
  #isWhole = false;

  add(event: AnswerEvent): void {
    if (event.type === "reasoning") this.#thoughts += event.text;
    if (event.type === "text" || event.type === "refusal") this.#text += event.text;
    if (event.type === "tool_call") this.#calls.set(event.id, { name: event.name, arguments: "" });
    if (event.type === "tool_call_arguments") {
      const call = this.#calls.get(event.id);
      if (call !== undefined) call.arguments += event.text;
    }
    if (event.type === "finish") this.#isWhole = true;
  }

  /** What there is so far; calls of tools once the answer is whole. */
  message(): Message {
    return {
      role: "assistant",
      parts: [
        ...(this.#thoughts === "" ? [] : [{ type: "reasoning" as const, text: this.#thoughts }]),
        ...(this.#text === "" ? [] : [{ type: "text" as const, text: this.#text }]),
        ...[...(this.#isWhole ? this.#calls : [])].map(([id, { name, arguments: given }]) => ({
          type: "tool_call" as const,
          id,
          name,
          arguments: given,
        })),
      ],
    };
  }
}
