import type { ChatQuestion, InvocableTool } from "@patchbay/sdk/ui";
import { cut, keepable } from "../cut.ts";
import type { Message } from "../parts.ts";

type ModelTool = NonNullable<ChatQuestion["tools"]>[number];
type AssistantPart = Extract<Message, { role: "assistant" }>["parts"][number];
export type ToolCall = Extract<AssistantPart, { type: "tool_call" }>;
export type ToolResult = Extract<Message, { role: "tool" }>["parts"][number];

/** Names that all models take. */
const MAX_NAME_LENGTH = 64;
/** Of a tool's answer the model is told no more, in characters. */
const MAX_RESULT_LENGTH = 16_000;

/** What the model is told where the person has said no. */
export const REFUSED = "The person did not allow this.";

/** What it is told where the person has ended the answer before the tool was used, or while it was. */
export const STOPPED = "The person stopped the answer before this one came.";

/** A tool as models know it: `acme.geo/locate` is `acme_geo_locate`. */
export interface NamedTool {
  readonly name: string;
  readonly tool: InvocableTool;
}

const plainName = (id: string): string => id.replaceAll(/[^A-Za-z0-9_-]/g, "_").slice(0, MAX_NAME_LENGTH);

/** The id of the tool that a model asked for by this name; the name itself where several tools, or none, would be called so. */
export const idOf = (name: string, tools: readonly InvocableTool[]): string => {
  const found = tools.filter(({ id }) => plainName(id) === name);
  return found.length === 1 && found[0] !== undefined ? found[0].id : name;
};

/** The tools under names that no two of them have. */
export const named = (tools: readonly InvocableTool[]): readonly NamedTool[] => {
  const taken = new Set<string>();
  return tools.map((tool) => {
    const plain = plainName(tool.id);
    let name = plain;
    for (let number = 2; taken.has(name); number += 1)
      name = `${plain.slice(0, MAX_NAME_LENGTH - 4)}_${number}`;
    taken.add(name);
    return { name, tool };
  });
};

export const modelTool = ({ name, tool }: NamedTool): ModelTool => ({
  name,
  description: tool.title === undefined ? tool.description : `${tool.title}. ${tool.description}`,
  parameters: (typeof tool.input === "object" && tool.input !== null
    ? tool.input
    : { type: "object" }) as Record<string, unknown>,
});

export const callsOf = (message: Message): readonly ToolCall[] =>
  message.role === "assistant" ? message.parts.filter((part) => part.type === "tool_call") : [];

export const resultsOf = (message: Message): readonly ToolResult[] =>
  message.role === "tool" ? message.parts : [];

/** What the model is told of an answer, or of a failure. */
export const resultOf = (
  { id }: ToolCall,
  answer: { readonly value: unknown } | { readonly failure: string },
): ToolResult => {
  const isError = "failure" in answer;
  const told = keepable(isError ? answer.failure : textOfValue(answer.value));
  const text = told.length <= MAX_RESULT_LENGTH ? told : `${cut(told, MAX_RESULT_LENGTH)} … (cut)`;
  return {
    type: "tool_result",
    callId: id,
    parts: [{ type: "text", text }],
    ...(isError && { isError: true }),
  };
};

const textOfValue = (value: unknown): string =>
  typeof value === "string" ? value : (JSON.stringify(value) ?? "null");

export const resultText = ({ parts }: ToolResult): string =>
  parts.map((part) => (part.type === "text" ? part.text : `[${part.type}]`)).join("\n");

export const wasRefused = (result: ToolResult): boolean =>
  result.isError === true && resultText(result) === REFUSED;

export const wasStopped = (result: ToolResult): boolean =>
  result.isError === true && resultText(result) === STOPPED;

/** What the model wants to give to the tool. undefined where it is no JSON. */
export const argumentsOf = (call: ToolCall): { readonly input: unknown } | undefined => {
  try {
    return { input: call.arguments.trim() === "" ? {} : JSON.parse(call.arguments) };
  } catch {
    return undefined;
  }
};

/** The same conversation without calls that have no result behind them, and results that have no call before them: models take neither. */
export const onlyAnswered = (messages: readonly Message[]): readonly Message[] =>
  messages.flatMap((message, place): Message[] => {
    // Ids are no more than a model's own: some count anew in each answer.
    if (message.role === "assistant") {
      const answered = new Set(resultsBehind(messages, place).map(({ callId }) => callId));
      const parts = message.parts.filter((part) => part.type !== "tool_call" || answered.has(part.id));
      return parts.length === 0 ? [] : [{ ...message, parts }];
    }
    if (message.role === "tool") {
      const called = new Set(callsBefore(messages, place).map(({ id }) => id));
      const parts = message.parts.filter(({ callId }) => called.has(callId));
      return parts.length === 0 ? [] : [{ ...message, parts }];
    }
    return [message];
  });

const resultsBehind = (messages: readonly Message[], place: number): readonly ToolResult[] => {
  const next = messages[place + 1];
  return next === undefined ? [] : resultsOf(next);
};

const callsBefore = (messages: readonly Message[], place: number): readonly ToolCall[] => {
  const previous = messages[place - 1];
  return previous === undefined ? [] : callsOf(previous);
};

/** Characters that show a text in another order than it has, or show nothing. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** What the tool gets, to be read by the person: as it will be, whatever the model has written around it, with all that would not be seen. */
export const shownArguments = (call: ToolCall): string => {
  const asked = argumentsOf(call);
  if (asked === undefined) return call.arguments;
  return (JSON.stringify(asked.input, null, 1) ?? "")
    .split("\n")
    .map((line) => line.replace(HIDDEN, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`))
    .join("\n");
};
