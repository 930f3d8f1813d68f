import {
  type ChatReasoning,
  type ChatRequest,
  MAX_CHAT_TEXT_LENGTH,
  MAX_MODEL_NAME_LENGTH,
  REASONING_EFFORTS,
  REASONING_SUMMARIES,
} from "@patchbay/protocol";
import { readMetadata, readOutput, readToolUse } from "../openai/fields.ts";
import { BodyFields, Faults } from "../shared/body-fields.ts";
import { defined } from "../shared/defined.ts";
import { readInput } from "./read-items.ts";

/**
 * A body of `/v1/responses`. `instructions` become the first message. `store` and `previous_response_id` are the caller's, who takes
 * care of them with `readState` and `resolveState`. Without effect, since they steer price, speed or style alone or concern tools that
 * are refused: `service_tier`, `prompt_cache_*`, `safety_identifier`, `text.verbosity`, `max_tool_calls`, `include` beyond encrypted
 * reasoning, `phase` of messages, and `truncation` and `context_management`: nothing is left out, and what is too long is refused.
 * `strict` of a tool counts only where it is given.
 */
export const readRequest = (value: unknown): ChatRequest => {
  const faults = new Faults();
  const body = new BodyFields(value, faults);
  refuseWhatCannotBeCarried(body);
  const instructions = body.string("instructions", MAX_CHAT_TEXT_LENGTH);
  const input = readInput(body);
  const request: ChatRequest = defined({
    model: body.needString("model", MAX_MODEL_NAME_LENGTH, 1),
    messages:
      instructions === undefined
        ? input
        : [{ role: "system" as const, parts: [{ type: "text" as const, text: instructions }] }, ...input],
    ...readToolUse(body, { functionIn: (item) => item, allowedIn: (choice) => choice }),
    parallelToolCalls: body.boolean("parallel_tool_calls"),
    output: readOutput(body.object("text")?.object("format"), (format) => format),
    maxOutputTokens: body.integer("max_output_tokens", 1),
    temperature: body.number("temperature"),
    topP: body.number("top_p"),
    frequencyPenalty: body.number("frequency_penalty"),
    presencePenalty: body.number("presence_penalty"),
    reasoning: readReasoning(body),
    user: body.string("user", 1_024),
    metadata: readMetadata(body),
    stream: body.boolean("stream"),
  });
  if (request.messages.length === 0)
    body.fault("input", "Give a text, or a list of items that is not empty.");
  faults.throwIfAny();
  return request;
};

const refuseWhatCannotBeCarried = (body: BodyFields): void => {
  body.refuse("previous_response_id", "Give the id of an answer that is kept here, as a text.");
  body.boolean("store");
  body.refuse("conversation", "Conversations are not kept here; send the conversation in input.");
  body.refuse("prompt", "Prompts are not kept here; send the text in instructions.");
  body.refuse(
    "background",
    "Answers are not made in the background; wait for this one.",
    (value) => value === false,
  );
  body.refuse("top_logprobs", "Probabilities of tokens cannot be given.", (value) => value === 0);
  body.refuse("moderation", "Answers cannot be moderated on the way.");
};

/** Asking for reasoning in an encrypted form asks for reasoning. */
const readReasoning = (body: BodyFields): ChatReasoning | undefined => {
  const wantsEncrypted = body.list("include", 64).includes("reasoning.encrypted_content");
  const fields = body.object("reasoning");
  if (fields === undefined) return wantsEncrypted ? {} : undefined;
  return defined({
    effort: fields.oneOf("effort", REASONING_EFFORTS),
    summary:
      fields.oneOf("summary", REASONING_SUMMARIES) ?? fields.oneOf("generate_summary", REASONING_SUMMARIES),
  });
};
