import {
  type AssistantPart,
  type ChatMessage,
  type ChatRequest,
  type ModelFormat,
  REASONING_EFFORTS,
  REASONING_SUMMARIES,
  type ToolResultPart,
  type UserPart,
} from "@patchbay/protocol";
import fc from "fast-check";

/** Whatever each format has words for, in the one way in which it says it. */

export const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 24 });
const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,20}$/);
export const callId = fc.stringMatching(/^[a-zA-Z0-9_-]{1,30}$/);
const base64 = fc
  .uint8Array({ minLength: 1, maxLength: 40 })
  .map((bytes) => Buffer.from(bytes).toString("base64"));
const url = fc.constantFrom("https://example.com/a.png", "http://127.0.0.1:8080/b?c=d#e");
const value = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null));
const jsonObject = fc.dictionary(
  fc.stringMatching(/^[a-z]{1,8}$/),
  fc.oneof(value, fc.array(value, { maxLength: 3 })),
  {
    noNullPrototype: true,
    maxKeys: 4,
  },
);
export const jsonArguments = jsonObject.map((object) => JSON.stringify(object));
const schema = jsonObject.map((properties) => ({
  type: "object",
  properties,
  required: Object.keys(properties),
}));

const textPart = fc.record({ type: fc.constant("text" as const), text });
const bytes = (...types: string[]) =>
  fc.record({ type: fc.constant("bytes" as const), mediaType: fc.constantFrom(...types), data: base64 });
const address = fc.record({ type: fc.constant("url" as const), url });
const media = fc.oneof(address, bytes("image/png", "image/jpeg"));
const detail = fc.constantFrom("auto" as const, "low" as const, "high" as const);
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
/** Without the fields that are undefined. */
const tidy = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  arbitrary.map((object) => JSON.parse(JSON.stringify(object)) as T);

const image = (format: ModelFormat) =>
  fc.record({
    type: fc.constant("image" as const),
    source: media,
    detail:
      format === "openai-chat"
        ? optional(detail)
        : format === "openai-responses"
          ? detail
          : fc.constant(undefined),
  });
const file = (format: ModelFormat) => {
  const pdf = bytes("application/pdf");
  const note = text.map((words) => ({
    type: "bytes" as const,
    mediaType: "text/plain",
    data: Buffer.from(words).toString("base64"),
  }));
  const source = format === "openai-chat" ? fc.oneof(pdf, note) : fc.oneof(pdf, note, address);
  return fc.record({ type: fc.constant("file" as const), source, name: optional(name) });
};
const audio = fc.record({
  type: fc.constant("audio" as const),
  mediaType: fc.constantFrom("audio/wav", "audio/mpeg"),
  data: base64,
});

const userPart = (format: ModelFormat): fc.Arbitrary<UserPart> =>
  format === "openai-chat"
    ? fc.oneof(textPart, image(format), file(format), audio)
    : fc.oneof(textPart, image(format), file(format));

const call = (format: ModelFormat) =>
  fc.record({
    type: fc.constant("tool_call" as const),
    id: callId,
    name,
    // Anthropic has arguments as an object, and so no text that is none.
    arguments: format === "anthropic-messages" ? jsonArguments : fc.oneof(jsonArguments, text),
  });
const refusal = fc.record({ type: fc.constant("refusal" as const), text });
const thought = fc.constant("reasoning" as const);

const assistantParts = (format: ModelFormat): fc.Arbitrary<AssistantPart[]> => {
  switch (format) {
    case "openai-chat":
      return fc
        .tuple(
          fc.array(fc.record({ type: thought, text }), { maxLength: 1 }),
          fc.array(textPart, { maxLength: 2 }),
          fc.array(refusal, { maxLength: 1 }),
          fc.array(call(format), { maxLength: 3 }),
        )
        .map((parts): AssistantPart[] => parts.flat());
    case "openai-responses": {
      const reasoning = fc.record({
        type: thought,
        text: fc.oneof(text, fc.constant("")),
        id: optional(callId),
        encrypted: text,
      });
      return fc.array(fc.oneof(textPart, refusal, call(format), reasoning), { maxLength: 5 });
    }
    case "anthropic-messages": {
      const signed = fc.record({ type: thought, text, signature: text });
      const redacted = fc.record({ type: thought, text: fc.constant(""), redacted: text });
      return fc.array(fc.oneof(textPart, call(format), signed, redacted), { maxLength: 5 });
    }
    default:
      return format satisfies never;
  }
};

const resultPart = (format: ModelFormat): fc.Arbitrary<ToolResultPart> => {
  const part = format === "openai-chat" ? textPart : fc.oneof(textPart, image(format), file(format));
  return fc.record({
    type: fc.constant("tool_result" as const),
    callId,
    parts: fc.array(part, { minLength: 1, maxLength: 3 }),
    isError: format === "anthropic-messages" ? optional(fc.constant(true)) : fc.constant(undefined),
  });
};

const role = (format: ModelFormat) =>
  format === "anthropic-messages"
    ? fc.constant("system" as const)
    : fc.constantFrom("system" as const, "developer" as const);
