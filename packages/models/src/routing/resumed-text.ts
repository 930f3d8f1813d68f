import type { ChatEvent } from "@patchbay/protocol";

/** Between what was cut off and the answer that replaces it. */
const APART = "\n\n";

/**
 * Text of an answer that begins anew after another one broke off. While it says what the client has already read, nothing is sent
 * again; where it says something else, it follows whole, after a blank line.
 */
export class ResumedText {
  readonly #read: string;
  #held = "";
  #isPast = false;

  /** `read` is what the client has read. */
  constructor(read: string) {
    this.#read = read;
  }

  /** What the client gets to read for this event. */
  take(event: ChatEvent): readonly ChatEvent[] {
    if (this.#isPast) return [event];
    if (event.type !== "text") return [...this.#rest(event), event];
    this.#held += event.text;
    if (this.#held.length < this.#read.length && this.#read.startsWith(this.#held)) return [];
    this.#isPast = true;
    if (this.#held.startsWith(this.#read)) return textOf(this.#held.slice(this.#read.length));
    return textOf(APART + this.#held);
  }

  /** What was held back when the text is over: it was shorter than what was read. */
  #rest({ type }: ChatEvent): readonly ChatEvent[] {
    if (type === "usage" || type === "start" || this.#held === "") return [];
    this.#isPast = true;
    return textOf(APART + this.#held);
  }
}

const textOf = (text: string): readonly ChatEvent[] => (text === "" ? [] : [{ type: "text", text }]);
