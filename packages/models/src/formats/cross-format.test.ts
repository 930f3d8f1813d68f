import { type ChatRequest, MODEL_FORMATS, type ModelFormat } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import { PERSON_SCHEMA, PIXEL, WEATHER_SCHEMA } from "../testing/scripts.ts";
import { FORMATS } from "./formats.ts";

/** What every format can carry. */
const REQUEST: ChatRequest = {
  model: "some-model",
  messages: [
    { role: "system", parts: [{ type: "text", text: "Be brief." }] },
    {
      role: "user",
      parts: [
        { type: "text", text: "What is this, and the weather there?" },
        { type: "image", source: { type: "bytes", mediaType: "image/png", data: PIXEL } },
        { type: "image", source: { type: "url", url: "https://example.com/a.png" } },
        {
          type: "file",
          source: { type: "bytes", mediaType: "application/pdf", data: "JVBERg==" },
          name: "a.pdf",
        },
      ],
    },
    {
      role: "assistant",
      parts: [
        { type: "text", text: "I shall look." },
        { type: "tool_call", id: "call_1", name: "weather", arguments: '{"city":"Oslo"}' },
        { type: "tool_call", id: "call_2", name: "weather", arguments: "{}" },
      ],
    },
    {
      role: "tool",
      parts: [
        { type: "tool_result", callId: "call_1", parts: [{ type: "text", text: "Rain." }] },
        { type: "tool_result", callId: "call_2", parts: [{ type: "text", text: "No city." }] },
      ],
    },
    { role: "user", parts: [{ type: "text", text: "Thanks. Who lives there?" }] },
  ],
  tools: [{ name: "weather", description: "Tells the weather.", parameters: WEATHER_SCHEMA, strict: true }],
  toolChoice: "auto",
  parallelToolCalls: false,
  output: { type: "schema", name: "answer", schema: PERSON_SCHEMA, strict: true },
  maxOutputTokens: 200,
  temperature: 0.5,
  reasoning: { effort: "high" },
  user: "u1",
  stream: false,
};

/** A detail that a format writes out where none was asked for, and a name that one has no place for. */
const normal = (request: ChatRequest): unknown =>
  JSON.parse(JSON.stringify(request), (key, value: unknown) =>
    key === "detail" || value === "answer" ? undefined : value,
  );

const through = (request: ChatRequest, name: ModelFormat): ChatRequest =>
  FORMATS[name].readRequest(JSON.parse(JSON.stringify(FORMATS[name].writeRequest(request))));

const PAIRS = MODEL_FORMATS.flatMap((from) => MODEL_FORMATS.map((to) => [from, to] as const));

