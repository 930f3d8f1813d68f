import {
  type AssistantPart,
  type ChatMessage,
  type FilePart,
  type ImagePart,
  MAX_CHAT_MEDIA_LENGTH,
  MAX_CHAT_TEXT_LENGTH,
  MAX_CHAT_TOOL_NAME_LENGTH,
  MAX_MESSAGE_PARTS,
  MAX_TOOL_CALL_ID_LENGTH,
  type MediaSource,
  type TextPart,
  type ToolResultPart,
  type UserPart,
} from "@patchbay/protocol";
import type { BodyFields } from "../shared/body-fields.ts";
import { defined } from "../shared/defined.ts";
import { sourceOfUrl } from "../shared/media.ts";
import { unpackProof } from "../shared/reasoning-proof.ts";

export const readMessages = (items: readonly BodyFields[]): ChatMessage[] => items.flatMap(readMessage);

const readMessage = (item: BodyFields): ChatMessage[] => {
  if (item.raw("role") === undefined) item.fault("role", "Give a role; it is missing.");
  const role = item.oneOf("role", ["user", "assistant", "system"]);
  switch (role) {
    case "system":
      return [{ role, parts: readTexts(item, "content") }];
    case "assistant":
      return [{ role, parts: needParts(item, readBlocks(item, "content", readAssistantBlock)) }];
    case "user":
      return splitResults(needParts(item, readBlocks(item, "content", readUserBlock)));
    case undefined:
      return [];
    default:
      return role satisfies never;
  }
};

/** Results of tools and what the user says are messages of their own, in their order. */
const splitResults = (parts: readonly (UserPart | ToolResultPart)[]): ChatMessage[] => {
  const messages: ChatMessage[] = [];
  for (const part of parts) {
    const last = messages.at(-1);
    if (part.type === "tool_result") {
      if (last?.role === "tool") last.parts.push(part);
      else messages.push({ role: "tool", parts: [part] });
    } else if (last?.role === "user") last.parts.push(part);
    else messages.push({ role: "user", parts: [part] });
  }
  return messages;
};

const needParts = <Part>(item: BodyFields, parts: Part[]): Part[] => {
  if (parts.length === 0) item.fault("content", "Give a text, or a list of blocks that is not empty.");
  return parts;
};

/** A text, or blocks of text. */
export const readTexts = (fields: BodyFields, name: string): TextPart[] =>
  readBlocks(fields, name, readTextBlock);

const readBlocks = <Part>(
  fields: BodyFields,
  name: string,
  readBlock: (block: BodyFields) => Part | undefined,
): (Part | TextPart)[] => {
  if (Array.isArray(fields.raw(name)))
    return fields.objects(name, MAX_MESSAGE_PARTS).flatMap((block) => readBlock(block) ?? []);
  const text = fields.string(name, MAX_CHAT_TEXT_LENGTH);
  return text === undefined ? [] : [{ type: "text", text }];
};

const readTextBlock = (block: BodyFields): TextPart | undefined =>
  block.raw("type") === "text"
    ? { type: "text", text: block.needString("text", MAX_CHAT_TEXT_LENGTH) }
    : block.fault("type", "Give a block of the type text.");

const readMediaBlock = (block: BodyFields): TextPart | ImagePart | FilePart | undefined => {
  switch (block.raw("type")) {
    case "text":
      return readTextBlock(block);
    case "image": {
      const source = readSource(block);
      return source && { type: "image", source };
    }
    case "document": {
      const source = readSource(block);
      return source && defined({ type: "file" as const, source, name: block.string("title", 1_024) });
    }
    default:
      return block.fault("type", "Give one of text, image, document; others cannot be carried.");
  }
};

const readUserBlock = (block: BodyFields): UserPart | ToolResultPart | undefined => {
  if (block.raw("type") !== "tool_result") return readMediaBlock(block);
  return {
    type: "tool_result",
    callId: block.needString("tool_use_id", MAX_TOOL_CALL_ID_LENGTH, 1),
    parts: readBlocks(block, "content", readMediaBlock),
    ...(block.boolean("is_error") === true && { isError: true }),
  };
};

const readSource = (block: BodyFields): MediaSource | undefined => {
  const source = block.object("source");
  if (source === undefined) return block.fault("source", "Give where it is; it is missing.");
  switch (source.raw("type")) {
    case "base64":
      return {
        type: "bytes",
        mediaType: source.needString("media_type", 256, 1),
        data: source.needString("data", MAX_CHAT_MEDIA_LENGTH, 1),
      };
    case "url":
      return sourceOfUrl(source.needString("url", 16_384, 1)) ?? source.fault("url", "Give an address.");
    case "text": {
      const text = source.needString("data", MAX_CHAT_TEXT_LENGTH);
      return { type: "bytes", mediaType: "text/plain", data: Buffer.from(text).toString("base64") };
    }
    default:
      return source.fault(
        "type",
        "Give one of base64, url, text; what is stored elsewhere cannot be carried.",
      );
  }
};

const readAssistantBlock = (block: BodyFields): AssistantPart | undefined => {
  switch (block.raw("type")) {
    case "text":
      return readTextBlock(block);
    case "thinking": {
      const signature = block.string("signature", MAX_CHAT_TEXT_LENGTH) || undefined;
      const proof = signature === undefined ? undefined : (unpackProof(signature) ?? { signature });
      return { type: "reasoning", text: block.needString("thinking", MAX_CHAT_TEXT_LENGTH), ...proof };
    }
    case "redacted_thinking": {
      const redacted = block.needString("data", MAX_CHAT_TEXT_LENGTH);
      return { type: "reasoning", text: "", ...(unpackProof(redacted) ?? { redacted }) };
    }
    case "tool_use":
      return {
        type: "tool_call",
        id: block.needString("id", MAX_TOOL_CALL_ID_LENGTH, 1),
        name: block.needString("name", MAX_CHAT_TOOL_NAME_LENGTH, 1),
        arguments: JSON.stringify(block.json("input") ?? {}),
      };
    default:
      return block.fault(
        "type",
        "Give one of text, thinking, redacted_thinking, tool_use; others cannot be carried.",
      );
  }
};
