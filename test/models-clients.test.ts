import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenResponses } from "@ai-sdk/open-responses";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import Anthropic from "@anthropic-ai/sdk";
import { generateText, jsonSchema, type LanguageModel, Output, streamText, tool } from "ai";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { said, startModels } from "./support/model-plugin.ts";
import type { TestOrganization } from "./support/organization.ts";
import { BOOTSTRAP_KEY } from "./support/server.ts";

const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

let parts: TestOrganization;
let url: string;
let openai: OpenAI;
let anthropic: Anthropic;

beforeAll(async () => {
  parts = await startModels();
  url = parts.server.url;
  openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: BOOTSTRAP_KEY, maxRetries: 0 });
  anthropic = new Anthropic({ baseURL: url, apiKey: BOOTSTRAP_KEY, maxRetries: 0 });
});
afterAll(async () => await parts?.stop());

const TOOL = {
  name: "weather",
  description: "Tells the weather.",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const CALL = 'call weather {"city":"Oslo"}';
const SCHEMA = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
const dot = (one: readonly number[] = [], other: readonly number[] = []): number =>
  one.reduce((sum, number, place) => sum + number * (other[place] ?? 0), 0);

describe("the openai client", () => {
  it("lists models and reads one", async () => {
    const ids = (await Array.fromAsync(openai.models.list())).map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(["echo/echo", "acme/slow", "acme/letters"]));
    expect(await openai.models.retrieve("echo/echo")).toMatchObject({ id: "echo/echo", object: "model" });
  });

  it("has chat completions, whole and as a stream", async () => {
    const asked = { model: "echo/echo", messages: said("One two three.") };
    const whole = await openai.chat.completions.create(asked);
    expect(whole).toMatchObject({ model: "echo/echo", usage: { completion_tokens: 3 } });
    expect(whole.choices[0]).toMatchObject({ finish_reason: "stop", message: { content: "One two three." } });
    const stream = openai.chat.completions.stream({ ...asked, stream_options: { include_usage: true } });
    const deltas: string[] = [];
    stream.on("content", (delta) => deltas.push(delta));
    expect((await stream.finalChatCompletion()).usage?.completion_tokens).toBe(3);
    expect(deltas).toEqual(["One ", "two ", "three."]);
  });

  it("has responses, whole and as a stream", async () => {
    const asked = { model: "echo/echo", input: "One two three." };
    const whole = await openai.responses.create(asked);
    expect([whole.output_text, whole.status, whole.usage?.output_tokens]).toEqual([
      "One two three.",
      "completed",
      3,
    ]);
    const types: string[] = [];
    for await (const event of await openai.responses.create({ ...asked, stream: true }))
      types.push(event.type);
    expect([types[0], types.at(-1)]).toEqual(["response.created", "response.completed"]);
  });

  it("calls tools and hands back what they gave", async () => {
    const tools = [{ type: "function" as const, function: TOOL }];
    const asked = await openai.chat.completions.create({ model: "echo/echo", messages: said(CALL), tools });
    const [call] = asked.choices[0]?.message.tool_calls ?? [];
    expect(call).toMatchObject({ function: { name: "weather", arguments: '{"city":"Oslo"}' } });
    const answered = await openai.chat.completions.create({
      model: "echo/echo",
      tools,
      messages: [
        ...said(CALL),
        { role: "assistant", tool_calls: [call as NonNullable<typeof call>] },
        { role: "tool", tool_call_id: call?.id ?? "", content: "Rain." },
      ],
    });
    expect(answered.choices[0]?.message.content).toBe("Rain.");
    const response = await openai.responses.create({
      model: "echo/echo",
      input: CALL,
      tools: [{ type: "function", strict: false, ...TOOL }],
    });
    expect(response.output[0]).toMatchObject({ type: "function_call", arguments: '{"city":"Oslo"}' });
  });

  it("gets output that fits a schema, and shows images", async () => {
    const fitting = await openai.chat.completions.parse({
      model: "echo/echo",
      messages: said("Oslo"),
      response_format: { type: "json_schema", json_schema: { name: "place", schema: SCHEMA, strict: true } },
    });
    expect(JSON.parse(fitting.choices[0]?.message.content ?? "")).toEqual({ city: "Oslo" });
    const seen = await openai.chat.completions.create({
      model: "acme/sees",
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "Look" },
            { type: "image_url", image_url: { url: `data:image/png;base64,${PIXEL}` } },
          ],
        },
      ],
    });
    expect(seen.choices[0]?.message.content).toBe(`image/png ${PIXEL.length}`);
  });

  it("has both by responses, and calls tools as they come", async () => {
    const model = "echo/echo";
    const format = { type: "json_schema" as const, name: "place", schema: SCHEMA, strict: true };
    const fitting = await openai.responses.parse({ model, input: "Oslo", text: { format } });
    expect(JSON.parse(fitting.output_text)).toEqual({ city: "Oslo" });
    const image = {
      type: "input_image" as const,
      detail: "auto" as const,
      image_url: `data:image/png;base64,${PIXEL}`,
    };
    const input = [{ role: "user" as const, content: [image] }];
    expect((await openai.responses.create({ model: "acme/sees", input })).output_text).toBe(
      `image/png ${PIXEL.length}`,
    );
    const tools = [{ type: "function" as const, strict: false, ...TOOL }];
    const called = await openai.responses.stream({ model, input: CALL, tools }).finalResponse();
    expect(called.output[0]).toMatchObject({ type: "function_call", arguments: '{"city":"Oslo"}' });
  });

  it("gets embeddings, which it asks for as bytes", async () => {
    const { data, model } = await openai.embeddings.create({ model: "acme/letters", input: ["abc", "de"] });
    expect([model, data.map(({ embedding }) => embedding)]).toEqual([
      "acme/letters",
      [
        [3, 0.5],
        [2, 0.5],
      ],
    ]);
  });
});

