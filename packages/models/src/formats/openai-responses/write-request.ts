import type {
  AssistantPart,
  ChatMessage,
  ChatOutput,
  ChatReasoning,
  ChatRequest,
  ChatTool,
  ReasoningPart,
  ToolResultPart,
  UserPart,
} from "@patchbay/protocol";
import type { JsonObject } from "../format.ts";
import { effortOf, writeSchemaOutput } from "../openai/fields.ts";
import { defined } from "../shared/defined.ts";
import { urlOfSource } from "../shared/media.ts";
import { cannotCarry } from "../shared/refusals.ts";

/**
 * A body of `/v1/responses` that leaves nothing behind at the upstream. Not carried, for want of a field: `topK`, `seed`, penalties, that
 * a tool's result is an error (its text says so), and reasoning without an `encrypted` content: upstreams do not know it.
 */
export const writeRequest = (request: ChatRequest): JsonObject => {
  if (request.stop !== undefined && request.stop.length > 0)
    throw cannotCarry(
      "/stop",
      "This model cannot stop at given texts; leave them out, or ask another model.",
    );
  const { instructions, messages } = splitInstructions(request.messages);
  return {
    model: request.model,
    ...(instructions !== undefined && { instructions }),
    input: messages.flatMap(({ message, index }) => writeMessage(message, index)),
    store: false,
    ...defined({
      tools: request.tools?.map(writeTool),
      tool_choice:
        typeof request.toolChoice === "object"
          ? { type: "function", name: request.toolChoice.name }
          : request.toolChoice,
      parallel_tool_calls: request.parallelToolCalls,
      text: request.output && { format: writeOutput(request.output) },
      max_output_tokens: request.maxOutputTokens,
      temperature: request.temperature,
      top_p: request.topP,
      ...writeReasoning(request.reasoning),
      user: request.user,
      metadata: request.metadata,
      stream: request.stream,
    }),
  };
};

/** A first message that tells the model what to do, where it is one text. */
const splitInstructions = (messages: readonly ChatMessage[]) => {
  const numbered = messages.map((message, index) => ({ message, index }));
  const first = messages[0];
  if (first?.role !== "system" || first.parts.length !== 1 || messages.length === 1)
    return { instructions: undefined, messages: numbered };
  return { instructions: first.parts[0]?.text, messages: numbered.slice(1) };
};

/** Encrypted reasoning is asked for together with reasoning: models that do not reason refuse to be asked for it. */
const writeReasoning = (reasoning: ChatReasoning | undefined) => {
  if (reasoning === undefined) return {};
  const fields = defined({ effort: effortOf(reasoning), summary: reasoning.summary });
  return {
    reasoning: Object.keys(fields).length > 0 ? fields : undefined,
    include: fields.effort === "none" ? undefined : ["reasoning.encrypted_content"],
  };
};

/** `strict` is written out, since this format takes it for true where it is missing. */
export const writeTool = ({ name, description, parameters, strict }: ChatTool): JsonObject => ({
  type: "function",
  name,
  ...(description !== undefined && { description }),
  parameters: parameters ?? null,
  strict: strict ?? false,
});

export const writeOutput = (output: ChatOutput): JsonObject => {
  switch (output.type) {
    case "text":
      return { type: "text" };
    case "json":
      return { type: "json_object" };
    case "schema":
      return { type: "json_schema", ...writeSchemaOutput(output) };
    default:
      return output satisfies never;
  }
};

const writeMessage = (message: ChatMessage, index: number): JsonObject[] => {
  switch (message.role) {
    case "system":
    case "developer":
      return [
        { type: "message", role: message.role, content: message.parts.map((part) => writeMedia(part)) },
      ];
    case "user": {
      const content = message.parts.map((part, at) => writeUserPart(part, `/messages/${index}/parts/${at}`));
      return [{ type: "message", role: "user", content }];
    }
    case "assistant":
      return writeAssistant(message.parts);
    case "tool":
      return message.parts.map(writeResult);
    default:
      return message satisfies never;
  }
};

const writeUserPart = (part: UserPart, pointer: string): JsonObject => {
  if (part.type !== "audio") return writeMedia(part);
  throw cannotCarry(pointer, "This model takes no sound; send text, or ask another model.");
};

const writeMedia = (part: Exclude<UserPart, { type: "audio" }>): JsonObject => {
  switch (part.type) {
    case "text":
      return { type: "input_text", text: part.text };
    case "image":
      return { type: "input_image", image_url: urlOfSource(part.source), detail: part.detail ?? "auto" };
    case "file":
      return {
        type: "input_file",
        ...(part.source.type === "url"
          ? { file_url: part.source.url }
          : { file_data: urlOfSource(part.source) }),
        ...(part.name !== undefined && { filename: part.name }),
      };
    default:
      return part satisfies never;
  }
};

/** Texts and refusals that follow each other stand in one item. */
const writeAssistant = (parts: readonly AssistantPart[]): JsonObject[] => {
  const items: JsonObject[] = [];
  let content: JsonObject[] | undefined;
  for (const part of parts) {
    if (part.type === "text" || part.type === "refusal") {
      if (content === undefined) {
        content = [];
        items.push({ type: "message", role: "assistant", content });
      }
      content.push(
        part.type === "text"
          ? { type: "output_text", text: part.text }
          : { type: "refusal", refusal: part.text },
      );
      continue;
    }
    content = undefined;
    const item = part.type === "reasoning" ? writeReasoningItem(part) : undefined;
    if (item !== undefined) items.push(item);
    if (part.type === "tool_call")
      items.push({ type: "function_call", call_id: part.id, name: part.name, arguments: part.arguments });
  }
  return items;
};

const writeReasoningItem = ({ id, text, encrypted }: ReasoningPart): JsonObject | undefined => {
  if (encrypted === undefined) return undefined;
  return {
    type: "reasoning",
    ...(id !== undefined && { id }),
    summary: text === "" ? [] : [{ type: "summary_text", text }],
    encrypted_content: encrypted,
  };
};

const writeResult = ({ callId, parts }: ToolResultPart): JsonObject => {
  const [only, ...others] = parts;
  const isText = parts.length === 0 || (only?.type === "text" && others.length === 0);
  return {
    type: "function_call_output",
    call_id: callId,
    output: isText ? (only?.type === "text" ? only.text : "") : parts.map(writeMedia),
  };
};
