import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ModelServer, startModelServer } from "../packages/models/src/testing/model-server.ts";
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
} from "../packages/models/src/testing/scripts.ts";
import { expectEvents, expectFailure, expectResponse } from "./support/open-responses.ts";
import { startOrganization, type TestOrganization } from "./support/organization.ts";
import { BOOTSTRAP_KEY } from "./support/server.ts";

const PLUGIN = "/api/orgs/default/plugins/patchbay.openai";

let parts: TestOrganization;
let upstream: ModelServer;

beforeAll(async () => {
  parts = await startOrganization({ PATCHBAY_EGRESS_ALLOW_PRIVATE: "127.0.0.1" });
  upstream = await startModelServer();
  expect((await parts.owner.post(`${PLUGIN}/enable`)).status).toBe(200);
  const settings = {
    openai: { url: `${upstream.url}/v1`, key: "sk" },
    vllm: { url: `${upstream.url}/v1`, api: "responses" },
  };
  expect((await parts.owner.put(`${PLUGIN}/settings`, settings)).status).toBe(200);
  const rules = await parts.owner.put("/api/orgs/default/models/rules", { retries: 0 });
  expect(rules.status).toBe(200);
});
afterAll(async () => {
  await upstream?.stop();
  await parts?.stop();
});

const message = (role: string, content: unknown) => ({ type: "message", role, content });
const ask = (body: object, more: object = {}) =>
  fetch(`${parts.server.url}/v1/responses`, {
    method: "POST",
    headers: { authorization: `Bearer ${BOOTSTRAP_KEY}`, "content-type": "application/json" },
    body: JSON.stringify({ ...body, ...more }),
  });
const whole = async (body: object) => {
  const answer = await ask(body);
  expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
  const told = await answer.json();
  expect(answer.status, JSON.stringify(told)).toBe(200);
  return expectResponse(told);
};
const streamed = async (body: object) => {
  const answer = await ask(body, { stream: true });
  expect(answer.headers.get("content-type")).toMatch(/^text\/event-stream/);
  return expectEvents(await answer.text());
};
const refused = async (body: object, status: number) => {
  const answer = await ask(body);
  expect(answer.status).toBe(status);
  return expectFailure(await answer.json()).error;
};

const TOOL = { type: "function", name: "weather", parameters: WEATHER_SCHEMA };
const typesOf = (events: readonly { type: string }[]): string[] => [
  ...new Set(events.map(({ type }) => type)),
];