describe("the word vectors that come with Patchbay", () => {
  const model = "word-vectors/english-100d";

  it("are an embeddings model of the openai client, once they are enabled", async () => {
    const enable = () => parts.owner.post("/api/orgs/default/plugins/patchbay.word-vectors/enable");
    await expect(openai.embeddings.create({ model, input: "harbour" })).rejects.toMatchObject({
      status: 404,
    });
    expect(await enable()).toMatchObject({ status: 200, body: { state: "enabled" } });
    expect(await openai.models.retrieve(model)).toMatchObject({ id: model });
    const input = ["Where is the doctor?", "The physician sees patients.", "Our train leaves at noon.", ""];
    const asBytes = await openai.embeddings.create({ model, input });
    const asNumbers = await openai.embeddings.create({ model, input, encoding_format: "float" });
    const [question, answer, other, nothing] = asNumbers.data.map(({ embedding }) => embedding);
    expect(asBytes.data.map(({ embedding }) => embedding.map((number) => number.toFixed(6)))).toEqual(
      asNumbers.data.map(({ embedding }) => embedding.map((number) => number.toFixed(6))),
    );
    expect(dot(question, answer)).toBeGreaterThan(dot(question, other) + 0.2);
    expect([nothing?.length, dot(nothing, nothing)]).toEqual([100, 0]);
    expect(asNumbers.usage).toEqual({ prompt_tokens: 13, total_tokens: 13 });
  });

  it("refuse what they cannot do in words", async () => {
    for (const [request, said] of [
      [{ model, input: "harbour", dimensions: 64 }, /100 dimensions/],
      [{ model, input: [1, 2, 3] }, /Send texts/],
    ] as const)
      await expect(openai.embeddings.create(request as OpenAI.EmbeddingCreateParams)).rejects.toThrow(said);
  });
});

