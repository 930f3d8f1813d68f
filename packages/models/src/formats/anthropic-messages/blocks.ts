import {
  type AssistantPart,
  isJsonObject,
  type MediaSource,
  nestsDeeper,
  type ReasoningPart,
  type ToolResultPart,
  type UserPart,
} from "@patchbay/protocol";
import { MAX_CARRIED_DEPTH } from "../../limits.ts";
import type { JsonObject } from "../format.ts";
import { packProof } from "../shared/reasoning-proof.ts";
import { cannotCarry } from "../shared/refusals.ts";

/** Blocks of content, for upstreams and for clients. */

export const textBlock = ({ text }: { readonly text: string }): JsonObject => ({ type: "text", text });

/** The signs that ids of calls may have here; other upstreams use others as well. */
export const callIdOf = (id: string): string => id.replaceAll(/[^a-zA-Z0-9_-]/g, "_");

/** Arguments as the object that they have to be here; what is none is kept in the form that Anthropic proposes. */
export const inputOf = (text: string): JsonObject => {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value) && !nestsDeeper(value, MAX_CARRIED_DEPTH)) return value;
  } catch {
    // As below.
  }
  return { INVALID_JSON: text };
};

export const writeUserBlock = (part: UserPart, pointer: string): JsonObject => {
  switch (part.type) {
    case "text":
      return textBlock(part);
    case "image":
      return { type: "image", source: writeSource(part.source) };
    case "file":
      return {
        type: "document",
        source: writeDocument(part.source),
        ...(part.name !== undefined && { title: part.name }),
      };
    case "audio":
      throw cannotCarry(pointer, "This model takes no sound; send text, or ask another model.");
    default:
      return part satisfies never;
  }
};

const writeSource = (source: MediaSource): JsonObject =>
  source.type === "url"
    ? { type: "url", url: source.url }
    : { type: "base64", media_type: source.mediaType, data: source.data };

const writeDocument = (source: MediaSource): JsonObject =>
  source.type === "bytes" && source.mediaType.startsWith("text/")
    ? { type: "text", media_type: "text/plain", data: Buffer.from(source.data, "base64").toString() }
    : writeSource(source);

export const writeResultBlock = ({ callId, parts, isError }: ToolResultPart, pointer: string): JsonObject => {
  const blocks = parts.map((part) => writeUserBlock(part, pointer));
  const [only] = blocks;
  const content = blocks.length === 1 && only?.type === "text" ? only.text : blocks;
  return {
    type: "tool_result",
    tool_use_id: callIdOf(callId),
    ...(blocks.length > 0 && { content }),
    ...(isError === true && { is_error: true }),
  };
};

/** For an upstream: undefined for what it would refuse, empty texts and reasoning that it has not signed. */
export const writeAssistantBlock = (part: AssistantPart): JsonObject | undefined => {
  switch (part.type) {
    case "text":
    case "refusal":
      return part.text === "" ? undefined : textBlock(part);
    case "tool_call":
      return { type: "tool_use", id: callIdOf(part.id), name: part.name, input: inputOf(part.arguments) };
    case "reasoning":
      if (part.redacted !== undefined) return { type: "redacted_thinking", data: part.redacted };
      return part.signature === undefined
        ? undefined
        : { type: "thinking", thinking: part.text, signature: part.signature };
    default:
      return part satisfies never;
  }
};

/** The signature as a client keeps it, whoever's proof it is. */
export const signatureFor = ({ signature, ...others }: Omit<ReasoningPart, "type" | "text">): string =>
  signature ?? packProof(others) ?? "";

/** For a client, who gets all that was thought. */
export const clientThinking = ({ text, ...proof }: ReasoningPart): JsonObject => {
  if (text !== "" || proof.signature !== undefined)
    return { type: "thinking", thinking: text, signature: signatureFor(proof) };
  return { type: "redacted_thinking", data: proof.redacted ?? packProof(proof) ?? "" };
};
