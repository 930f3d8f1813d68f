import Type, { type Static } from "typebox";
import {
  MAX_CHAT_TEXT_LENGTH,
  MAX_MODEL_ERROR_LENGTH,
  MAX_MODEL_NAME_LENGTH,
  MAX_STOP_SEQUENCE_LENGTH,
} from "../limits.ts";
import { strict } from "../manifest-fields.ts";
import { ToolCallId, ToolName } from "./chat-parts.ts";
import { ModelUsage } from "./usage.ts";

/**
 * Why a model stopped: it was done (or came to a stop text), the tokens were used up, it waits for tools, a filter took the answer
 * away, it refused, or a reason that has no name here.
 */
export const FINISH_REASONS = ["stop", "length", "tool_calls", "content_filter", "refusal", "other"] as const;
export const FinishReason = Type.Enum([...FINISH_REASONS]);
export type FinishReason = (typeof FINISH_REASONS)[number];

/** What can go wrong with a model, as far as it decides what to do next. */
export const MODEL_ERROR_CODES = [
  /** The request is the client's fault: it would fail again, everywhere. */
  "invalid_request",
  "context_too_long",
  /** A filter of the upstream's refused the request. Not to be tried elsewhere. */
  "content_filter",
  /** The key or the right to use the model is missing: the administrator's fault. */
  "key_refused",
  "access_refused",
  "model_not_found",
  /** Try later: the upstream's limits, or its load. */
  "rate_limited",
  "overloaded",
  /** The upstream failed. */
  "upstream_failed",
  "timeout",
  /** What it sent is not what its format allows, is nothing, is too much, or broke off before its end. */
  "malformed",
  "empty",
  "too_large",
  "cut",
] as const;
export type ModelErrorCode = (typeof MODEL_ERROR_CODES)[number];

/** A failure of a model. `message` is a sentence for the client; an upstream's own words have been cut to length. */
export const ModelError = Type.Object(
  {
    code: Type.Enum([...MODEL_ERROR_CODES]),
    message: Type.String({ maxLength: MAX_MODEL_ERROR_LENGTH }),
    /** The upstream's HTTP status, where it told one. */
    status: Type.Optional(Type.Integer({ minimum: 100, maximum: 999 })),
    retryAfterSeconds: Type.Optional(Type.Number({ minimum: 0 })),
  },
  strict,
);
export type ModelError = Static<typeof ModelError>;

const Delta = Type.String({ maxLength: MAX_CHAT_TEXT_LENGTH });
const event = <const Name extends string>(type: Name) => ({ type: Type.Literal(type) });

/**
 * One thing that happens while a model answers. A whole answer is `start`, any of the others, and `finish` or `error` as the last:
 * without one of these it was cut off. Each `usage` replaces the one before.
 */
export const ChatEvent = Type.Union([
  /** The upstream's own id for the answer and the model that it says it used. */
  Type.Object(
    {
      ...event("start"),
      id: Type.Optional(Type.String({ maxLength: 512 })),
      model: Type.Optional(Type.String({ maxLength: MAX_MODEL_NAME_LENGTH })),
    },
    strict,
  ),
  Type.Object({ ...event("text"), text: Delta }, strict),
  Type.Object({ ...event("reasoning"), text: Delta }, strict),
  /** Ends one part of reasoning, with its proof. Anything else that follows reasoning ends it as well. */
  Type.Object(
    {
      ...event("reasoning_end"),
      id: Type.Optional(Type.String({ maxLength: 512 })),
      signature: Type.Optional(Delta),
      redacted: Type.Optional(Delta),
      encrypted: Type.Optional(Delta),
    },
    strict,
  ),
  Type.Object({ ...event("refusal"), text: Delta }, strict),
  /** Calls may be written side by side. What names an id that did not start, or has ended, is ignored. */
  Type.Object({ ...event("tool_call"), id: ToolCallId, name: ToolName }, strict),
  Type.Object({ ...event("tool_call_arguments"), id: ToolCallId, text: Delta }, strict),
  Type.Object({ ...event("tool_call_end"), id: ToolCallId }, strict),
  Type.Object({ ...event("usage"), usage: ModelUsage }, strict),
  Type.Object(
    {
      ...event("finish"),
      reason: FinishReason,
      /** The stop text that the model came to, where the upstream tells. */
      stopSequence: Type.Optional(Type.String({ maxLength: MAX_STOP_SEQUENCE_LENGTH })),
    },
    strict,
  ),
  Type.Object({ ...event("error"), error: ModelError }, strict),
]);
export type ChatEvent = Static<typeof ChatEvent>;
