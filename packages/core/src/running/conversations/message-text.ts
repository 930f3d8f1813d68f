import { type ChatMessage, MAX_EXCERPT_LENGTH, MAX_SEARCHED_LENGTH } from "@patchbay/protocol";

/** What people read of a message. */
export const textOf = ({ parts }: ChatMessage): string => parts.flatMap(textsOf).join("\n");

type Part = ChatMessage["parts"][number];

const textsOf = (part: Part): readonly string[] => {
  if (part.type === "text" || part.type === "refusal") return [part.text];
  if (part.type !== "tool_result") return [];
  return part.parts.flatMap((inner) => (inner.type === "text" ? [inner.text] : []));
};

/** The part of a message's text by which it is found, in a form that a database takes. */
export const searchedText = (message: ChatMessage): string =>
  textOf(message).slice(0, MAX_SEARCHED_LENGTH).replaceAll("\0", " ").toWellFormed();

const WORDS = /[\p{L}\p{M}\p{N}]+/gu;
/** Characters before the first word that was found. */
const LEAD = 60;

/** The part of a text where the first of the words stands, in one line. */
export const excerptOf = (text: string, searched: string): string => {
  const words = searched.match(WORDS) ?? [];
  const at = words.length === 0 ? 0 : Math.max(0, text.search(new RegExp(words.join("|"), "iu")));
  const start = Math.max(0, at - LEAD);
  const part = text.slice(start, start + MAX_EXCERPT_LENGTH).replaceAll(/\s+/g, " ");
  const isCut = start + MAX_EXCERPT_LENGTH < text.length;
  return `${start > 0 ? "…" : ""}${part.toWellFormed().replaceAll("\uFFFD", "").trim()}${isCut ? "…" : ""}`;
};
