import {
  type AssistantPart,
  type ChatMessage,
  MAX_CHAT_MEDIA_LENGTH,
  MAX_CHAT_TEXT_LENGTH,
  MAX_CHAT_TOOL_NAME_LENGTH,
  MAX_MESSAGE_PARTS,
  MAX_TOOL_CALL_ID_LENGTH,
  type TextPart,
  type UserPart,
} from "@patchbay/protocol";
import { readDetail, readFileData, readImageUrl } from "../openai/media.ts";
import type { BodyFields } from "../shared/body-fields.ts";
import { defined } from "../shared/defined.ts";

const ROLES = ["system", "developer", "user", "assistant", "tool"] as const;

/** Results of tools that follow each other are one message, as they answer one. */
export const readMessages = (items: readonly BodyFields[]): ChatMessage[] => {
  const messages: ChatMessage[] = [];
  for (const item of items) {
    const message = readMessage(item);
    const last = messages.at(-1);
    if (message?.role === "tool" && last?.role === "tool") last.parts.push(...message.parts);
    else if (message !== undefined) messages.push(message);
  }
  return messages;
};

const readMessage = (item: BodyFields): ChatMessage | undefined => {
  if (item.raw("role") === undefined) return item.fault("role", "Give a role; it is missing.");
  const role = item.oneOf("role", ROLES);
  switch (role) {
    case "system":
    case "developer":
      return { role, parts: readTexts(item) };
    case "user":
      return { role, parts: needParts(item, readContent(item, readUserPart)) };
    case "assistant":
      return { role, parts: readAssistant(item) };
    case "tool": {
      const callId = item.needString("tool_call_id", MAX_TOOL_CALL_ID_LENGTH, 1);
      return { role, parts: [{ type: "tool_result", callId, parts: readContent(item, readTextPart) }] };
    }
    case undefined:
      return undefined;
    default:
      return role satisfies never;
  }
};

const needParts = <Part>(item: BodyFields, parts: Part[]): Part[] => {
  if (parts.length === 0) item.fault("content", "Give a text, or a list of parts that is not empty.");
  return parts;
};

const readTexts = (item: BodyFields): TextPart[] => needParts(item, readContent(item, readTextPart));

/** `content` as a text or as a list of parts; each part that cannot be read has told its fault. */
const readContent = <Part>(
  item: BodyFields,
  readPart: (part: BodyFields) => Part | undefined,
): (Part | TextPart)[] => {
  if (Array.isArray(item.raw("content")))
    return item.objects("content", MAX_MESSAGE_PARTS).flatMap((part) => readPart(part) ?? []);
  const text = item.string("content", MAX_CHAT_TEXT_LENGTH);
  return text === undefined ? [] : [{ type: "text", text }];
};

const readTextPart = (part: BodyFields): TextPart | undefined =>
  part.raw("type") === "text"
    ? { type: "text", text: part.needString("text", MAX_CHAT_TEXT_LENGTH) }
    : part.fault("type", "Give a part of the type text.");

const readUserPart = (part: BodyFields): UserPart | undefined => {
  switch (part.raw("type")) {
    case "image_url": {
      const image = part.object("image_url");
      const source = image && readImageUrl(image, "url");
      if (image === undefined) part.fault("image_url", "Give an object with a url; it is missing.");
      return source && defined({ type: "image" as const, source, detail: image && readDetail(image) });
    }
    case "input_audio": {
      const audio = part.object("input_audio");
      if (audio === undefined)
        return part.fault("input_audio", "Give an object with data and format; it is missing.");
      const format = audio.needString("format", 64, 1);
      const data = audio.needString("data", MAX_CHAT_MEDIA_LENGTH);
      return { type: "audio", mediaType: format === "mp3" ? "audio/mpeg" : `audio/${format}`, data };
    }
    case "file": {
      const file = part.object("file");
      return file === undefined
        ? part.fault("file", "Give an object with file_data; it is missing.")
        : readFileData(file);
    }
    case "text":
      return readTextPart(part);
    default:
      return part.fault("type", "Give one of text, image_url, input_audio, file.");
  }
};

/** In this order, whatever the client's: reasoning, text and refusals, calls. `reasoning_content` is what open models are served with. */
const readAssistant = (item: BodyFields): AssistantPart[] => {
  item.refuse("function_call", "Give it as tool_calls.");
  item.refuse("audio", "Speech of an earlier answer cannot be carried; give its text.");
  const reasoning = item.string("reasoning_content", MAX_CHAT_TEXT_LENGTH);
  const refusal = item.string("refusal", MAX_CHAT_TEXT_LENGTH);
  const calls = item.objects("tool_calls", MAX_MESSAGE_PARTS).flatMap((call) => readCall(call) ?? []);
  const content = readContent(item, readAssistantPart);
  const rest: AssistantPart[] = [
    ...(reasoning ? [{ type: "reasoning" as const, text: reasoning }] : []),
    ...(refusal ? [{ type: "refusal" as const, text: refusal }] : []),
    ...calls,
  ];
  const said = content.filter((part) => rest.length === 0 || part.text !== "");
  const isBefore = (part: AssistantPart) => part.type === "reasoning";
  return needParts(item, [...rest.filter(isBefore), ...said, ...rest.filter((part) => !isBefore(part))]);
};

const readAssistantPart = (
  part: BodyFields,
): Extract<AssistantPart, { type: "text" | "refusal" }> | undefined =>
  part.raw("type") === "refusal"
    ? { type: "refusal", text: part.needString("refusal", MAX_CHAT_TEXT_LENGTH) }
    : readTextPart(part);

const readCall = (call: BodyFields): AssistantPart | undefined => {
  const called = call.object("function");
  if (called === undefined) return call.fault("function", "Give a function with its name and arguments.");
  return {
    type: "tool_call",
    id: call.needString("id", MAX_TOOL_CALL_ID_LENGTH, 1),
    name: called.needString("name", MAX_CHAT_TOOL_NAME_LENGTH, 1),
    arguments: called.string("arguments", MAX_CHAT_TEXT_LENGTH) ?? "",
  };
};
