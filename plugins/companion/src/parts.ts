import type { ChatQuestion, KeptMessage } from "@patchbay/sdk/ui";
import { cut } from "./cut.ts";

export type Message = KeptMessage["message"];
export type UserPart = Extract<Message, { role: "user" }>["parts"][number];
type Question = ChatQuestion["messages"][number];

/** What is read of a message, as Markdown. */
export const textOf = ({ parts }: Message): string =>
  parts
    .map((part) => ("text" in part && part.type !== "reasoning" ? part.text : ""))
    .filter((text) => text !== "")
    .join("\n\n");

/** What a model thought before it answered. */
export const thoughtsOf = ({ parts }: Message): string =>
  parts.map((part) => (part.type === "reasoning" ? part.text : "")).join("");

/** Files and pictures that were sent beside the text. */
export const filesOf = ({ parts }: Message): readonly string[] =>
  parts.flatMap((part) => {
    if (part.type === "image")
      return [part.source.type === "bytes" ? part.source.mediaType : part.source.url];
    return part.type === "file" ? [part.name ?? "?"] : [];
  });

/** A conversation as a model is asked to go on with it. Thoughts are kept for people, and are nothing to send again. */
export const questionOf = (prompt: string | undefined, messages: readonly Message[]): Question[] => [
  ...(prompt === undefined
    ? []
    : [{ role: "system" as const, parts: [{ type: "text" as const, text: prompt }] }]),
  ...messages.flatMap((message): Question[] => {
    if (message.role !== "assistant") return [message];
    const parts = message.parts.filter(({ type }) => type !== "reasoning");
    return parts.length === 0 ? [] : [{ ...message, parts }];
  }),
];

const MAX_TITLE_LENGTH = 60;

/** What a conversation is called until somebody names it: how it begins. */
export const titleOf = (message: Message): string | undefined => {
  const [line = ""] = textOf(message).trim().split("\n");
  const words = line.replaceAll(/\s+/g, " ").trim();
  if (words === "") return undefined;
  return words.length <= MAX_TITLE_LENGTH ? words : `${cut(words, MAX_TITLE_LENGTH - 1).trimEnd()}…`;
};
