import type { ChatEvent } from "@patchbay/protocol";

/** Between what was cut off and the answer that replaces it. */
const APART = "\n\n";

/**
 * Text of an answer that begins anew after another one broke off. While it says what the client has already read, nothing is sent
 * again; where it says something else, it follows whole, after a blank line.
 */
export class ResumedText {
  readonly #read: string;
  /** So much of what was read has been said again. */
  #same = 0;
  #isPast = false;

  /** `read` is what the client has read. */
  constructor(read: string) {
    this.#read = read;
  }

  /** What the client gets to read for this event. Takes time for the event's own text alone, however much was read. */
  take(event: ChatEvent): readonly ChatEvent[] {
    if (this.#isPast) return [event];
    if (event.type !== "text") return [...this.#rest(event), event];
    const { text } = event;
    const expected = this.#read.slice(this.#same, this.#same + text.length);
    if (!text.startsWith(expected)) {
      this.#isPast = true;
      return textOf(this.#again() + text);
    }
    this.#same += expected.length;
    this.#isPast = this.#same === this.#read.length;
    return textOf(text.slice(expected.length));
  }

  /** What was held back when the text is over: it was shorter than what was read. */
  #rest({ type }: ChatEvent): readonly ChatEvent[] {
    if (type === "usage" || type === "start" || this.#same === 0) return [];
    this.#isPast = true;
    return textOf(this.#again());
  }

  #again(): string {
    return APART + this.#read.slice(0, this.#same);
  }
}

const textOf = (text: string): readonly ChatEvent[] => (text === "" ? [] : [{ type: "text", text }]);
