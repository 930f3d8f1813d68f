import OpenAI from "openai";
import type { ResponseFunctionToolCall, ResponseOutputItem } from "openai/resources/responses/responses";
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
let client: OpenAI;
beforeAll(async () => {
  server = await startModelServer();
  client = new OpenAI({ apiKey: "key", baseURL: `${server.url}/v1`, maxRetries: 0 });
});
afterAll(async () => server.stop());

const lastRequest = () => server.requests.at(-1);
const IMAGE = `data:image/png;base64,${PIXEL}`;
const READ_TOOL = {
  name: "weather",
  description: "Tells the weather.",
  parameters: WEATHER_SCHEMA,
  strict: true,
};
const model = "some-model";

describe("openai, responses", () => {
  it("asks and is answered", async () => {
    server.next(THOUGHT);
    const answer = await client.responses.create({
      model,
      instructions: "Be brief.",
      input: [
        {
          role: "user",
          content: [
            { type: "input_text", text: "What is this?" },
            { type: "input_image", image_url: IMAGE, detail: "high" },
            { type: "input_file", file_url: "https://example.com/a.pdf" },
          ],
        },
      ],
      reasoning: { effort: "high", summary: "auto" },
      store: false,
    });
    expect(answer.output_text).toBe("It is 42.");
    expect(answer).toMatchObject({
      status: "completed",
      id: expect.stringMatching(/^resp_a\d+$/),
      instructions: null,
      usage: { total_tokens: 29 },
    });
    expect(lastRequest()).toEqual({
      model,
      messages: [
        { role: "system", parts: [{ type: "text", text: "Be brief." }] },
        {
          role: "user",
          parts: [
            { type: "text", text: "What is this?" },
            { type: "image", source: { type: "bytes", mediaType: "image/png", data: PIXEL }, detail: "high" },
            { type: "file", source: { type: "url", url: "https://example.com/a.pdf" } },
          ],
        },
      ],
      reasoning: { effort: "high", summary: "auto" },
    });
    // What the model thought comes back with its proof.
    server.next(SAID);
    await client.responses.create({
      model,
      input: [...answer.output, { role: "user", content: "Sure?" }] as never,
      store: false,
    });
    expect(lastRequest()?.messages[0]).toEqual({ role: "assistant", parts: THOUGHT.parts });
  });

  it("streams every event in its order", async () => {
    server.next(THOUGHT);
    const stream = client.responses.stream({ model, input: "Go on." });
    const types: string[] = [];
    const numbers: number[] = [];
    for await (const event of stream) {
      types.push(event.type);
      numbers.push(event.sequence_number);
    }
    expect(numbers).toEqual(numbers.map((_, index) => index));
    expect(types.filter((type, index) => type !== types[index - 1])).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.reasoning_summary_part.added",
      "response.reasoning_summary_text.delta",
      "response.reasoning_summary_text.done",
      "response.reasoning_summary_part.done",
      "response.output_item.done",
      "response.output_item.added",
      "response.content_part.added",
      "response.output_text.delta",
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.completed",
    ]);
    const whole = await stream.finalResponse();
    expect(whole).toMatchObject({
      output_text: "It is 42.",
      status: "completed",
      usage: { output_tokens: 9 },
    });
  });

  it.each([true, false])("calls tools and sends their results back (streamed: %s)", async (streamed) => {
    const tools = [
      {
        type: "function" as const,
        name: "weather",
        description: "Tells the weather.",
        parameters: WEATHER_SCHEMA,
        strict: true,
      },
    ];
    const body = {
      model,
      input: "Weather?",
      tools,
      tool_choice: { type: "function" as const, name: "weather" },
    };
    server.next(CALLED);
    const whole = streamed
      ? await client.responses.stream(body).finalResponse()
      : await client.responses.create(body);
    const calls = (whole.output as ResponseOutputItem[]).filter(
      (item): item is ResponseFunctionToolCall => item.type === "function_call",
    );
    expect(
      calls.map(({ call_id, name, arguments: written, status }) => [call_id, name, written, status]),
    ).toEqual([
      ["call_1", "weather", '{"city":"Oslo","days":2}', "completed"],
      ["call_2", "weather", '{"city":"Bergen"}', "completed"],
    ]);
    expect(lastRequest()).toMatchObject({ tools: [READ_TOOL], toolChoice: { name: "weather" } });
    server.next(SAID);
    const result = {
      type: "function_call_output" as const,
      call_id: "call_1",
      output: [{ type: "input_image" as const, image_url: IMAGE }],
    };
    await client.responses.create({
      ...body,
      input: [{ role: "user", content: "Weather?" }, ...(whole.output as never[]), result],
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
        ],
      },
    ]);
  });

  it("goes on from an answer that was kept", async () => {
    server.next(SAID);
    const first = await client.responses.create({ model, input: "What is it?", store: true });
    server.next(SAID);
    await client.responses.create({ model, input: "Sure?", previous_response_id: first.id });
    expect(lastRequest()?.messages).toEqual([
      { role: "user", parts: [{ type: "text", text: "What is it?" }] },
      { role: "assistant", parts: SAID.parts },
      { role: "user", parts: [{ type: "text", text: "Sure?" }] },
    ]);
  });

  it("gets structured output, and learns that an answer was cut short", async () => {
    server.next(STRUCTURED);
    const format = { type: "json_schema" as const, name: "person", schema: PERSON_SCHEMA, strict: true };
    const answer = await client.responses.parse({ model, input: "Who?", text: { format } });
    expect(JSON.parse(answer.output_text)).toEqual({ name: "Ada", age: 36 });
    expect(lastRequest()?.output).toEqual({
      type: "schema",
      name: "person",
      schema: PERSON_SCHEMA,
      strict: true,
    });
    server.next(CUT_SHORT);
    const short = await client.responses.stream({ model, input: "Tell." }).finalResponse();
    expect(short).toMatchObject({
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
      output_text: "And so",
    });
  });

  it("is told errors, before a stream and in it", async () => {
    server.next(REFUSED);
    await expect(client.responses.create({ model, input: "Hi" })).rejects.toMatchObject({ status: 429 });
    server.next(BROKEN);
    const seen: string[] = [];
    const reading = (async () => {
      const stream = await client.responses.create({ model, input: "Hi", stream: true });
      for await (const event of stream)
        if (event.type === "response.output_text.delta") seen.push(event.delta);
    })();
    await expect(reading).rejects.toMatchObject({
      message: expect.stringContaining("The model's server broke."),
    });
    expect(seen.join("")).toBe("Half an ans");
    await expect(
      client.responses.create({ model, input: "Hi", tools: [{ type: "web_search" }] }),
    ).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining("Only tools of the type function"),
    });
  });
});
