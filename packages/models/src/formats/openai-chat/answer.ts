import { type ChatAnswer, type FinishReason, isJsonObject, type ModelUsage } from "@patchbay/protocol";
import type { AnswerHead, JsonObject } from "../format.ts";
import { malformed, wholeAnswer } from "../shared/answer-checks.ts";
import { defined } from "../shared/defined.ts";
import { listAt, objectAt } from "../shared/upstream-values.ts";
import { ChunkTranslator } from "./events-in.ts";
import { writeAssistant } from "./write-request.ts";

/** A whole answer is one chunk that holds all of it. */
export const readAnswer = (body: unknown): ChatAnswer => {
  const [choice] = listAt(body, "choices");
  const message = objectAt(choice, "message");
  if (!isJsonObject(body) || (message === undefined && !isJsonObject(body.error)))
    return wholeAnswer([malformed("an answer without a message")]);
  const calls = listAt(message, "tool_calls").map((call, index) =>
    isJsonObject(call) ? { ...call, index } : call,
  );
  const translator = new ChunkTranslator();
  const delta = { ...message, tool_calls: calls };
  const whole = { ...body, choices: [{ ...(choice as JsonObject | undefined), index: 0, delta }] };
  return wholeAnswer([...translator.take(whole), ...translator.done()]);
};

/** Refusals have no reason of their own; without words they are the filter's. */
export const finishReasonOf = (reason: FinishReason, hasRefusalText: boolean): string => {
  switch (reason) {
    case "length":
    case "tool_calls":
    case "content_filter":
      return reason;
    case "refusal":
      return hasRefusalText ? "stop" : "content_filter";
    case "stop":
    case "other":
      return "stop";
    default:
      return reason satisfies never;
  }
};

export const writeUsage = (usage: ModelUsage): JsonObject => ({
  prompt_tokens: usage.inputTokens,
  completion_tokens: usage.outputTokens,
  total_tokens: usage.inputTokens + usage.outputTokens,
  ...(usage.cachedInputTokens !== undefined || usage.cacheWriteTokens !== undefined
    ? {
        prompt_tokens_details: defined({
          cached_tokens: usage.cachedInputTokens,
          cache_write_tokens: usage.cacheWriteTokens,
        }),
      }
    : {}),
  ...(usage.reasoningTokens !== undefined && {
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  }),
});

/** Fields that the answer and each chunk of it begin with. */
export const headOf = ({ id, model, createdAt }: AnswerHead, object: string) => ({
  id: `chatcmpl-${id}`,
  object,
  created: Math.floor(createdAt.getTime() / 1000),
  model,
});

export const writeAnswer = (answer: ChatAnswer, head: AnswerHead): JsonObject => {
  const { content, ...message } = writeAssistant(answer.parts);
  // Clients read one text here, and not a list of parts.
  const text = answer.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("");
  const hasRefusal = "refusal" in message;
  return {
    ...headOf(head, "chat.completion"),
    choices: [
      {
        index: 0,
        message: { refusal: null, ...message, content: content === null ? null : text },
        logprobs: null,
        finish_reason: finishReasonOf(answer.finish, hasRefusal),
      },
    ],
    ...(answer.usage && { usage: writeUsage(answer.usage) }),
  };
};