const instruction = (format: ModelFormat) =>
  fc.record({ role: role(format), parts: fc.array(textPart, { minLength: 1, maxLength: 2 }) });

/** A question, perhaps with an instruction before it, an answer and results of the tools that it called. */
const exchange = (format: ModelFormat, mayInstruct: boolean): fc.Arbitrary<ChatMessage[]> =>
  fc
    .tuple(
      fc.array(instruction(format), { maxLength: mayInstruct ? 1 : 0 }),
      fc.array(userPart(format), { minLength: 1, maxLength: 3 }),
      assistantParts(format),
      fc.array(resultPart(format), { maxLength: 2 }),
    )
    .map(([instructions, asked, said, results]): ChatMessage[] => [
      ...instructions,
      { role: "user", parts: asked },
      ...(said.length > 0 ? [{ role: "assistant" as const, parts: said }] : []),
      ...(results.length > 0 && said.length > 0 ? [{ role: "tool" as const, parts: results }] : []),
    ]);

const messages = (format: ModelFormat): fc.Arbitrary<ChatMessage[]> =>
  fc
    .tuple(
      fc.array(instruction(format), { maxLength: 1 }),
      exchange(format, false),
      fc.array(exchange(format, true), { maxLength: 2 }),
    )
    .map(([first, second, rest]) => [...first, ...second, ...rest.flat()]);

const tool = (format: ModelFormat) =>
  fc.record({
    name,
    description: optional(text),
    parameters: format === "anthropic-messages" ? schema : optional(schema),
    strict: optional(fc.constant(true)),
  });

const reasoning = (format: ModelFormat): fc.Arbitrary<ChatRequest["reasoning"]> => {
  const effort = fc.constantFrom(...REASONING_EFFORTS);
  if (format === "openai-chat") return fc.record({ effort });
  if (format === "openai-responses")
    return fc.record({
      effort: optional(effort),
      summary: optional(fc.constantFrom(...REASONING_SUMMARIES)),
    });
  const summary = optional(fc.constant("auto" as const));
  const efforts = fc.constantFrom(
    "low" as const,
    "medium" as const,
    "high" as const,
    "xhigh" as const,
    "max" as const,
  );
  return fc.oneof(
    fc.constant({ effort: "none" as const }),
    fc.record({ effort: optional(efforts), summary }),
    fc.record({ effort: optional(efforts), budgetTokens: fc.integer({ min: 1_024, max: 60_000 }), summary }),
  );
};

const output = (format: ModelFormat): fc.Arbitrary<ChatRequest["output"]> => {
  if (format === "anthropic-messages")
    return fc.record({ type: fc.constant("schema" as const), schema, strict: fc.constant(true) });
  return fc.oneof(
    fc.constant({ type: "text" as const }),
    fc.constant({ type: "json" as const }),
    fc.record({
      type: fc.constant("schema" as const),
      name,
      description: optional(text),
      schema,
      strict: optional(fc.constant(true)),
    }),
  );
};

const number = fc.double({ min: 0, max: 2, noNaN: true }).map((double) => Math.round(double * 100) / 100);
const count = fc.integer({ min: 1, max: 100_000 });

export const requestOf = (format: ModelFormat): fc.Arbitrary<ChatRequest> => {
  const isAnthropic = format === "anthropic-messages";
  const isChat = format === "openai-chat";
  const only = <T>(applies: boolean, arbitrary: fc.Arbitrary<T>) =>
    applies ? optional(arbitrary) : fc.constant(undefined);
  const choices = optional(
    fc.oneof(fc.constantFrom("auto" as const, "none" as const, "required" as const), fc.record({ name })),
  );
  return tidy(
    fc
      .record({
        model: name,
        messages: messages(format),
        tools: optional(fc.array(tool(format), { minLength: 1, maxLength: 3 })),
        toolChoice: choices,
        parallelToolCalls: optional(fc.boolean()),
        output: optional(output(format)),
        maxOutputTokens: isAnthropic ? count : optional(count),
        temperature: optional(number),
        topP: optional(number),
        topK: only(!(format === "openai-responses"), count),
        stop: only(format !== "openai-responses", fc.array(text, { minLength: 1, maxLength: 3 })),
        seed: only(isChat, fc.integer()),
        frequencyPenalty: only(isChat, number),
        presencePenalty: only(isChat, number),
        reasoning: optional(reasoning(format)),
        user: optional(text),
        metadata: only(!isAnthropic, fc.dictionary(name, text, { maxKeys: 3, noNullPrototype: true })),
        stream: optional(fc.boolean()),
      })
      .map((request) => {
        // Anthropic says both in one place, and only where there are tools.
        if (!isAnthropic) return request;
        const toolChoice = request.tools && request.toolChoice;
        const mayBeParallel = toolChoice !== undefined && toolChoice !== "none";
        return {
          ...request,
          toolChoice,
          parallelToolCalls: mayBeParallel ? request.parallelToolCalls : undefined,
        };
      })
      .map((request) =>
        isChat && request.stream === true ? { ...request, includeUsage: true } : request,
      ) as fc.Arbitrary<ChatRequest>,
  );
};
