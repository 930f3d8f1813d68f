import Type, { type TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { expect } from "vitest";

/**
 * What Open Responses (2026-04-24) demands of answers and of events: the fields that must be there, and the values that they may have.
 * Further fields are allowed.
 */

const OrNull = (schema: TSchema) => Type.Union([schema, Type.Null()]);
const oneOf = (...values: readonly string[]) => Type.Union(values.map((value) => Type.Literal(value)));
const Text = Type.String();
const Count = Type.Integer({ minimum: 0 });
const Status = oneOf("in_progress", "completed", "incomplete");

const OutputText = Type.Object({
  type: Type.Literal("output_text"),
  text: Text,
  annotations: Type.Array(Type.Object({})),
  logprobs: Type.Optional(Type.Array(Type.Object({}))),
});
const Refusal = Type.Object({ type: Type.Literal("refusal"), refusal: Text });
const SummaryText = Type.Object({ type: Type.Literal("summary_text"), text: Text });
const Content = Type.Union([OutputText, Refusal, SummaryText]);

const Message = Type.Object({
  type: Type.Literal("message"),
  id: Text,
  status: Status,
  role: Type.Literal("assistant"),
  content: Type.Array(Type.Union([OutputText, Refusal])),
});
const FunctionCall = Type.Object({
  type: Type.Literal("function_call"),
  id: Text,
  call_id: Text,
  name: Text,
  arguments: Text,
  status: Status,
});
const Reasoning = Type.Object({
  type: Type.Literal("reasoning"),
  id: Text,
  summary: Type.Array(SummaryText),
  encrypted_content: Type.Optional(Text),
});
const Item = Type.Union([Message, FunctionCall, Reasoning]);

const Tool = Type.Object({
  type: Type.Literal("function"),
  name: Text,
  description: OrNull(Text),
  parameters: OrNull(Type.Object({})),
  strict: OrNull(Type.Boolean()),
});
const Format = Type.Union([
  Type.Object({ type: oneOf("text", "json_object") }),
  Type.Object({
    type: Type.Literal("json_schema"),
    name: Text,
    description: OrNull(Text),
    schema: Type.Unknown(),
    strict: Type.Boolean(),
  }),
]);
const Usage = Type.Object({
  input_tokens: Count,
  output_tokens: Count,
  total_tokens: Count,
  input_tokens_details: Type.Object({ cached_tokens: Count }),
  output_tokens_details: Type.Object({ reasoning_tokens: Count }),
});

const Response = Type.Object({
  id: Text,
  object: Type.Literal("response"),
  created_at: Count,
  completed_at: OrNull(Count),
  status: oneOf("queued", "in_progress", "completed", "failed", "incomplete"),
  incomplete_details: OrNull(Type.Object({ reason: Text })),
  model: Text,
  previous_response_id: OrNull(Text),
  instructions: OrNull(Text),
  output: Type.Array(Item),
  error: OrNull(Type.Object({ code: Text, message: Text })),
  tools: Type.Array(Tool),
  tool_choice: Type.Union([
    oneOf("none", "auto", "required"),
    Type.Object({ type: Type.Literal("function"), name: Text }),
  ]),
  truncation: oneOf("auto", "disabled"),
  parallel_tool_calls: Type.Boolean(),
  text: Type.Object({ format: Format, verbosity: Type.Optional(oneOf("low", "medium", "high")) }),
  top_p: Type.Number(),
  presence_penalty: Type.Number(),
  frequency_penalty: Type.Number(),
  top_logprobs: Count,
  temperature: Type.Number(),
  reasoning: OrNull(
    Type.Object({
      effort: OrNull(oneOf("none", "low", "medium", "high", "xhigh")),
      summary: OrNull(oneOf("concise", "detailed", "auto")),
    }),
  ),
  usage: OrNull(Usage),
  max_output_tokens: OrNull(Count),
  max_tool_calls: OrNull(Count),
  store: Type.Boolean(),
  background: Type.Boolean(),
  service_tier: Text,
  metadata: Type.Object({}),
  safety_identifier: OrNull(Text),
  prompt_cache_key: OrNull(Text),
});

const ofItem = { item_id: Text, output_index: Count };
const ofContent = { ...ofItem, content_index: Count };
const ofSummary = { ...ofItem, summary_index: Count };

/** Beside `type` and `sequence_number`. */
const EVENTS: Readonly<Record<string, Readonly<Record<string, TSchema>>>> = {
  "response.created": { response: Response },
  "response.in_progress": { response: Response },
  "response.completed": { response: Response },
  "response.incomplete": { response: Response },
  "response.failed": { response: Response },
  "response.output_item.added": { output_index: Count, item: Item },
  "response.output_item.done": { output_index: Count, item: Item },
  "response.content_part.added": { ...ofContent, part: Content },
  "response.content_part.done": { ...ofContent, part: Content },
  "response.output_text.delta": { ...ofContent, delta: Text },
  "response.output_text.done": { ...ofContent, text: Text },
  "response.refusal.delta": { ...ofContent, delta: Text },
  "response.refusal.done": { ...ofContent, refusal: Text },
  "response.reasoning_summary_part.added": { ...ofSummary, part: SummaryText },
  "response.reasoning_summary_part.done": { ...ofSummary, part: SummaryText },
  "response.reasoning_summary_text.delta": { ...ofSummary, delta: Text },
  "response.reasoning_summary_text.done": { ...ofSummary, text: Text },
  "response.function_call_arguments.delta": { ...ofItem, delta: Text },
  "response.function_call_arguments.done": { ...ofItem, arguments: Text },
  error: { error: Type.Object({ type: Text, code: OrNull(Text), message: Text, param: OrNull(Text) }) },
};

const checks = new Map(
  Object.entries(EVENTS).map(([type, fields]) => [
    type,
    Compile(Type.Object({ type: Type.Literal(type), sequence_number: Count, ...fields })),
  ]),
);
const response = Compile(Response);
const failure = Compile(
  Type.Object({ error: Type.Object({ type: Text, code: OrNull(Text), message: Text, param: OrNull(Text) }) }),
);

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every form
type Told = any;

const faultsOf = (check: { Errors(value: unknown): Iterable<unknown> }, value: unknown): unknown[] => [
  ...check.Errors(value),
];

/** Fails unless it is a response as it has to be. */
export const expectResponse = (value: unknown): Told => {
  expect(faultsOf(response, value), JSON.stringify(value)).toEqual([]);
  return value;
};

/** The same for the body of a refusal. */
export const expectFailure = (value: unknown): Told => {
  expect(faultsOf(failure, value), JSON.stringify(value)).toEqual([]);
  return value;
};

/** The events of a stream, each of which is as it has to be, numbered without gaps, named as it says itself, and followed by the last word. */
export const expectEvents = (text: string): Told[] => {
  const blocks = text.split("\n\n").filter((block) => block !== "" && !block.startsWith(":"));
  expect(blocks.at(-1)).toBe("data: [DONE]");
  return blocks.slice(0, -1).map((block, index) => {
    const [name, data] = block.split("\n");
    const event = JSON.parse(data?.replace(/^data: /, "") ?? "");
    expect(name).toBe(`event: ${event.type}`);
    expect(event.sequence_number).toBe(index);
    const check = checks.get(event.type);
    expect(check, event.type).toBeDefined();
    expect(check && faultsOf(check, event), JSON.stringify(event)).toEqual([]);
    return event;
  });
};
