import type { ChatRequest } from "@patchbay/sdk";
import { createTestHarness } from "@patchbay/sdk/testing";
import { expect, test } from "vitest";
import plugin from "./plugin.ts";

const harness = createTestHarness(plugin);
const said = (text: string): Pick<ChatRequest, "messages"> => ({
  messages: [{ role: "user", parts: [{ type: "text", text }] }],
});
const TOOL = {
  name: "weather",
  parameters: {
    type: "object",
    properties: { city: { type: "string" }, days: { type: "integer" } },
    required: ["city"],
  },
};

test("repeats the last message word by word, and counts words", async () => {
  expect(await harness.chat("echo/echo", said("One  two\nthree"))).toEqual({
    model: "echo",
    parts: [{ type: "text", text: "One  two\nthree" }],
    finish: "stop",
    usage: { inputTokens: 3, outputTokens: 3 },
  });
  expect(await harness.chat("echo/echo", said(""))).toMatchObject({ parts: [], finish: "stop" });
});

test("says no more than it may", async () => {
  const cut = await harness.chat("echo/echo", { ...said("One two three"), maxOutputTokens: 2 });
  expect(cut).toMatchObject({ parts: [{ text: "One two " }], finish: "length" });
});

test("calls tools that it is told to call, and repeats what they gave", async () => {
  const tools = [TOOL];
  const told = await harness.chat("echo/echo", { ...said('call weather {"city":"Oslo"}'), tools });
  expect(told).toMatchObject({
    finish: "tool_calls",
    parts: [{ name: "weather", arguments: '{"city":"Oslo"}' }],
  });
  const demanded = await harness.chat("echo/echo", { ...said("Oslo"), tools, toolChoice: "required" });
  expect(demanded.parts).toMatchObject([{ type: "tool_call", arguments: '{"city":"Oslo"}' }]);
  const forbidden = await harness.chat("echo/echo", { ...said("call weather"), tools, toolChoice: "none" });
  expect(forbidden.parts).toEqual([{ type: "text", text: "call weather" }]);
  const messages: ChatRequest["messages"] = [
    ...said("call weather").messages,
    { role: "assistant", parts: [{ type: "tool_call", id: "1", name: "weather", arguments: "{}" }] },
    { role: "tool", parts: [{ type: "tool_result", callId: "1", parts: [{ type: "text", text: "Rain." }] }] },
  ];
  expect((await harness.chat("echo/echo", { messages, tools })).parts).toEqual([
    { type: "text", text: "Rain." },
  ]);
});

test("fits a schema, also one that contains itself", async () => {
  const schema = {
    type: "object",
    required: ["name", "child", "kind", "tags", "count"],
    properties: {
      name: { type: "string" },
      child: { anyOf: [{ type: "null" }, { $ref: "#" }] },
      kind: { enum: ["a", "b"] },
      tags: { type: "array", minItems: 1, items: { type: "string", maxLength: 2 } },
      count: { type: "integer", minimum: 3 },
    },
  };
  const answer = await harness.chat("echo/echo", { ...said("Oslo"), output: { type: "schema", schema } });
  const [part] = answer.parts;
  expect(JSON.parse(part?.type === "text" ? part.text : "")).toEqual({
    name: "Oslo",
    child: null,
    kind: "a",
    tags: ["Os"],
    count: 3,
  });
  const endless = { type: "object", required: ["self"], properties: { self: { $ref: "#" } } };
  expect(
    (await harness.chat("echo/echo", { ...said(""), output: { type: "schema", schema: endless } })).finish,
  ).toBe("stop");
});

test("says that it is no language model, where it is asked for a guide", async () => {
  const [part] = (await harness.chat("echo/guide", said("Hello"))).parts;
  expect(part).toMatchObject({ type: "text", text: expect.stringMatching(/no language model[\s\S]*Hello$/) });
});
