import type { ChatEvent } from "@patchbay/protocol";

/**
 * Reads the text of an event that is the same as the two before it but for its text, as most events of a stream are: it need not be
 * parsed as a whole then. What surrounds the text was parsed, and stands for the same again as long as no other event comes between.
 */
export class RepeatedText {
  #before = "";
  #after = "";
  /** How often one after the other this was parsed, and was a text alone. */
  #seen: 0 | 1 | 2 = 0;

  /** The text of the event; undefined where it has to be parsed. */
  textIn(data: string): string | undefined {
    return this.#seen === 2 ? this.#read(data) : undefined;
  }

  /** What an event that was parsed came to. */
  learn(data: string, events: readonly ChatEvent[]): void {
    const [event, ...others] = events;
    if (event?.type !== "text" || others.length > 0) {
      this.forget();
      return;
    }
    if (this.#seen === 1 && this.#read(data) === event.text) {
      this.#seen = 2;
      return;
    }
    const literal = JSON.stringify(event.text);
    const place = data.indexOf(literal);
    const isOnlyOne = place >= 0 && data.indexOf(literal, place + 1) < 0;
    this.#seen = isOnlyOne ? 1 : 0;
    this.#before = data.slice(0, place);
    this.#after = data.slice(place + literal.length);
  }

  /** Something else has come between. */
  forget(): void {
    this.#seen = 0;
  }

  /** The one text between what surrounds it; undefined for anything else, and for an empty one. */
  #read(data: string): string | undefined {
    const start = this.#before.length;
    const end = data.length - this.#after.length;
    // Several times as fast as `startsWith`, which walks through pieces of larger texts.
    if (data.slice(0, start) !== this.#before || data.slice(end) !== this.#after) return undefined;
    const literal = data.slice(start, end);
    try {
      const text: unknown = JSON.parse(literal);
      return typeof text === "string" && text !== "" ? text : undefined;
    } catch {
      return undefined;
    }
  }
}
