import {
  type AssistantPart,
  type ChatAnswer,
  type FinishReason,
  isJsonObject,
  type ModelUsage,
} from "@patchbay/protocol";
import type { AnswerHead, JsonObject } from "../format.ts";
import { malformed, wholeAnswer } from "../shared/answer-checks.ts";
import { objectAt } from "../shared/upstream-values.ts";
import { clientThinking, inputOf, textBlock } from "./blocks.ts";
import { MessageTranslator } from "./events-in.ts";

/** A whole answer is a stream in which every block comes at once. */
export const readAnswer = (body: unknown): ChatAnswer => {
  const translator = new MessageTranslator();
  if (objectAt(body, "error") !== undefined)
    return wholeAnswer(translator.take({ type: "error", ...(body as JsonObject) }));
  if (!isJsonObject(body) || !Array.isArray(body.content))
    return wholeAnswer([malformed("an answer without content")]);
  const { content, ...message } = body;
  const blocks = body.content.flatMap((block, index) => [
    ...translator.take({ type: "content_block_start", index, content_block: block }),
    ...translator.take({ type: "content_block_stop", index }),
  ]);
  return wholeAnswer([
    ...translator.take({ type: "message_start", message }),
    ...blocks,
    ...translator.take({ type: "message_delta", delta: message }),
    ...translator.take({ type: "message_stop" }),
  ]);
};

export const stopReasonOf = (reason: FinishReason, stopSequence: string | undefined): string => {
  switch (reason) {
    case "length":
      return "max_tokens";
    case "tool_calls":
      return "tool_use";
    case "content_filter":
    case "refusal":
      return "refusal";
    case "stop":
    case "other":
      return stopSequence === undefined ? "end_turn" : "stop_sequence";
    default:
      return reason satisfies never;
  }
};

/** Input that was read from a cache or written to one is counted apart here. */
export const writeUsage = (usage: ModelUsage | undefined): JsonObject => {
  const {
    inputTokens = 0,
    outputTokens = 0,
    cachedInputTokens,
    cacheWriteTokens,
    reasoningTokens,
  } = usage ?? {};
  return {
    input_tokens: Math.max(0, inputTokens - (cachedInputTokens ?? 0) - (cacheWriteTokens ?? 0)),
    cache_creation_input_tokens: cacheWriteTokens ?? null,
    cache_read_input_tokens: cachedInputTokens ?? null,
    output_tokens: outputTokens,
    output_tokens_details: reasoningTokens === undefined ? null : { thinking_tokens: reasoningTokens },
    server_tool_use: null,
  };
};

/** A message that has just begun. */
export const openMessage = (head: AnswerHead, usage: ModelUsage | undefined): JsonObject => ({
  id: `msg_${head.id}`,
  type: "message",
  role: "assistant",
  model: head.model,
  content: [],
  stop_reason: null,
  stop_sequence: null,
  stop_details: null,
  container: null,
  usage: { ...writeUsage(usage), cache_creation: null, service_tier: "standard" },
});

export const writeAnswer = (answer: ChatAnswer, head: AnswerHead): JsonObject => ({
  ...openMessage(head, answer.usage),
  content: answer.parts.map(writeBlock),
  stop_reason: stopReasonOf(answer.finish, answer.stopSequence),
  stop_sequence: answer.stopSequence ?? null,
});

const writeBlock = (part: AssistantPart): JsonObject => {
  switch (part.type) {
    case "text":
    case "refusal":
      return { ...textBlock(part), citations: null };
    case "reasoning":
      return clientThinking(part);
    case "tool_call":
      return { type: "tool_use", id: part.id, name: part.name, input: inputOf(part.arguments) };
    default:
      return part satisfies never;
  }
};
