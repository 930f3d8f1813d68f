import type { ChatMessage } from "@patchbay/protocol";

type Parts = ChatMessage["parts"];
type Part = Parts[number] | Extract<ChatMessage, { role: "tool" }>["parts"][number]["parts"][number];

/**
 * Messages with marks in the place of pictures, files and sounds that they carry: these are large, and a hook changes texts. One mark for
 * each, which stands for it once.
 */
export class MediaMarks {
  readonly messages: readonly ChatMessage[];
  readonly #media = new Map<string, string>();

  constructor(messages: readonly ChatMessage[]) {
    this.messages = withData(messages, (data) => {
      const mark = `media:${this.#media.size}`;
      this.#media.set(mark, data);
      return mark;
    });
  }

  /** The same messages, or others with some of the marks, with what the marks stand for. Null where one stands twice. */
  restore(messages: readonly ChatMessage[]): ChatMessage[] | null {
    const left = new Map(this.#media);
    let isTwice = false;
    const restored = withData(messages, (mark) => {
      const data = left.get(mark);
      isTwice ||= data === undefined && this.#media.has(mark);
      left.delete(mark);
      return data ?? mark;
    });
    return isTwice ? null : restored;
  }
}

/** With what `change` makes of the bytes of each medium. Messages without any stay the same. */
const withData = (messages: readonly ChatMessage[], change: (data: string) => string): ChatMessage[] =>
  messages.map((message) =>
    message.parts.some(hasData)
      ? ({ ...message, parts: message.parts.map((part) => changed(part, change)) } as ChatMessage)
      : message,
  );

const hasData = (part: Part): boolean => {
  switch (part.type) {
    case "image":
    case "file":
      return part.source.type === "bytes";
    case "audio":
      return true;
    case "tool_result":
      return part.parts.some(hasData);
    default:
      return false;
  }
};

const changed = (part: Part, change: (data: string) => string): Part => {
  switch (part.type) {
    case "image":
    case "file":
      return part.source.type === "bytes"
        ? { ...part, source: { ...part.source, data: change(part.source.data) } }
        : part;
    case "audio":
      return { ...part, data: change(part.data) };
    case "tool_result":
      return {
        ...part,
        parts: part.parts.map((inner) => changed(inner, change) as (typeof part.parts)[number]),
      };
    default:
      return part;
  }
};
