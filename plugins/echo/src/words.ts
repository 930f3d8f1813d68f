import type { ChatRequest } from "@patchbay/sdk";
import { sampleOf } from "./sample.ts";

/** A text cut after each word, with the space that follows it. */
export const wordsOf = (text: string): string[] => text.match(/\s*\S+\s*/g) ?? [];

/** The text of the last message of a person, or what a tool gave back where that came last. */
export const lastText = ({ messages }: ChatRequest): string => {
  const last = messages.findLast(({ role }) => role === "user" || role === "tool");
  const texts = last?.parts.flatMap((part) => {
    if (part.type === "text") return part.text;
    if (part.type === "tool_result")
      return part.parts.flatMap((one) => (one.type === "text" ? one.text : []));
    return `[${part.type}]`;
  });
  return texts?.join("\n") ?? "";
};

interface RequestedCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** The call of a tool that the text asks for, or that the request demands; null for none. */
export const requestedCall = (
  { tools = [], toolChoice, messages }: ChatRequest,
  text: string,
): RequestedCall | null => {
  if (toolChoice === "none" || messages.at(-1)?.role === "tool") return null;
  const [, asked, given] = /^call\s+(\S+)\s*([\s\S]*)$/.exec(text) ?? [];
  const demanded = typeof toolChoice === "object" ? toolChoice.name : undefined;
  const first = toolChoice === "required" ? tools[0]?.name : undefined;
  const name = demanded ?? (tools.some((tool) => tool.name === asked) ? asked : first);
  if (name === undefined) return null;
  const schema = tools.find((tool) => tool.name === name)?.parameters;
  const sample = JSON.stringify(schema === undefined ? {} : sampleOf(schema, text));
  // The same request gets the same id.
  return {
    id: `call_${messages.length}_${name}`,
    name,
    arguments: (name === asked && given?.trim()) || sample,
  };
};