describe("the anthropic client", () => {
  const asked = { model: "echo/echo", max_tokens: 100, messages: said("One two three.") };

  it("lists models", async () => {
    const ids = (await Array.fromAsync(anthropic.models.list())).map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(["echo/echo", "acme/slow"]));
  });

  it("has messages, whole and as a stream", async () => {
    const whole = await anthropic.messages.create(asked);
    expect(whole).toMatchObject({ model: "echo/echo", stop_reason: "end_turn", usage: { output_tokens: 3 } });
    expect(whole.content).toMatchObject([{ type: "text", text: "One two three." }]);
    const stream = anthropic.messages.stream(asked);
    const deltas: string[] = [];
    stream.on("text", (delta) => deltas.push(delta));
    expect((await stream.finalMessage()).usage.output_tokens).toBe(3);
    expect(deltas).toEqual(["One ", "two ", "three."]);
  });

  it("shows images, and gets output that fits a schema", async () => {
    const source = { type: "base64" as const, media_type: "image/png" as const, data: PIXEL };
    const seen = await anthropic.messages.create({
      ...asked,
      model: "acme/sees",
      messages: [{ role: "user", content: [{ type: "image", source }] }],
    });
    expect(seen.content).toMatchObject([{ type: "text", text: `image/png ${PIXEL.length}` }]);
    const fitting = await anthropic.messages.create({
      ...asked,
      messages: said("Oslo"),
      output_config: { format: { type: "json_schema", schema: SCHEMA } },
    });
    const [part] = fitting.content;
    expect(JSON.parse(part?.type === "text" ? part.text : "")).toEqual({ city: "Oslo" });
  });

  it("calls tools and hands back what they gave", async () => {
    const { parameters, ...words } = TOOL;
    const tools = [{ ...words, input_schema: parameters as { type: "object" } }];
    const first = await anthropic.messages.create({ ...asked, messages: said(CALL), tools });
    const [call] = first.content;
    expect([first.stop_reason, call]).toMatchObject([
      "tool_use",
      { name: "weather", input: { city: "Oslo" } },
    ]);
    const answered = await anthropic.messages.create({
      ...asked,
      tools,
      messages: [
        ...said(CALL),
        { role: "assistant", content: first.content },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: call?.type === "tool_use" ? call.id : "", content: "Rain." },
          ],
        },
      ],
    });
    expect(answered.content).toMatchObject([{ type: "text", text: "Rain." }]);
  });
});

describe("the AI SDK", () => {
  const providers = (): readonly [string, (model: string) => LanguageModel][] => {
    const settings = { baseURL: `${url}/v1`, apiKey: BOOTSTRAP_KEY };
    const compatible = createOpenAICompatible({
      ...settings,
      name: "patchbay",
      includeUsage: true,
      supportsStructuredOutputs: true,
    });
    return [
      ["openai responses", createOpenAI(settings)],
      ["openai chat", createOpenAI(settings).chat],
      [
        "open-responses",
        createOpenResponses({ name: "patchbay", url: `${url}/v1/responses`, apiKey: BOOTSTRAP_KEY }),
      ],
      ["openai-compatible", compatible],
      ["anthropic", createAnthropic(settings)],
    ];
  };

  it("speaks all three formats: text, streams, tools, fitting output and images", async () => {
    for (const [name, model] of providers()) {
      const echo = model("echo/echo");
      expect((await generateText({ model: echo, prompt: "One two." })).text, name).toBe("One two.");
      const { textStream, usage } = streamText({ model: echo, prompt: "One two three." });
      expect(await Array.fromAsync(textStream), name).toEqual(["One ", "two ", "three."]);
      expect((await usage).outputTokens, name).toBe(3);
      const { description, parameters } = TOOL;
      const tools = { weather: tool({ description, inputSchema: jsonSchema(parameters as object) }) };
      const called = await generateText({ model: echo, prompt: CALL, tools });
      expect(called.toolCalls, name).toMatchObject([{ toolName: "weather", input: { city: "Oslo" } }]);
      const image = { type: "image" as const, image: `data:image/png;base64,${PIXEL}` };
      const seen = await generateText({
        model: model("acme/sees"),
        messages: [{ role: "user", content: [{ type: "text", text: "Look" }, image] }],
      });
      expect(seen.text, name).toBe(`image/png ${PIXEL.length}`);
      const output = Output.object({ schema: jsonSchema<{ city: string }>(SCHEMA as object) });
      const fitting = await generateText({ model: echo, prompt: "Oslo", output });
      expect(fitting.output, name).toEqual({ city: "Oslo" });
    }
  }, 120_000);
});
