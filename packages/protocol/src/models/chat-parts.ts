import Type, { type Static } from "typebox";
import {
  MAX_CHAT_MEDIA_LENGTH,
  MAX_CHAT_TEXT_LENGTH,
  MAX_CHAT_TOOL_NAME_LENGTH,
  MAX_MESSAGE_PARTS,
  MAX_TOOL_CALL_ID_LENGTH,
} from "../limits.ts";
import { strict } from "../manifest-fields.ts";

const Text = Type.String({ maxLength: MAX_CHAT_TEXT_LENGTH });
const Base64 = Type.String({ maxLength: MAX_CHAT_MEDIA_LENGTH });
const MediaType = Type.String({ maxLength: 256 });
export const ToolCallId = Type.String({ minLength: 1, maxLength: MAX_TOOL_CALL_ID_LENGTH });
export const ToolName = Type.String({ minLength: 1, maxLength: MAX_CHAT_TOOL_NAME_LENGTH });

/** Where an image or a file is: at an address that the upstream reads, or here. */
const MediaSource = Type.Union([
  Type.Object({ type: Type.Literal("url"), url: Type.String({ maxLength: 16_384 }) }, strict),
  Type.Object({ type: Type.Literal("bytes"), mediaType: MediaType, data: Base64 }, strict),
]);
export type MediaSource = Static<typeof MediaSource>;

export const TextPart = Type.Object({ type: Type.Literal("text"), text: Text }, strict);
export type TextPart = Static<typeof TextPart>;

export const ImagePart = Type.Object(
  {
    type: Type.Literal("image"),
    source: MediaSource,
    /** How closely the model should look. */
    detail: Type.Optional(Type.Union([Type.Literal("auto"), Type.Literal("low"), Type.Literal("high")])),
  },
  strict,
);
export type ImagePart = Static<typeof ImagePart>;

export const FilePart = Type.Object(
  {
    type: Type.Literal("file"),
    source: MediaSource,
    name: Type.Optional(Type.String({ maxLength: 1_024 })),
  },
  strict,
);
export type FilePart = Static<typeof FilePart>;

export const AudioPart = Type.Object(
  { type: Type.Literal("audio"), mediaType: MediaType, data: Base64 },
  strict,
);
export type AudioPart = Static<typeof AudioPart>;

/**
 * What a model thought before it answered. Upstreams take it back only with their own proof of it: Anthropic's `signature` over the
 * text or `redacted` data in its place, OpenAI's `id` and `encrypted` content.
 */
export const ReasoningPart = Type.Object(
  {
    type: Type.Literal("reasoning"),
    text: Text,
    id: Type.Optional(Type.String({ maxLength: 512 })),
    signature: Type.Optional(Text),
    redacted: Type.Optional(Text),
    encrypted: Type.Optional(Text),
  },
  strict,
);
export type ReasoningPart = Static<typeof ReasoningPart>;

/** A call of a tool. `arguments` is the JSON text as the model wrote it, which need not be JSON. */
export const ToolCallPart = Type.Object(
  { type: Type.Literal("tool_call"), id: ToolCallId, name: ToolName, arguments: Text },
  strict,
);
export type ToolCallPart = Static<typeof ToolCallPart>;

export const ToolResultPart = Type.Object(
  {
    type: Type.Literal("tool_result"),
    callId: ToolCallId,
    parts: Type.Array(Type.Union([TextPart, ImagePart, FilePart]), { maxItems: MAX_MESSAGE_PARTS }),
    isError: Type.Optional(Type.Boolean()),
  },
  strict,
);
export type ToolResultPart = Static<typeof ToolResultPart>;

/** The model's own words for why it does not do what was asked. */
export const RefusalPart = Type.Object({ type: Type.Literal("refusal"), text: Text }, strict);
export type RefusalPart = Static<typeof RefusalPart>;

export const UserPart = Type.Union([TextPart, ImagePart, FilePart, AudioPart]);
export type UserPart = Static<typeof UserPart>;

/** What a model writes: parts of its answers, and of messages with the role `assistant`. */
export const AssistantPart = Type.Union([TextPart, ReasoningPart, ToolCallPart, RefusalPart]);
export type AssistantPart = Static<typeof AssistantPart>;
