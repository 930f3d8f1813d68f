import OpenAI, { APIError, RateLimitError } from "openai";
import type { ChatCompletionTool } from "openai/resources/chat/completions";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ModelServer, startModelServer } from "../testing/model-server.ts";
import {
  BROKEN,
  CALLED,
  PERSON_SCHEMA,
  PIXEL,
  REFUSED,
  SAID,
  STRUCTURED,
  WEATHER_SCHEMA,
} from "../testing/scripts.ts";

let server: ModelServer;
let client: OpenAI;
beforeAll(async () => {
  server = await startModelServer();
  client = new OpenAI({ apiKey: "key", baseURL: `${server.url}/v1`, maxRetries: 0 });
});
afterAll(async () => server.stop());

const text = SAID.parts[0]?.type === "text" ? SAID.parts[0].text : "";
const lastRequest = () => server.requests.at(-1);
const IMAGE = `data:image/png;base64,${PIXEL}`;
const TOOL: ChatCompletionTool = {
  type: "function",
  function: { name: "weather", description: "Tells the weather.", parameters: WEATHER_SCHEMA, strict: true },
};
const READ_TOOL = {
  name: "weather",
  description: "Tells the weather.",
  parameters: WEATHER_SCHEMA,
  strict: true,
};
const model = "some-model";

describe("openai, chat completions", () => {
  it("asks and is answered", async () => {
    server.next(SAID);
    const answer = await client.chat.completions.create({
      model,
      messages: [
        { role: "developer", content: "Be brief." },
        {
          role: "user",
          content: [
            { type: "text", text: "What is this?" },
            { type: "image_url", image_url: { url: IMAGE, detail: "low" } },
          ],
        },
      ],
      temperature: 0.5,
      max_completion_tokens: 100,
      stop: "END",
      metadata: { purpose: "test" },
    });
    expect(answer.choices[0]).toMatchObject({
      finish_reason: "stop",
      message: { role: "assistant", content: text },
    });
    expect(answer.usage).toMatchObject({ prompt_tokens: 20, completion_tokens: 9, total_tokens: 29 });
    expect(lastRequest()).toEqual({
      model,
      messages: [
        { role: "developer", parts: [{ type: "text", text: "Be brief." }] },
        {
          role: "user",
          parts: [
            { type: "text", text: "What is this?" },
            { type: "image", source: { type: "bytes", mediaType: "image/png", data: PIXEL }, detail: "low" },
          ],
        },
      ],
      temperature: 0.5,
      maxOutputTokens: 100,
      stop: ["END"],
      metadata: { purpose: "test" },
    });
  });

  it("streams, with usage where it asks for it and not else", async () => {
    for (const include_usage of [true, false]) {
      server.next(SAID);
      const stream = client.chat.completions.stream({
        model,
        messages: [{ role: "user", content: "Go on." }],
        stream_options: { include_usage },
      });
      let chunks = 0;
      for await (const chunk of stream) chunks += chunk.choices.length;
      expect(chunks).toBeGreaterThan(5);
      const whole = await stream.finalChatCompletion();
      expect(whole.choices[0]).toMatchObject({ finish_reason: "stop", message: { content: text } });
      expect(whole.usage?.total_tokens).toBe(include_usage ? 29 : undefined);
    }
  });

  it.each([true, false])("calls tools and sends their results back (streamed: %s)", async (streamed) => {
    server.next(CALLED);
    const body = {
      model,
      messages: [{ role: "user" as const, content: "Weather?" }],
      tools: [TOOL],
      tool_choice: "required" as const,
    };
    const whole = streamed
      ? await client.chat.completions.stream(body).finalChatCompletion()
      : await client.chat.completions.create(body);
    const message = whole.choices[0]?.message;
    expect(whole.choices[0]?.finish_reason).toBe("tool_calls");
    expect(
      message?.tool_calls?.map(
        (call) => call.type === "function" && [call.id, call.function.name, call.function.arguments],
      ),
    ).toEqual([
      ["call_1", "weather", '{"city":"Oslo","days":2}'],
      ["call_2", "weather", '{"city":"Bergen"}'],
    ]);
    expect(lastRequest()).toMatchObject({ tools: [READ_TOOL], toolChoice: "required" });
    server.next(SAID);
    await client.chat.completions.create({
      ...body,
      messages: [
        ...body.messages,
        message ?? { role: "assistant", content: "" },
        { role: "tool", tool_call_id: "call_1", content: "Rain." },
        { role: "tool", tool_call_id: "call_2", content: "Sun." },
      ],
    });
    expect(lastRequest()?.messages.slice(1)).toEqual([
      { role: "assistant", parts: CALLED.parts },
      {
        role: "tool",
        parts: [
          { type: "tool_result", callId: "call_1", parts: [{ type: "text", text: "Rain." }] },
          { type: "tool_result", callId: "call_2", parts: [{ type: "text", text: "Sun." }] },
        ],
      },
    ]);
  });

  it("gets structured output", async () => {
    server.next(STRUCTURED);
    const answer = await client.chat.completions.parse({
      model,
      messages: [{ role: "user", content: "Who?" }],
      response_format: {
        type: "json_schema",
        json_schema: { name: "person", schema: PERSON_SCHEMA, strict: true },
      },
    });
    expect(JSON.parse(answer.choices[0]?.message.content ?? "")).toEqual({ name: "Ada", age: 36 });
    expect(lastRequest()?.output).toEqual({
      type: "schema",
      name: "person",
      schema: PERSON_SCHEMA,
      strict: true,
    });
  });

  it("is told errors, before a stream and in it", async () => {
    const ask = { model, messages: [{ role: "user" as const, content: "Hi" }] };
    server.next(REFUSED);
    const refused = await client.chat.completions.create(ask).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(RateLimitError);
    expect(refused).toMatchObject({
      status: 429,
      code: "rate_limit_exceeded",
      message: expect.stringContaining("Too many."),
    });
    server.next(BROKEN);
    const seen: string[] = [];
    const broken = await (async () => {
      const stream = await client.chat.completions.create({ ...ask, stream: true });
      for await (const chunk of stream) seen.push(chunk.choices[0]?.delta.content ?? "");
    })().catch((error: unknown) => error);
    expect(seen.join("")).toBe("Half an ans");
    expect(broken).toBeInstanceOf(APIError);
    expect(broken).toMatchObject({ message: expect.stringContaining("The model's server broke.") });
    const wrong = await client.chat.completions.create({ ...ask, n: 3 }).catch((error: unknown) => error);
    expect(wrong).toMatchObject({ status: 400, message: expect.stringContaining("One answer is given") });
  });
});

describe("openai, beside chat", () => {
  it("gets embeddings in either encoding", async () => {
    const answer = await client.embeddings.create({ model, input: ["a", "b"], dimensions: 3 });
    expect(answer.data.map(({ embedding }) => embedding)).toEqual([
      [0, 0.5, -0.25],
      [1, 0.5, -0.25],
    ]);
    expect(server.embeddings.at(-1)).toEqual({
      model,
      inputs: ["a", "b"],
      dimensions: 3,
      encoding: "base64",
    });
    const floats = await client.embeddings.create({ model, input: [1, 2, 3], encoding_format: "float" });
    expect(floats.data[0]?.embedding).toEqual([0, 0.5, -0.25]);
    expect(server.embeddings.at(-1)?.inputs).toEqual([[1, 2, 3]]);
    expect(floats.usage.prompt_tokens).toBe(7);
  });

  it("lists models", async () => {
    expect((await client.models.list()).data).toMatchObject([
      { id: "one", object: "model", created: 1_700_000_000 },
    ]);
  });
});
