import type { ChatMessage, KeptMessageDto } from "@patchbay/protocol";

/** Of a text that is shown; more would make the page slow. */
const MAX_SHOWN_LENGTH = 20_000;

interface MessageText {
  readonly role: ChatMessage["role"];
  readonly text: string;
  /** Parts that are no text: pictures, files, calls of tools. */
  readonly others: number;
}

/** What people read of a message. The server has held it against its form when it came in. */
export const textOfMessage = (kept: KeptMessageDto["message"]): MessageText => {
  const { role, parts } = kept as ChatMessage;
  const texts: string[] = [];
  let others = 0;
  for (const part of parts)
    if (part.type === "text" || part.type === "refusal") texts.push(part.text);
    else others += 1;
  const text = texts.join("\n\n");
  return {
    role,
    text: text.length > MAX_SHOWN_LENGTH ? `${text.slice(0, MAX_SHOWN_LENGTH)}…` : text,
    others,
  };
};
