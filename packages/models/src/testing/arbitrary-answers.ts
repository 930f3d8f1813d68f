import type { AssistantPart, ChatAnswer, ModelFormat, ModelUsage } from "@patchbay/protocol";
import fc from "fast-check";
import { callId, jsonArguments, text } from "./arbitrary-requests.ts";

const thought = fc.constant("reasoning" as const);
const textPart = fc.record({ type: fc.constant("text" as const), text });
const refusalPart = fc.record({ type: fc.constant("refusal" as const), text });
const callPart = fc.record({
  type: fc.constant("tool_call" as const),
  id: callId,
  name: fc.stringMatching(/^[a-z]{1,12}$/),
  arguments: jsonArguments,
});
const proven: fc.Arbitrary<AssistantPart> = fc.oneof(
  fc.record({ type: thought, text }),
  fc.record({ type: thought, text, signature: text }),
  fc.record({ type: thought, text: fc.constant(""), redacted: text }),
  fc.record({ type: thought, text: fc.oneof(text, fc.constant("")), id: callId, encrypted: text }),
);

const partsOf = (format: ModelFormat): fc.Arbitrary<AssistantPart[]> => {
  if (format === "openai-chat")
    return fc
      .tuple(
        fc.array(fc.record({ type: thought, text }), { maxLength: 1 }),
        fc.array(textPart, { maxLength: 1 }),
        fc.array(refusalPart, { maxLength: 1 }),
        fc.array(callPart, { maxLength: 3 }),
      )
      .map((parts): AssistantPart[] => parts.flat());
  const part =
    format === "anthropic-messages"
      ? [textPart, callPart, proven]
      : [textPart, callPart, proven, refusalPart];
  return fc.array(fc.oneof(...part), { maxLength: 6 });
};

/** Each call once, and no text directly behind a text. */
const inOrder = (parts: readonly AssistantPart[]): AssistantPart[] => {
  const seen = new Set<string>();
  const kept: AssistantPart[] = [];
  for (const part of parts) {
    if (part.type === "tool_call" && seen.has(part.id)) continue;
    if (part.type === "tool_call") seen.add(part.id);
    const isSame = kept.at(-1)?.type === part.type && (part.type === "text" || part.type === "refusal");
    if (!isSame) kept.push(part);
  }
  return kept;
};

const tokens = fc.integer({ min: 0, max: 10_000 });
const usage: fc.Arbitrary<ModelUsage> = fc
  .record({
    fresh: tokens,
    cachedInputTokens: tokens,
    cacheWriteTokens: tokens,
    outputTokens: tokens,
    reasoningTokens: tokens,
  })
  .map(({ fresh, ...counts }) => ({
    inputTokens: fresh + counts.cachedInputTokens + counts.cacheWriteTokens,
    ...counts,
  }));

const finishOf = (
  format: ModelFormat,
  parts: readonly AssistantPart[],
  wasCutShort: boolean,
): ChatAnswer["finish"] => {
  const has = (type: AssistantPart["type"]) => parts.some((part) => part.type === type);
  if (wasCutShort || parts.length === 0) return "length";
  if (has("tool_call")) return "tool_calls";
  if (has("refusal")) return "refusal";
  return format === "anthropic-messages" && parts.length === 1 ? "refusal" : "stop";
};

/** An answer that the format can tell as it is. */
export const answerOf = (format: ModelFormat): fc.Arbitrary<ChatAnswer> =>
  fc
    .tuple(partsOf(format), usage, fc.boolean(), text)
    .map(([given, counts, wasCutShort, stopSequence]): ChatAnswer => {
      const parts = inOrder(given);
      const finish = finishOf(format, parts, wasCutShort);
      const stopped = format === "anthropic-messages" && finish === "stop";
      return { parts, finish, ...(stopped && { stopSequence }), usage: counts };
    });
