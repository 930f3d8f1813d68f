import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import type { AssistantPart } from "@patchbay/protocol";
import {
  APICallError,
  embedMany,
  generateText,
  isStepCount,
  jsonSchema,
  type LanguageModel,
  Output,
  streamText,
  tool,
} from "ai";
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
const models: Record<string, LanguageModel> = {};
beforeAll(async () => {
  // It knows no model of this name, and would say so at each call.
  globalThis.AI_SDK_LOG_WARNINGS = false;
  server = await startModelServer();
  const options = { apiKey: "key", baseURL: `${server.url}/v1` };
  const openai = createOpenAI(options);
  models["@ai-sdk/openai, responses"] = openai("some-model");
  models["@ai-sdk/openai, chat completions"] = openai.chat("some-model");
  const compatible = createOpenAICompatible({
    name: "local",
    ...options,
    includeUsage: true,
    supportsStructuredOutputs: true,
  });
  models["@ai-sdk/openai-compatible"] = compatible("some-model");
  models["@ai-sdk/anthropic"] = createAnthropic(options)("some-model");
});
afterAll(async () => server.stop());

const NAMES = [
  "@ai-sdk/openai, responses",
  "@ai-sdk/openai, chat completions",
  "@ai-sdk/openai-compatible",
  "@ai-sdk/anthropic",
];
const text = SAID.parts[0]?.type === "text" ? SAID.parts[0].text : "";
const lastRequest = () => server.requests.at(-1);
const providerOptions = { anthropic: { structuredOutputMode: "outputFormat" } } as const;

describe.each(NAMES)("ai with %s", (name) => {
  const ask = () => ({ model: models[name] as LanguageModel, maxRetries: 0, providerOptions });
  const weather = tool({
    description: "Tells the weather.",
    inputSchema: jsonSchema<{ city: string }>(WEATHER_SCHEMA as never),
    execute: async ({ city }) => `Rain in ${city}.`,
  });

  it("asks with an image and is answered", async () => {
    server.next(SAID);
    const answer = await generateText({
      ...ask(),
      instructions: "Be brief.",
      maxOutputTokens: 100,
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "What is this?" },
            { type: "file", mediaType: "image/png", data: Buffer.from(PIXEL, "base64") },
          ],
        },
      ],
    });
    expect(answer).toMatchObject({ text, finishReason: "stop", usage: { inputTokens: 20, outputTokens: 9 } });
    const request = lastRequest();
    expect(request).toMatchObject({ model: "some-model", maxOutputTokens: 100 });
    expect(request?.messages).toMatchObject([
      { parts: [{ type: "text", text: "Be brief." }] },
      {
        role: "user",
        parts: [
          { type: "text", text: "What is this?" },
          { type: "image", source: { type: "bytes", mediaType: "image/png", data: PIXEL } },
        ],
      },
    ]);
  });

  it("streams", async () => {
    server.next(SAID);
    const answer = streamText({ ...ask(), prompt: "Go on." });
    const deltas: string[] = [];
    for await (const delta of answer.textStream) deltas.push(delta);
    expect(deltas.length).toBeGreaterThan(5);
    expect(deltas.join("")).toBe(text);
    expect(await answer.finishReason).toBe("stop");
    expect(await answer.usage).toMatchObject({ inputTokens: 20, outputTokens: 9, totalTokens: 29 });
  });

  it.each([true, false])("calls tools and goes on with their results (streamed: %s)", async (streamed) => {
    server.next(CALLED);
    server.next(SAID);
    const options = {
      ...ask(),
      prompt: "Weather?",
      tools: { weather },
      toolChoice: "auto" as const,
      stopWhen: isStepCount(2),
    };
    const said = streamed ? await streamText(options).text : (await generateText(options)).text;
    expect(said).toBe(text);
    const [first, second] = server.requests.slice(-2);
    expect(first?.tools).toMatchObject([
      { name: "weather", description: "Tells the weather.", parameters: WEATHER_SCHEMA },
    ]);
    const spaceless = (part: AssistantPart) =>
      part.type === "tool_call" ? { ...part, arguments: JSON.stringify(JSON.parse(part.arguments)) } : part;
    const [, assistant, results] = second?.messages ?? [];
    expect(assistant?.role === "assistant" && assistant.parts.map(spaceless)).toEqual(CALLED.parts);
    expect(results).toEqual({
      role: "tool",
      parts: [
        { type: "tool_result", callId: "call_1", parts: [{ type: "text", text: "Rain in Oslo." }] },
        { type: "tool_result", callId: "call_2", parts: [{ type: "text", text: "Rain in Bergen." }] },
      ],
    });
  });

  it.each([true, false])("gets structured output (streamed: %s)", async (streamed) => {
    server.next(STRUCTURED);
    const output = Output.object({
      schema: jsonSchema<{ name: string; age: number }>(PERSON_SCHEMA as never),
    });
    const options = { ...ask(), prompt: "Who?", output };
    const person = streamed ? await streamText(options).output : (await generateText(options)).output;
    expect(person).toEqual({ name: "Ada", age: 36 });
    expect(lastRequest()?.output).toMatchObject({ type: "schema", schema: PERSON_SCHEMA });
  });

  it.each([true, false])("is told what was thought (streamed: %s)", async (streamed) => {
    server.next(THOUGHT);
    const options = { ...ask(), prompt: "Think." };
    const [said, thought] = streamed
      ? await (async () => {
          const answer = streamText(options);
          return [await answer.text, await answer.reasoningText];
        })()
      : await generateText(options).then((answer) => [answer.text, answer.reasoningText]);
    expect(said).toBe("It is 42.");
    // OpenAI's own models tell their reasoning in responses alone.
    expect(thought ?? "").toBe(name.endsWith("chat completions") ? "" : "Six times seven.");
  });

  it("learns that an answer was cut short", async () => {
    server.next(CUT_SHORT);
    expect(await generateText({ ...ask(), prompt: "Tell." })).toMatchObject({
      text: "And so",
      finishReason: "length",
    });
    server.next(CUT_SHORT);
    expect(await streamText({ ...ask(), prompt: "Tell." }).finishReason).toBe("length");
  });

  it("is told errors, before a stream and in it", async () => {
    server.next(REFUSED);
    const refused = await generateText({ ...ask(), prompt: "Hi" }).catch((error: unknown) => error);
    expect(APICallError.isInstance(refused) && refused.statusCode).toBe(429);
    expect(refused).toMatchObject({ message: expect.stringContaining("Too many.") });
    server.next(BROKEN);
    const errors: unknown[] = [];
    const answer = streamText({ ...ask(), prompt: "Hi", onError: ({ error }) => void errors.push(error) });
    const seen: string[] = [];
    for await (const part of answer.fullStream) if (part.type === "text-delta") seen.push(part.text);
    expect(seen.join("")).toBe("Half an ans");
    expect(JSON.stringify(errors) + String(errors[0])).toContain("The model's server broke.");
  });
});

describe("ai, embeddings", () => {
  it("gets one for each text", async () => {
    const options = { apiKey: "key", baseURL: `${server.url}/v1` };
    const compatible = createOpenAICompatible({ name: "local", ...options });
    for (const model of [createOpenAI(options).embedding("e"), compatible.embeddingModel("e")]) {
      const { embeddings, usage } = await embedMany({ model, values: ["a", "b"], maxRetries: 0 });
      expect(embeddings).toEqual([
        [0, 0.5, -0.25],
        [1, 0.5, -0.25],
      ]);
      expect(usage.tokens).toBe(7);
      expect(server.embeddings.at(-1)).toMatchObject({ model: "e", inputs: ["a", "b"] });
    }
  });
});
