import {
  type ChatRequest,
  MAX_CHAT_MESSAGES,
  MAX_MODEL_NAME_LENGTH,
  MAX_STOP_SEQUENCE_LENGTH,
  MAX_STOP_SEQUENCES,
  REASONING_EFFORTS,
} from "@patchbay/protocol";
import { readMetadata, readOutput, readToolUse } from "../openai/fields.ts";
import { BodyFields, Faults } from "../shared/body-fields.ts";
import { defined } from "../shared/defined.ts";
import { readMessages } from "./read-messages.ts";

/**
 * A body of `/v1/chat/completions`. Without effect, since they steer price, speed, storage or style alone: `service_tier`, `store`,
 * `prediction`, `prompt_cache_*`, `safety_identifier`, `verbosity`, `stream_options.include_obfuscation`, and `name` of a message.
 */
export const readRequest = (value: unknown): ChatRequest => {
  const faults = new Faults();
  const body = new BodyFields(value, faults);
  refuseWhatCannotBeCarried(body);
  const effort = body.oneOf("reasoning_effort", REASONING_EFFORTS);
  const request: ChatRequest = defined({
    model: body.needString("model", MAX_MODEL_NAME_LENGTH, 1),
    messages: readMessages(body.objects("messages", MAX_CHAT_MESSAGES)),
    ...readToolUse(body, {
      functionIn: (item) => item.object("function") ?? new BodyFields({}, faults, item.at("function")),
      allowedIn: (choice) => choice.object("allowed_tools"),
    }),
    parallelToolCalls: body.boolean("parallel_tool_calls"),
    output: readOutput(body.object("response_format"), (format) => format.object("json_schema")),
    maxOutputTokens: body.integer("max_completion_tokens", 1) ?? body.integer("max_tokens", 1),
    temperature: body.number("temperature"),
    topP: body.number("top_p"),
    topK: body.integer("top_k", 0),
    stop: readStop(body),
    seed: body.integer("seed", -Infinity),
    frequencyPenalty: body.number("frequency_penalty"),
    presencePenalty: body.number("presence_penalty"),
    reasoning: effort && { effort },
    user: body.string("user", 1_024),
    metadata: readMetadata(body),
    stream: body.boolean("stream"),
    includeUsage: body.object("stream_options")?.boolean("include_usage"),
  });
  if (request.messages.length === 0) body.fault("messages", "Give at least one message.");
  faults.throwIfAny();
  return request;
};

const isEmpty = (value: unknown): boolean => Object.keys(value as object).length === 0;

const refuseWhatCannotBeCarried = (body: BodyFields): void => {
  body.refuse("n", "One answer is given to a request; ask again for another.", (value) => value === 1);
  body.refuse("functions", "Give them as tools.", isEmpty);
  body.refuse("function_call", "Give it as tool_choice.", (value) => value === "auto" || value === "none");
  body.refuse("logprobs", "Probabilities of tokens cannot be given.", (value) => value === false);
  body.refuse("logit_bias", "Tokens cannot be weighted.", isEmpty);
  body.refuse("audio", "Answers are text; speech cannot be given.");
  body.refuse(
    "modalities",
    "Answers are text; give text alone.",
    (value) => JSON.stringify(value) === '["text"]',
  );
  body.refuse("web_search_options", "The model's server does not search; give a tool for it.");
  body.refuse("moderation", "Answers cannot be moderated on the way.");
};

const readStop = (body: BodyFields): string[] | undefined => {
  const value = body.raw("stop");
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) {
    const one = body.string("stop", MAX_STOP_SEQUENCE_LENGTH);
    return one === undefined ? undefined : [one];
  }
  return body.strings("stop", MAX_STOP_SEQUENCES, MAX_STOP_SEQUENCE_LENGTH);
};