describe.each(["openai/one", "vllm/one"])("Open Responses, of %s", (model) => {
  const asked = { model, input: [message("user", "What is six times seven?")] };
  const lastMessages = () => upstream.requests.at(-1)?.messages.map(({ role }) => role);

  it("answers a text with a response that has every field", async () => {
    upstream.next(SAID);
    const told = await whole(asked);
    expect(told).toMatchObject({ status: "completed", model, error: null, incomplete_details: null });
    expect(told.completed_at).toBeGreaterThanOrEqual(told.created_at);
    expect(told.output).toMatchObject([
      { type: "message", status: "completed", content: [{ type: "output_text" }] },
    ]);
    upstream.next(SAID);
    expect((await whole({ model, input: "What is six times seven?" })).status).toBe("completed");
  });

  it("repeats what was asked for", async () => {
    upstream.next(SAID);
    const set = {
      temperature: 0.5,
      top_p: 0.9,
      presence_penalty: 0.25,
      frequency_penalty: -0.5,
      max_output_tokens: 64,
      parallel_tool_calls: false,
      tool_choice: "none",
      metadata: { topic: "sums" },
      reasoning: { effort: "low", summary: "concise" },
      store: false,
    };
    const told = await whole({ ...asked, ...set, tools: [TOOL] });
    expect(told).toMatchObject(set);
    expect(told.tools).toEqual([{ ...TOOL, description: null, strict: false }]);
  });

  it("streams a text in the order of its states, and ends with what a whole answer is", async () => {
    upstream.next(SAID);
    const events = await streamed(asked);
    expect(typesOf(events)).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.content_part.added",
      "response.output_text.delta",
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.completed",
    ]);
    const deltas = events.filter(({ type }) => type === "response.output_text.delta");
    expect(deltas.length).toBeGreaterThan(1);
    const text = deltas.map(({ delta }) => delta).join("");
    expect(events.find(({ type }) => type === "response.output_text.done")?.text).toBe(text);
    const { response } = events.at(-1);
    expect(response.output[0].content[0].text).toBe(text);
    expect(events[0].response).toMatchObject({ status: "in_progress", output: [], completed_at: null });
    expect(response.id).toBe(events[0].response.id);
    // All that is told of the item is told of the one that came.
    expect(new Set(events.flatMap(({ item_id: id }) => id ?? []))).toEqual(new Set([response.output[0].id]));
  });

  it("hears what the system and the developer say", async () => {
    for (const role of ["system", "developer"]) {
      upstream.next(SAID);
      await whole({ ...asked, input: [message(role, "Answer like a pirate."), ...asked.input] });
      expect(lastMessages()?.at(-1)).toBe("user");
      expect(JSON.stringify(upstream.bodies.at(-1))).toContain("pirate");
    }
    upstream.next(SAID);
    await whole({ ...asked, instructions: "Answer like a sailor." });
    expect(JSON.stringify(upstream.bodies.at(-1))).toContain("sailor");
  });

  it("hears a conversation of several turns", async () => {
    upstream.next(SAID);
    await whole({
      model,
      input: [
        message("user", [{ type: "input_text", text: "My name is Ada." }]),
        message("assistant", [{ type: "output_text", text: "Hello, Ada.", annotations: [] }]),
        message("user", "What is my name?"),
      ],
    });
    expect(lastMessages()).toEqual(["user", "assistant", "user"]);
  });

  it("calls tools, whole and as a stream, and takes what they gave", async () => {
    upstream.next(CALLED);
    const told = await whole({ ...asked, tools: [{ ...TOOL, description: "Tells the weather." }] });
    const calls = told.output.filter(({ type }: { type: string }) => type === "function_call");
    expect(calls).toMatchObject([
      { name: "weather", call_id: "call_1", status: "completed" },
      { name: "weather", call_id: "call_2", status: "completed" },
    ]);
    expect(JSON.parse(calls[0].arguments)).toEqual({ city: "Oslo", days: 2 });
    upstream.next(CALLED);
    const events = await streamed({
      ...asked,
      tools: [TOOL],
      tool_choice: { type: "function", name: "weather" },
    });
    const added = events.filter(
      ({ type, item }) => type === "response.output_item.added" && item.type === "function_call",
    );
    expect(added.map(({ item }) => item.status)).toEqual(["in_progress", "in_progress"]);
    for (const { item } of added) {
      const own = events.filter(({ item_id: id }) => id === item.id);
      const text = own.flatMap(({ delta }) => delta ?? []).join("");
      expect(own.at(-1)).toMatchObject({ type: "response.function_call_arguments.done", arguments: text });
      expect(JSON.parse(text)).toHaveProperty("city");
    }
    upstream.next(SAID);
    const results = calls.map(({ call_id }: { call_id: string }) => ({
      type: "function_call_output",
      call_id,
      output: "Rain.",
    }));
    const next = { ...asked, tools: [TOOL], input: [...asked.input, ...told.output, ...results] };
    expect((await whole(next)).status).toBe("completed");
    expect(lastMessages()).toEqual(["user", "assistant", "tool"]);
  });

  it("sees images", async () => {
    upstream.next(SAID);
    const image = { type: "input_image", image_url: `data:image/png;base64,${PIXEL}`, detail: "low" };
    await whole({ model, input: [message("user", [{ type: "input_text", text: "What is it?" }, image])] });
    expect(JSON.stringify(upstream.bodies.at(-1))).toContain(PIXEL);
  });

  it("answers in a form that is asked for", async () => {
    upstream.next(STRUCTURED);
    const format = { type: "json_schema", name: "person", schema: PERSON_SCHEMA };
    const told = await whole({ ...asked, text: { format } });
    expect(told.text.format).toMatchObject({ ...format, description: null, strict: false });
    expect(JSON.parse(told.output[0].content[0].text)).toEqual({ name: "Ada", age: 36 });
  });

  it("thinks in items of their own", async () => {
    upstream.next(THOUGHT);
    const events = await streamed({ ...asked, reasoning: { effort: "high", summary: "auto" } });
    const { response } = events.at(-1);
    expect(response.output.map(({ type }: { type: string }) => type)).toEqual(["reasoning", "message"]);
    upstream.next(THOUGHT);
    expect((await whole(asked)).output).toMatchObject([{ type: "reasoning" }, { type: "message" }]);
  });

  it("says what was cut short, whole and as a stream", async () => {
    const state = { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } };
    upstream.next(CUT_SHORT);
    expect(await whole({ ...asked, max_output_tokens: 16 })).toMatchObject(state);
    upstream.next(CUT_SHORT);
    const last = (await streamed({ ...asked, max_output_tokens: 16 })).at(-1);
    expect(last).toMatchObject({ type: "response.incomplete", response: state });
  });

  it("says what failed: before an answer, and in a stream with a response that has failed", async () => {
    upstream.next(REFUSED);
    expect(await refused(asked, 429)).toMatchObject({
      code: "rate_limit_exceeded",
      message: expect.any(String),
    });
    upstream.next(BROKEN);
    const events = await streamed(asked);
    expect(typesOf(events).slice(-2)).toEqual(["error", "response.failed"]);
    expect(events.at(-1).response).toMatchObject({ status: "failed", error: { code: expect.any(String) } });
  });

  it("goes on from an answer that is kept, and keeps none that it is told not to", async () => {
    upstream.next(SAID);
    const first = await whole(asked);
    expect(first.store).toBe(true);
    upstream.next(SAID);
    const second = await whole({ ...asked, previous_response_id: first.id, store: false });
    expect(second).toMatchObject({ previous_response_id: first.id, store: false });
    expect(lastMessages()).toEqual(["user", "assistant", "user"]);
    const gone = await refused({ ...asked, previous_response_id: second.id }, 400);
    expect(gone.code).toBe("previous_response_not_found");
  });
});

it("wrong requests are refused with the name of the field", async () => {
  const model = "openai/one";
  for (const [body, param] of [
    [{ model }, "input"],
    [{ model, input: [] }, "input"],
    [{ model, input: [message("nobody", "Hi")] }, "role"],
    [{ model, input: "Hi", temperature: "warm" }, "temperature"],
    [{ model, input: "Hi", tools: [{ type: "web_search" }] }, "tools"],
    [{ input: "Hi" }, "model"],
  ] as const)
    expect((await refused(body, 400)).message).toContain(param);
  await refused({ model: "nobody/none", input: "Hi" }, 404);
});
