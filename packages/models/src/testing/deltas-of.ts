import type { ChatAnswer, ChatEvent } from "@patchbay/protocol";
import { eventsOf } from "../events-of.ts";

/** Pieces of a text that never part the halves of one sign. */
const pieces = (text: string, size: number): string[] => {
  const signs = [...text];
  return Array.from({ length: Math.ceil(signs.length / size) }, (_, index) =>
    signs.slice(index * size, (index + 1) * size).join(""),
  );
};

/** The events that come to an answer, with deltas of so many signs. */
export const deltasOf = (answer: ChatAnswer, size = 3): ChatEvent[] =>
  eventsOf(answer).flatMap((event): ChatEvent[] => {
    switch (event.type) {
      case "text":
      case "refusal":
      case "reasoning":
      case "tool_call_arguments":
        return pieces(event.text, size).map((text) => ({ ...event, text }));
      default:
        return [event];
    }
  });

/** What a format writes for these events, as one text. */
export const streamOf = (
  writer: { write(event: ChatEvent): string; end(): string },
  events: readonly ChatEvent[],
): string => events.map((event) => writer.write(event)).join("") + writer.end();