describe("a request", () => {
  it.each(PAIRS)("that came in as %s goes out as %s with all that was asked", (from, to) => {
    expect(normal(through(through(REQUEST, from), to))).toEqual(normal(REQUEST));
  });

  it.each(MODEL_FORMATS)("goes out as %s with images that tools gave", (name) => {
    const image = {
      type: "image" as const,
      source: { type: "bytes" as const, mediaType: "image/png", data: PIXEL },
    };
    const parts = [
      {
        type: "tool_result" as const,
        callId: "call_1",
        parts: [{ type: "text" as const, text: "Here:" }, image],
      },
    ];
    const call = { type: "tool_call" as const, id: "call_1", name: "photo", arguments: "{}" };
    const request: ChatRequest = {
      model: "some-model",
      messages: [
        { role: "user", parts: [{ type: "text", text: "Show me." }] },
        { role: "assistant", parts: [call] },
        { role: "tool", parts },
      ],
    };
    expect(JSON.stringify(through(request, name).messages.slice(2))).toContain(PIXEL);
  });

  it("keeps proofs of reasoning for the upstream that gave them, through clients of every format that has a place for one", () => {
    const parts = [
      { type: "reasoning" as const, text: "Six times seven.", signature: "c2ln" },
      { type: "reasoning" as const, text: "", redacted: "cmVk" },
      { type: "reasoning" as const, text: "Hm.", id: "rs_1", encrypted: "ZW5j" },
      { type: "reasoning" as const, text: "", id: "rs_2", encrypted: "ZW5jMg" },
      { type: "text" as const, text: "42." },
    ];
    const head = { id: "a1", model: "m", createdAt: new Date(0) };
    const answer = { parts, finish: "stop" as const };
    const { output } = FORMATS["openai-responses"].writeAnswer(answer, head);
    const { content } = FORMATS["anthropic-messages"].writeAnswer(answer, head);
    const asked = { role: "user", content: "Sure?" };
    const { messages: fromResponses } = FORMATS["openai-responses"].readRequest({
      model: "m",
      input: [...(output as []), asked],
    });
    const { messages: fromMessages } = FORMATS["anthropic-messages"].readRequest({
      model: "m",
      max_tokens: 10,
      messages: [{ role: "assistant", content }, asked],
    });
    for (const messages of [fromResponses, fromMessages])
      expect(messages[0]).toEqual({ role: "assistant", parts });
    const upstream = (name: ModelFormat) =>
      JSON.stringify(FORMATS[name].writeRequest({ model: "m", messages: fromResponses }));
    // Each upstream gets its own back, and nobody else's.
    expect(upstream("anthropic-messages")).toMatch(/c2ln.*cmVk/);
    expect(upstream("anthropic-messages")).not.toMatch(/ZW5j|rs_|patchbay:/);
    expect(upstream("openai-responses")).toMatch(/rs_1.*ZW5j.*rs_2/);
    expect(upstream("openai-responses")).not.toMatch(/c2ln|cmVk|patchbay:/);
  });

  it("becomes one that Anthropic takes: ids of their signs, arguments as objects, results in one message", () => {
    const call = (id: string, text: string) => ({
      type: "tool_call" as const,
      id,
      name: "f",
      arguments: text,
    });
    const result = (callId: string) => ({
      type: "tool_result" as const,
      callId,
      parts: [{ type: "text" as const, text: "ok" }],
    });
    const messages: ChatRequest["messages"] = [
      { role: "user", parts: [{ type: "text", text: "Go." }] },
      {
        role: "assistant",
        parts: [{ type: "text", text: "" }, call("functions.f:0", '{"a":'), call("c2", "")],
      },
      { role: "tool", parts: [result("functions.f:0"), result("c2")] },
      { role: "user", parts: [{ type: "text", text: "More." }] },
    ];
    expect(FORMATS["anthropic-messages"].writeRequest({ model: "m", messages }).messages).toEqual([
      { role: "user", content: "Go." },
      {
        role: "assistant",
        content: [
          { type: "tool_use", id: "functions_f_0", name: "f", input: { INVALID_JSON: '{"a":' } },
          { type: "tool_use", id: "c2", name: "f", input: {} },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "functions_f_0", content: "ok" },
          { type: "tool_result", tool_use_id: "c2", content: "ok" },
          { type: "text", text: "More." },
        ],
      },
    ]);
  });
});

describe("what a format has no words for", () => {
  const hi: ChatRequest = { model: "m", messages: [{ role: "user", parts: [{ type: "text", text: "Hi" }] }] };
  const stopping: ChatRequest = { ...hi, stop: ["END"] };
  const inJson: ChatRequest = { ...hi, output: { type: "json" } };
  const saying = (
    part: Extract<ChatRequest["messages"][number], { role: "user" }>["parts"][number],
  ): ChatRequest => ({
    model: "m",
    messages: [{ role: "user", parts: [part] }],
  });
  const audio = saying({ type: "audio", mediaType: "audio/wav", data: "AAAA" });
  it.each([
    ["openai-responses", stopping, "/stop"],
    ["openai-responses", audio, "/messages/0/parts/0"],
    ["anthropic-messages", audio, "/messages/0/parts/0"],
    ["anthropic-messages", inJson, "/output"],
    [
      "openai-chat",
      saying({ type: "file", source: { type: "url", url: "https://example.com/a.pdf" } }),
      "/messages/0/parts/0",
    ],
  ] as const)("is refused and not left out (%s, %j)", (name, request, pointer) => {
    expect(() => FORMATS[name].writeRequest(request)).toThrow(
      expect.objectContaining({ code: "invalid_request", errors: [expect.objectContaining({ pointer })] }),
    );
  });
});
