import Anthropic, { APIError, RateLimitError } from "@anthropic-ai/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ModelServer, startModelServer } from "../testing/model-server.ts";
import {
  BROKEN,
  CALLED,
  CUT_SHORT,
  PERSON_SCHEMA,
  PIXEL,
  REFUSED,
  SAID,
  STRUCTURED,
  THOUGHT,
  WEATHER_SCHEMA,
} from "../testing/scripts.ts";

let server: ModelServer;
let client: Anthropic;
beforeAll(async () => {
  server = await startModelServer();
  client = new Anthropic({ apiKey: "key", baseURL: server.url, maxRetries: 0 });
});
afterAll(async () => server.stop());

const text = SAID.parts[0]?.type === "text" ? SAID.parts[0].text : "";
const lastRequest = () => server.requests.at(-1);
const model = "some-model";
const ask = { model, max_tokens: 100, messages: [{ role: "user" as const, content: "Hi" }] };

describe("@anthropic-ai/sdk", () => {
  it("asks and is answered", async () => {
    server.next(SAID);
    const answer = await client.messages.create({
      ...ask,
      system: [{ type: "text", text: "Be brief.", cache_control: { type: "ephemeral" } }],
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "What is this?" },
            { type: "image", source: { type: "base64", media_type: "image/png", data: PIXEL } },
            {
              type: "document",
              source: { type: "text", media_type: "text/plain", data: "Ünïcode" },
              title: "Note",
            },
          ],
        },
      ],
      stop_sequences: ["END"],
      thinking: { type: "enabled", budget_tokens: 2_000 },
      metadata: { user_id: "u1" },
    });
    expect(answer).toMatchObject({
      type: "message",
      role: "assistant",
      content: [{ type: "text", text }],
      stop_reason: "end_turn",
      usage: { input_tokens: 15, cache_read_input_tokens: 5, output_tokens: 9 },
    });
    expect(lastRequest()).toEqual({
      model,
      messages: [
        { role: "system", parts: [{ type: "text", text: "Be brief." }] },
        {
          role: "user",
          parts: [
            { type: "text", text: "What is this?" },
            { type: "image", source: { type: "bytes", mediaType: "image/png", data: PIXEL } },
            {
              type: "file",
              source: {
                type: "bytes",
                mediaType: "text/plain",
                data: Buffer.from("Ünïcode").toString("base64"),
              },
              name: "Note",
            },
          ],
        },
      ],
      maxOutputTokens: 100,
      stop: ["END"],
      reasoning: { budgetTokens: 2_000 },
      user: "u1",
    });
  });

  it("streams, and sends back what was thought with its signature", async () => {
    server.next(THOUGHT);
    const stream = client.messages.stream(ask);
    const types: string[] = [];
    for await (const event of stream) types.push(event.type);
    expect(types.filter((type, index) => type !== types[index - 1])).toEqual([
      "message_start",
      "content_block_start",
      "content_block_delta",
      "content_block_stop",
      "content_block_start",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
    const whole = await stream.finalMessage();
    expect(whole).toMatchObject({
      content: [
        { type: "thinking", thinking: "Six times seven.", signature: "c2ln" },
        { type: "text", text: "It is 42." },
      ],
      stop_reason: "end_turn",
      usage: { input_tokens: 15, output_tokens: 9 },
    });
    server.next(SAID);
    await client.messages.create({
      ...ask,
      messages: [
        ...ask.messages,
        { role: "assistant", content: whole.content as never },
        { role: "user", content: "Sure?" },
      ],
    });
    expect(lastRequest()?.messages[1]).toEqual({ role: "assistant", parts: THOUGHT.parts });
  });

  it.each([true, false])("calls tools and sends their results back (streamed: %s)", async (streamed) => {
    const tools = [
      { name: "weather", description: "Tells the weather.", input_schema: WEATHER_SCHEMA as never },
    ];
    const body = { ...ask, tools, tool_choice: { type: "any" as const, disable_parallel_tool_use: true } };
    server.next(CALLED);
    const whole = streamed
      ? await client.messages.stream(body).finalMessage()
      : await client.messages.create(body);
    expect(whole.stop_reason).toBe("tool_use");
    expect(whole.content).toMatchObject([
      { type: "text", text: "I shall look." },
      { type: "tool_use", id: "call_1", name: "weather", input: { city: "Oslo", days: 2 } },
      { type: "tool_use", id: "call_2", name: "weather", input: { city: "Bergen" } },
    ]);
    expect(lastRequest()).toMatchObject({
      tools: [{ name: "weather", description: "Tells the weather.", parameters: WEATHER_SCHEMA }],
      toolChoice: "required",
      parallelToolCalls: false,
    });
    server.next(SAID);
    const image = {
      type: "image" as const,
      source: { type: "base64" as const, media_type: "image/png" as const, data: PIXEL },
    };
    await client.messages.create({
      ...body,
      messages: [
        ...ask.messages,
        { role: "assistant", content: whole.content as never },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "call_1", content: [image] },
            { type: "tool_result", tool_use_id: "call_2", content: "No such place.", is_error: true },
            { type: "text", text: "And now?" },
          ],
        },
      ],
    });
    expect(lastRequest()?.messages.slice(1)).toEqual([
      { role: "assistant", parts: CALLED.parts },
      {
        role: "tool",
        parts: [
          {
            type: "tool_result",
            callId: "call_1",
            parts: [{ type: "image", source: { type: "bytes", mediaType: "image/png", data: PIXEL } }],
          },
          {
            type: "tool_result",
            callId: "call_2",
            parts: [{ type: "text", text: "No such place." }],
            isError: true,
          },
        ],
      },
      { role: "user", parts: [{ type: "text", text: "And now?" }] },
    ]);
  });

  it("gets structured output, and learns that an answer was cut short", async () => {
    server.next(STRUCTURED);
    const answer = await client.messages.parse({
      ...ask,
      output_config: { format: { type: "json_schema", schema: PERSON_SCHEMA } },
    });
    expect(answer.content[0]).toMatchObject({ text: '{"name":"Ada","age":36}' });
    expect(lastRequest()?.output).toEqual({ type: "schema", schema: PERSON_SCHEMA, strict: true });
    server.next(CUT_SHORT);
    expect(await client.messages.stream(ask).finalMessage()).toMatchObject({ stop_reason: "max_tokens" });
  });

  it("is told errors, before a stream and in it", async () => {
    server.next(REFUSED);
    const refused = await client.messages.create(ask).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(RateLimitError);
    expect(refused).toMatchObject({
      type: "rate_limit_error",
      apiMessage: "Too many. Try again in 3 seconds.",
    });
    server.next(BROKEN);
    const seen: string[] = [];
    const stream = client.messages.stream(ask).on("text", (delta) => seen.push(delta));
    const broken = await stream.finalMessage().catch((error: unknown) => error);
    expect(seen.join("")).toBe("Half an ans");
    expect(broken).toBeInstanceOf(APIError);
    expect(broken).toMatchObject({ message: expect.stringContaining("The model's server broke.") });
    const search = [{ type: "web_search_20250305" as const, name: "web_search" as const }];
    const wrong = await client.messages.create({ ...ask, tools: search }).catch((error: unknown) => error);
    expect(wrong).toMatchObject({ status: 400, type: "invalid_request_error" });
  });

  it("counts tokens and lists models", async () => {
    const counted = await client.messages.countTokens({ model, messages: ask.messages, system: "Be brief." });
    expect(counted.input_tokens).toBe(12);
    expect(lastRequest()?.messages).toHaveLength(2);
    expect((await client.models.list()).data).toMatchObject([
      { id: "one", display_name: "The one", type: "model" },
    ]);
  });
});
