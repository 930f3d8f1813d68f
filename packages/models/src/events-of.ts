import type { AssistantPart, ChatAnswer, ChatEvent } from "@patchbay/protocol";

/** What happens while a model answers, in the batches in which it arrives: one by one, each event would cost every step on its way a turn. */
export type EventBatches = AsyncGenerator<readonly ChatEvent[], void, undefined>;

/** The events that come to the answer: the way back of `gatherAnswer`. */
export const eventsOf = ({ id, model, parts, finish, stopSequence, usage }: ChatAnswer): ChatEvent[] => [
  { type: "start", ...(id !== undefined && { id }), ...(model !== undefined && { model }) },
  ...parts.flatMap(partEvents),
  ...(usage ? [{ type: "usage" as const, usage }] : []),
  { type: "finish", reason: finish, ...(stopSequence !== undefined && { stopSequence }) },
];

const partEvents = (part: AssistantPart): ChatEvent[] => {
  switch (part.type) {
    case "text":
    case "refusal":
      return [part];
    case "reasoning": {
      const { type, text, ...proof } = part;
      return [
        { type, text },
        { type: "reasoning_end", ...proof },
      ];
    }
    case "tool_call": {
      const { id, name, arguments: text } = part;
      return [
        { type: "tool_call", id, name },
        { type: "tool_call_arguments", id, text },
        { type: "tool_call_end", id },
      ];
    }
    default:
      return part satisfies never;
  }
};
