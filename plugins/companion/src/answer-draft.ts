import type { AnswerEvent } from "@patchbay/sdk/ui";
import type { Message } from "./parts.ts";

/** An answer while it is written. */
export class AnswerDraft {
  #thoughts = "";
  #text = "";

  add(event: AnswerEvent): void {
    if (event.type === "reasoning") this.#thoughts += event.text;
    if (event.type === "text" || event.type === "refusal") this.#text += event.text;
  }

  /** What there is so far. */
  message(): Message {
    return {
      role: "assistant",
      parts: [
        ...(this.#thoughts === "" ? [] : [{ type: "reasoning" as const, text: this.#thoughts }]),
        ...(this.#text === "" ? [] : [{ type: "text" as const, text: this.#text }]),
      ],
    };
  }
}
