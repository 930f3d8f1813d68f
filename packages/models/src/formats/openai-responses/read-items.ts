import {
  type AssistantPart,
  type ChatMessage,
  MAX_CHAT_MESSAGES,
  MAX_CHAT_TEXT_LENGTH,
  MAX_CHAT_TOOL_NAME_LENGTH,
  MAX_MESSAGE_PARTS,
  MAX_TOOL_CALL_ID_LENGTH,
  type ReasoningPart,
  type TextPart,
  type ToolResultPart,
  type UserPart,
} from "@patchbay/protocol";
import { readDetail, readFileData, readImageUrl } from "../openai/media.ts";
import type { BodyFields } from "../shared/body-fields.ts";
import { defined } from "../shared/defined.ts";
import { unpackProof } from "../shared/reasoning-proof.ts";

/** Items of one turn of the model's, and results that follow each other, are one message. */
export const readInput = (body: BodyFields): ChatMessage[] => {
  if (!Array.isArray(body.raw("input"))) {
    const text = body.string("input", MAX_CHAT_TEXT_LENGTH);
    return text === undefined ? [] : [{ role: "user", parts: [{ type: "text", text }] }];
  }
  const messages: ChatMessage[] = [];
  for (const item of body.objects("input", MAX_CHAT_MESSAGES)) {
    const message = readItem(item);
    const last = messages.at(-1);
    if (message?.role === "assistant" && last?.role === "assistant") last.parts.push(...message.parts);
    else if (message?.role === "tool" && last?.role === "tool") last.parts.push(...message.parts);
    else if (message !== undefined) messages.push(message);
  }
  return messages;
};

const readItem = (item: BodyFields): ChatMessage | undefined => {
  const type = item.raw("type") ?? (item.raw("role") === undefined ? "item_reference" : "message");
  switch (type) {
    case "message":
      return readMessage(item);
    case "reasoning":
      return { role: "assistant", parts: [readReasoning(item)] };
    case "function_call":
      return { role: "assistant", parts: [readCall(item)] };
    case "function_call_output":
      return { role: "tool", parts: [readResult(item)] };
    case "item_reference":
      return item.fault("id", "Give the id of an item of an answer that is kept here, or the item itself.");
    default:
      return item.fault(
        "type",
        "Give one of message, reasoning, function_call, function_call_output; others cannot be carried.",
      );
  }
};

const readMessage = (item: BodyFields): ChatMessage | undefined => {
  const role = item.oneOf("role", ["system", "developer", "user", "assistant"]);
  switch (role) {
    case "system":
    case "developer":
      return { role, parts: needParts(item, readContent(item, readTextPart)) };
    case "user":
      return { role, parts: needParts(item, readContent(item, readUserPart)) };
    case "assistant":
      return { role, parts: needParts(item, readContent(item, readAssistantPart)) };
    case undefined:
      return item.raw("role") === undefined ? item.fault("role", "Give a role; it is missing.") : undefined;
    default:
      return role satisfies never;
  }
};

const needParts = <Part>(item: BodyFields, parts: Part[]): Part[] => {
  if (parts.length === 0) item.fault("content", "Give a text, or a list of parts that is not empty.");
  return parts;
};

const readContent = <Part>(
  item: BodyFields,
  readPart: (part: BodyFields) => Part | undefined,
  name = "content",
): (Part | TextPart)[] => {
  if (Array.isArray(item.raw(name)))
    return item.objects(name, MAX_MESSAGE_PARTS).flatMap((part) => readPart(part) ?? []);
  const text = item.string(name, MAX_CHAT_TEXT_LENGTH);
  return text === undefined ? [] : [{ type: "text", text }];
};

const TEXT_TYPES: readonly unknown[] = ["input_text", "output_text", "text"];

const readTextPart = (part: BodyFields): TextPart | undefined =>
  TEXT_TYPES.includes(part.raw("type"))
    ? { type: "text", text: part.needString("text", MAX_CHAT_TEXT_LENGTH) }
    : part.fault("type", "Give a part of the type input_text.");

const readAssistantPart = (part: BodyFields): TextPart | { type: "refusal"; text: string } | undefined =>
  part.raw("type") === "refusal"
    ? { type: "refusal", text: part.needString("refusal", MAX_CHAT_TEXT_LENGTH) }
    : readTextPart(part);

/** Parts that results of tools have as well. */
const readMediaPart = (part: BodyFields): Exclude<UserPart, { type: "audio" }> | undefined => {
  switch (part.raw("type")) {
    case "input_image": {
      const source = readImageUrl(part, "image_url");
      return source && defined({ type: "image" as const, source, detail: readDetail(part) });
    }
    case "input_file":
      return readFileData(part);
    default:
      return readTextPart(part);
  }
};

const readUserPart = (part: BodyFields): UserPart | undefined =>
  part.raw("type") === "input_audio"
    ? part.fault("type", "This format has no sound; use /v1/chat/completions for it.")
    : readMediaPart(part);

/** The summary, or the reasoning itself where an open model gives that. */
const readReasoning = (item: BodyFields): ReasoningPart => {
  const textsOf = (name: string) =>
    item.objects(name, MAX_MESSAGE_PARTS).map((part) => part.needString("text", MAX_CHAT_TEXT_LENGTH));
  const summary = textsOf("summary");
  const content = textsOf("content");
  const encrypted = item.string("encrypted_content", MAX_CHAT_TEXT_LENGTH);
  const id = item.string("id", 512);
  const proof = (encrypted === undefined ? undefined : unpackProof(encrypted)) ?? { id, encrypted };
  const text = (summary.length > 0 ? summary : content).join("\n\n");
  return defined({ type: "reasoning" as const, text, ...proof });
};

const readCall = (item: BodyFields): AssistantPart => ({
  type: "tool_call",
  id: item.needString("call_id", MAX_TOOL_CALL_ID_LENGTH, 1),
  name: item.needString("name", MAX_CHAT_TOOL_NAME_LENGTH, 1),
  arguments: item.string("arguments", MAX_CHAT_TEXT_LENGTH) ?? "",
});

const readResult = (item: BodyFields): ToolResultPart => ({
  type: "tool_result",
  callId: item.needString("call_id", MAX_TOOL_CALL_ID_LENGTH, 1),
  parts: readContent(item, readMediaPart, "output"),
});
