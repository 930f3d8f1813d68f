import {
  type ChatMessage,
  type ChatOutput,
  type ChatReasoning,
  type ChatRequest,
  type ChatTool,
  MAX_CHAT_MESSAGES,
  MAX_CHAT_TEXT_LENGTH,
  MAX_CHAT_TOOL_NAME_LENGTH,
  MAX_CHAT_TOOLS,
  MAX_MODEL_NAME_LENGTH,
  MAX_STOP_SEQUENCE_LENGTH,
  MAX_STOP_SEQUENCES,
  type ToolChoice,
} from "@patchbay/protocol";
import { BodyFields, Faults } from "../shared/body-fields.ts";
import { defined } from "../shared/defined.ts";
import { readMessages, readTexts } from "./read-messages.ts";

const EFFORTS = ["low", "medium", "high", "xhigh", "max"] as const;

/**
 * A body of `/v1/messages`, or of `/v1/messages/count_tokens`, which has fewer fields. `system` becomes the first message, and a message
 * that mixes results of tools with others becomes several. Without effect, since they steer price, speed or display alone:
 * `cache_control`, `service_tier`, `speed`, `inference_geo`, `citations`, `context` of documents, `diagnostics`,
 * `eager_input_streaming`, and `context_management`: nothing is left out of a conversation, and what is too long is refused.
 */
export const readRequest = (value: unknown): ChatRequest => {
  const faults = new Faults();
  const body = new BodyFields(value, faults);
  refuseWhatCannotBeCarried(body);
  const system = body.raw("system") === undefined ? [] : readTexts(body, "system");
  const messages = readMessages(body.objects("messages", MAX_CHAT_MESSAGES));
  const choice = body.object("tool_choice");
  const parallel = choice?.boolean("disable_parallel_tool_use");
  const stop =
    body.raw("stop_sequences") === undefined
      ? undefined
      : body.strings("stop_sequences", MAX_STOP_SEQUENCES, MAX_STOP_SEQUENCE_LENGTH);
  const first: ChatMessage[] = system.length > 0 ? [{ role: "system", parts: system }] : [];
  const request: ChatRequest = defined({
    model: body.needString("model", MAX_MODEL_NAME_LENGTH, 1),
    messages: [...first, ...messages],
    tools: readTools(body),
    toolChoice: choice && readToolChoice(choice),
    parallelToolCalls: parallel === undefined ? undefined : !parallel,
    output: readOutput(body),
    maxOutputTokens: body.integer("max_tokens", 1),
    temperature: body.number("temperature"),
    topP: body.number("top_p"),
    topK: body.integer("top_k", 0),
    stop,
    reasoning: readReasoning(body),
    user: body.object("metadata")?.string("user_id", 1_024),
    stream: body.boolean("stream"),
  });
  if (messages.length === 0) body.fault("messages", "Give at least one message.");
  faults.throwIfAny();
  return request;
};

const refuseWhatCannotBeCarried = (body: BodyFields): void => {
  body.refuse("container", "The model's server runs no code here; give a tool for it.");
  body.refuse("mcp_servers", "The model's server calls no tools of its own here; give them as tools.");
};

const readTools = (body: BodyFields): ChatTool[] | undefined => {
  const items = body.objects("tools", MAX_CHAT_TOOLS);
  if (items.length === 0) return undefined;
  return items.flatMap((item) => {
    const type = item.raw("type") ?? "custom";
    if (type !== "custom")
      return (
        item.fault(
          "type",
          "Only tools of the client's own can be carried; the model's server offers none here.",
        ) ?? []
      );
    return defined({
      name: item.needString("name", MAX_CHAT_TOOL_NAME_LENGTH, 1),
      description: item.string("description", MAX_CHAT_TEXT_LENGTH),
      parameters: item.json("input_schema"),
      strict: item.boolean("strict") === true ? true : undefined,
    });
  });
};

const readToolChoice = (choice: BodyFields): ToolChoice | undefined => {
  const type = choice.oneOf("type", ["auto", "any", "none", "tool"]);
  switch (type) {
    case "any":
      return "required";
    case "tool":
      return { name: choice.needString("name", MAX_CHAT_TOOL_NAME_LENGTH, 1) };
    default:
      return type;
  }
};

/** Answers are always held to a schema here. `output_format` is where it stood before. */
const readOutput = (body: BodyFields): ChatOutput | undefined => {
  const format = body.object("output_config")?.object("format") ?? body.object("output_format");
  if (format === undefined || format.oneOf("type", ["json_schema"]) === undefined) return undefined;
  const schema = format.json("schema");
  return schema === undefined
    ? format.fault("schema", "Give a JSON Schema; it is missing.")
    : { type: "schema", schema, strict: true };
};

const readReasoning = (body: BodyFields): ChatReasoning | undefined => {
  const thinking = body.object("thinking");
  const effort = body.object("output_config")?.oneOf("effort", EFFORTS);
  if (thinking === undefined) return effort && { effort };
  const type = thinking.oneOf("type", ["enabled", "disabled", "adaptive"]);
  if (type === "disabled") return { effort: "none" };
  const display = thinking.oneOf("display", ["summarized", "omitted"]);
  const summary = display === "summarized" ? ("auto" as const) : undefined;
  const budgetTokens = type === "enabled" ? thinking.integer("budget_tokens", 1) : undefined;
  if (type === "enabled" && budgetTokens === undefined)
    thinking.fault("budget_tokens", "Give a whole number of 1 or more.");
  return defined({ effort, budgetTokens, summary });
};
