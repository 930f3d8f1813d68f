import {
  type AssistantPart,
  type ChatAnswer,
  type ChatRequest,
  type FinishReason,
  isJsonObject,
  type ModelUsage,
} from "@patchbay/protocol";
import type { AnswerHead, JsonObject } from "../format.ts";
import { effortOf } from "../openai/fields.ts";
import { malformed, wholeAnswer } from "../shared/answer-checks.ts";
import { ResponseTranslator } from "./events-in.ts";
import { callItem, messageItem, reasoningItem, refusalContent, textContent } from "./items.ts";
import { writeOutput, writeTool } from "./write-request.ts";

const END_EVENTS: Readonly<Record<string, string>> = {
  completed: "response.completed",
  incomplete: "response.incomplete",
  failed: "response.failed",
};

/** A whole answer is what the last event of a stream holds. */
export const readAnswer = (body: unknown): ChatAnswer => {
  if (!isJsonObject(body)) return wholeAnswer([malformed("an answer that is no object")]);
  const translator = new ResponseTranslator();
  if (isJsonObject(body.error))
    return wholeAnswer(translator.take({ type: "response.failed", response: body }));
  const type = END_EVENTS[String(body.status ?? "completed")];
  if (type === undefined || !Array.isArray(body.output))
    return wholeAnswer([malformed("an answer without an output that is finished")]);
  return wholeAnswer([
    ...translator.take({ type: "response.created", response: body }),
    ...translator.take({ type, response: body }),
  ]);
};

/** A refusal in words is an answer; without any it is the filter's doing. */
export const endOf = (reason: FinishReason, hasRefusalText: boolean) => {
  const incomplete = (why: string) => ({ status: "incomplete", incomplete_details: { reason: why } });
  switch (reason) {
    case "length":
      return incomplete("max_output_tokens");
    case "content_filter":
      return incomplete("content_filter");
    case "refusal":
      return hasRefusalText ? COMPLETED : incomplete("content_filter");
    case "stop":
    case "tool_calls":
    case "other":
      return COMPLETED;
    default:
      return reason satisfies never;
  }
};
const COMPLETED = { status: "completed", incomplete_details: null };

export const writeUsage = (usage: ModelUsage): JsonObject => ({
  input_tokens: usage.inputTokens,
  input_tokens_details: {
    cached_tokens: usage.cachedInputTokens ?? 0,
    ...(usage.cacheWriteTokens !== undefined && { cache_write_tokens: usage.cacheWriteTokens }),
  },
  output_tokens: usage.outputTokens,
  output_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
  total_tokens: usage.inputTokens + usage.outputTokens,
});

/** The ids of a response and its items are made of the same text, each with the prefix that clients know it by. */
export const idsOf = ({ id }: AnswerHead) => ({
  response: `resp_${id}`,
  item: (prefix: "msg" | "rs" | "fc", index: number) => `${prefix}_${id}_${index}`,
});

/** Tools and schemas say of themselves what was left out as well. */
const withoutGaps = (described: JsonObject): JsonObject => {
  if (described.type === "function") return { description: null, ...described };
  return described.type === "json_schema" ? { description: null, strict: false, ...described } : described;
};

/** What a response says of what was asked, with the defaults of the format. */
const echoOf = (request: ChatRequest | undefined): JsonObject => ({
  instructions: null,
  max_output_tokens: request?.maxOutputTokens ?? null,
  max_tool_calls: null,
  parallel_tool_calls: request?.parallelToolCalls ?? true,
  reasoning: {
    effort: (request?.reasoning && effortOf(request.reasoning)) ?? null,
    summary: request?.reasoning?.summary ?? null,
  },
  temperature: request?.temperature ?? 1,
  text: { format: withoutGaps(writeOutput(request?.output ?? { type: "text" })) },
  tool_choice:
    typeof request?.toolChoice === "object"
      ? { type: "function", name: request.toolChoice.name }
      : (request?.toolChoice ?? "auto"),
  tools: request?.tools?.map((tool) => withoutGaps(writeTool(tool))) ?? [],
  top_p: request?.topP ?? 1,
  presence_penalty: request?.presencePenalty ?? 0,
  frequency_penalty: request?.frequencyPenalty ?? 0,
  top_logprobs: 0,
  truncation: "disabled",
  service_tier: "default",
  user: request?.user ?? null,
  safety_identifier: null,
  prompt_cache_key: null,
  metadata: request?.metadata ?? {},
});

export const secondsOf = ({ createdAt }: AnswerHead): number => Math.floor(createdAt.getTime() / 1000);

/** A response that has just begun. */
export const openResponse = (head: AnswerHead): JsonObject => {
  return {
    id: idsOf(head).response,
    object: "response",
    created_at: secondsOf(head),
    completed_at: null,
    status: "in_progress",
    background: false,
    error: null,
    incomplete_details: null,
    model: head.model,
    output: [],
    previous_response_id: head.previousId === undefined ? null : `resp_${head.previousId}`,
    store: head.store ?? false,
    ...echoOf(head.request),
    usage: null,
  };
};

export const writeAnswer = (answer: ChatAnswer, head: AnswerHead): JsonObject => ({
  ...openResponse(head),
  ...endOf(
    answer.finish,
    answer.parts.some((part) => part.type === "refusal"),
  ),
  completed_at: secondsOf(head),
  output: itemsOf(answer.parts, head),
  usage: answer.usage ? writeUsage(answer.usage) : null,
});

/** Texts and refusals that follow each other stand in one item, as in a stream. */
const itemsOf = (parts: readonly AssistantPart[], head: AnswerHead): JsonObject[] => {
  const ids = idsOf(head);
  const items: JsonObject[] = [];
  let content: JsonObject[] | undefined;
  for (const part of parts) {
    const isSaid = part.type === "text" || part.type === "refusal";
    if (isSaid) {
      if (content === undefined) {
        content = [];
        items.push(messageItem(ids.item("msg", items.length), content));
      }
      content.push(part.type === "text" ? textContent(part.text) : refusalContent(part.text));
      continue;
    }
    content = undefined;
    items.push(
      part.type === "reasoning"
        ? reasoningItem(ids.item("rs", items.length), part)
        : callItem(ids.item("fc", items.length), part),
    );
  }
  return items;
};
