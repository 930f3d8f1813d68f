import type { ChatAnswer } from "@patchbay/protocol";
import type { ClientError } from "../formats/format.ts";

/** What the server of the tests is told to answer. */

export const USAGE = { inputTokens: 20, cachedInputTokens: 5, outputTokens: 9, reasoningTokens: 2 };

export const SAID: ChatAnswer = {
  parts: [{ type: "text", text: "The answer is 42 – “forty-two” 🎉." }],
  finish: "stop",
  usage: USAGE,
};
export const THOUGHT: ChatAnswer = {
  parts: [
    { type: "reasoning", text: "Six times seven.", signature: "c2ln" },
    { type: "text", text: "It is 42." },
  ],
  finish: "stop",
  usage: USAGE,
};
export const CALLED: ChatAnswer = {
  parts: [
    { type: "text", text: "I shall look." },
    { type: "tool_call", id: "call_1", name: "weather", arguments: '{"city":"Oslo","days":2}' },
    { type: "tool_call", id: "call_2", name: "weather", arguments: '{"city":"Bergen"}' },
  ],
  finish: "tool_calls",
  usage: USAGE,
};
export const STRUCTURED: ChatAnswer = {
  parts: [{ type: "text", text: '{"name":"Ada","age":36}' }],
  finish: "stop",
  usage: USAGE,
};
export const CUT_SHORT: ChatAnswer = {
  parts: [{ type: "text", text: "And so" }],
  finish: "length",
  usage: USAGE,
};
export const REFUSED: ClientError = {
  status: 429,
  code: "rate_limited",
  message: "Too many.",
  retryAfterSeconds: 3,
};
/** A stream that fails when half of it is there. */
export const BROKEN = [
  { type: "start" as const },
  { type: "text" as const, text: "Half an ans" },
  {
    type: "error" as const,
    error: { code: "upstream_failed" as const, message: "The model's server broke." },
  },
];

export const WEATHER_SCHEMA = {
  type: "object",
  properties: { city: { type: "string" }, days: { type: "integer" } },
  required: ["city"],
  additionalProperties: false,
};
export const PERSON_SCHEMA = {
  type: "object",
  properties: { name: { type: "string" }, age: { type: "integer" } },
  required: ["name", "age"],
  additionalProperties: false,
};
/** One pixel. */
export const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=";
