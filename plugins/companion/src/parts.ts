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

/** Files that were sent beside the text, by their names, and pictures that are not shown: by their addresses or types. */
export const filesOf = ({ parts }: Message): readonly string[] =>
  parts.flatMap((part) => {
    if (part.type === "image") {
      if (part.source.type !== "bytes") return [part.source.url];
      return PICTURES.test(part.source.mediaType) ? [] : [part.source.mediaType];
    }
    return part.type === "file" ? [part.name ?? "?"] : [];
  });

/** Kinds of pictures that browsers show. */
export const PICTURES = /^image\/(png|jpeg|gif|webp)$/;

/** Pictures that were sent beside the text, as data addresses. */
export const picturesOf = ({ parts }: Message): readonly string[] =>
  parts.flatMap((part) => {
    if (part.type !== "image" || part.source.type !== "bytes") return [];
    const { mediaType, data } = part.source;
    return PICTURES.test(mediaType) ? [`data:${mediaType};base64,${data}`] : [];
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

const BRANCH_NUMBER = / \((\d{1,4})\)$/;

/** What a branch is called, so that it is told apart from where it comes from: `Plans`, `Plans (2)`, `Plans (3)`. */
export const branchTitle = (title: string | null | undefined): string | undefined => {
  if (title === null || title === undefined) return undefined;
  const number = Number(BRANCH_NUMBER.exec(title)?.[1] ?? 1) + 1;
  return `${title.replace(BRANCH_NUMBER, "")} (${number})`;
};
