import {
  type ChatEvent,
  ChatEvent as ChatEventSchema,
  gatherAnswer,
  MAX_ANSWER_LENGTH,
  MODEL_FORMATS,
  type ModelFormat,
  schemaErrors,
} from "@patchbay/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_OPEN_BLOCKS, MAX_UPSTREAM_EVENT_LENGTH } from "../limits.ts";
import { ModelFailure } from "../model-failure.ts";
import { answerOf } from "../testing/arbitrary-answers.ts";
import { changeOne } from "../testing/change-one.ts";
import { deltasOf, streamOf } from "../testing/deltas-of.ts";
import { FORMATS } from "./formats.ts";

const read = (name: ModelFormat, ...pieces: string[]): ChatEvent[] => {
  const reader = FORMATS[name].readEvents();
  return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
};
const data = (...values: unknown[]): string =>
  values.map((value) => `data: ${typeof value === "string" ? value : JSON.stringify(value)}\n\n`).join("");
const last = (events: readonly ChatEvent[]) => events.at(-1);
const failing = (code: string) => ({ type: "error", error: expect.objectContaining({ code }) });

const chunk = (delta: object, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta, finish_reason }],
});
const item = (output_index: number, more: object) => ({
  type: "response.output_item.added",
  output_index,
  item: more,
});
const block = (index: number, content_block: object) => ({
  type: "content_block_start",
  index,
  content_block,
});

/** An answer of "Hi" in each format, without its end and with. */
const BEGUN: Record<ModelFormat, unknown[]> = {
  "openai-chat": [chunk({ role: "assistant", content: "Hi" })],
  "openai-responses": [{ type: "response.output_text.delta", output_index: 0, delta: "Hi" }],
  "anthropic-messages": [
    block(0, { type: "text", text: "" }),
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hi" } },
  ],
};
const ENDED: Record<ModelFormat, unknown[]> = {
  "openai-chat": [chunk({}, "stop"), "[DONE]"],
  "openai-responses": [{ type: "response.completed", response: { status: "completed" } }],
  "anthropic-messages": [
    { type: "message_delta", delta: { stop_reason: "end_turn" } },
    { type: "message_stop" },
  ],
};
const JUNK = [
  null,
  0,
  "text",
  [],
  {},
  { type: 1 },
  { type: "unknown.event", deep: { a: [1] } },
  { choices: null },
  { choices: [null, 5] },
];
const OBJECTS = JUNK.filter((value) => typeof value === "object" && value !== null && !Array.isArray(value));

describe.each(MODEL_FORMATS)("an upstream of the format %s", (name) => {
  it("that sends what is not JSON, or no object, has failed", () => {
    for (const junk of ["{", "{'a': 1}", "undefined", "<html>", '"text"', "[]", "null", "1"]) {
      const events = read(name, data(...BEGUN[name], junk, ...ENDED[name]));
      expect(last(events), junk).toEqual(failing("malformed"));
      expect(gatherAnswer(events).ok).toBe(false);
    }
  });

  it("may send events of other types, comments, and lines of any kind", () => {
    const noise = `${data(...OBJECTS)}: comment\n\nevent: ping\nid: 7\nretry: 5\n\n`;
    const stream = [noise, data(...BEGUN[name]), noise, data(...ENDED[name])]
      .join("")
      .replaceAll("\n", "\r\n");
    const gathered = gatherAnswer(read(name, `\ufeff${stream}`));
    expect(gathered).toMatchObject({
      ok: true,
      value: { parts: [{ type: "text", text: "Hi" }], finish: "stop" },
    });
  });

  it("that ends without having said anything has given no answer", () => {
    expect(last(read(name, data(...ENDED[name])))).toEqual(failing("empty"));
    expect(last(read(name))).toEqual(failing("cut"));
    expect(last(read(name, "<html><body>502 Bad Gateway</body></html>"))).toEqual(failing("cut"));
  });

  it("is not listened to after the end", () => {
    const events = read(name, data(...BEGUN[name], ...ENDED[name], ...BEGUN[name], ...ENDED[name], "{"));
    expect(events.filter(({ type }) => type === "finish" || type === "error")).toHaveLength(1);
    expect(gatherAnswer(events)).toMatchObject({ ok: true, value: { parts: [{ text: "Hi" }] } });
  });

  it("is not held in memory without end: neither one event", { timeout: 60_000 }, () => {
    const reader = FORMATS[name].readEvents();
    const piece = "a".repeat(1024 * 1024);
    const events = reader.push('data: {"a":"');
    for (let length = 0; length <= MAX_UPSTREAM_EVENT_LENGTH + 1; length += piece.length)
      events.push(...reader.push(piece));
    expect(events).toEqual([failing("too_large")]);
    expect(reader.push(piece)).toEqual([]);
    expect(reader.end()).toEqual([]);
  });

  it("is not held in memory without end: nor a whole answer", { timeout: 60_000 }, () => {
    const text = "a".repeat(MAX_ANSWER_LENGTH / 4);
    const long = JSON.parse(JSON.stringify(BEGUN[name]).replace('"Hi"', JSON.stringify(text))) as unknown[];
    expect(
      last(read(name, data(...long), data(long.at(-1)), data(long.at(-1), long.at(-1)), data(long.at(-1)))),
    ).toEqual(failing("too_large"));
  });

  it("does whatever it likes without an exception or an event of another form", { timeout: 60_000 }, () => {
    const junk = fc.oneof(
      fc.constantFrom(...JUNK),
      fc.jsonValue({ maxDepth: 2 }),
      fc.constant(-1),
      fc.constant("x".repeat(5_000)),
    );
    fc.assert(
      fc.property(answerOf(name), fc.nat(), junk, (answer, place, value) => {
        const head = { id: "a", model: "m", createdAt: new Date(0) };
        const stream = streamOf(FORMATS[name].writeEvents(head), deltasOf(answer));
        const lines = stream.split("\n");
        const values = lines.filter((line) => line.startsWith("data: {"));
        const target = lines.indexOf(values[place % values.length] ?? "");
        const parsed: unknown = JSON.parse(lines[target]?.slice(6) ?? "{}");
        lines[target] = `data: ${JSON.stringify(changeOne(parsed, place, value))}`;
        const events = read(name, lines.join("\n"));
        for (const event of events) expect(schemaErrors(ChatEventSchema, event)).toEqual([]);
        expect(["finish", "error"]).toContain(last(events)?.type);
        const body = changeOne(FORMATS[name].writeAnswer(answer, head), place, value);
        try {
          FORMATS[name].readAnswer(body);
        } catch (error) {
          expect(error).toBeInstanceOf(ModelFailure);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("may nest its JSON as deep as it likes", () => {
    const deep = JSON.parse(`${'{"a":['.repeat(20_000)}${"]}".repeat(20_000)}`) as object;
    const text = `${'{"a":['.repeat(20_000)}${"]}".repeat(20_000)}`;
    expect(last(read(name, `data: ${text}\n\n`))).toEqual(failing("malformed"));
    const bodies = [
      { content: [{ type: "tool_use", id: "a", name: "f", input: deep }] },
      { choices: [{ message: { content: deep } }] },
      { output: [{ type: "message", content: deep }], error: deep },
    ];
    for (const body of bodies) expect(() => FORMATS[name].readAnswer(body)).toThrow(ModelFailure);
  });

  it("that answers with something else has failed", () => {
    for (const body of [
      undefined,
      null,
      "",
      "<html>",
      1,
      [],
      {},
      { choices: [] },
      { output: null },
      { content: "Hi" },
      { choices: [{ message: {} }] },
    ])
      expect(() => FORMATS[name].readAnswer(body), JSON.stringify(body)).toThrow(ModelFailure);
  });
});

describe("an upstream of chat completions", () => {
  const call = (more: object) => chunk({ tool_calls: [more] });
  const callsOf = (...chunks: unknown[]) => {
    const gathered = gatherAnswer(read("openai-chat", data(...chunks, chunk({}, "tool_calls"), "[DONE]")));
    return gathered.ok ? gathered.value.parts : gathered.error.code;
  };

  it("may leave gaps in the indexes of calls, mix their arguments, or give all the same index", () => {
    const begin = (index: number, id: string) => ({
      index,
      id,
      type: "function",
      function: { name: "f", arguments: "" },
    });
    const more = (index: number, text: string) => ({ index, function: { arguments: text } });
    const parts = [
      { type: "tool_call", id: "a", name: "f", arguments: "not JSON" },
      { type: "tool_call", id: "b", name: "f", arguments: "{}" },
    ];
    expect(
      callsOf(
        call(begin(3, "a")),
        call(begin(900, "b")),
        call(more(3, "not ")),
        call(more(900, "{}")),
        call(more(3, "JSON")),
      ),
    ).toEqual(parts);
    const whole = (id: string, text: string) => ({ index: 0, id, function: { name: "f", arguments: text } });
    expect(callsOf(call(whole("a", "not JSON")), call(whole("b", "{}")))).toEqual(parts);
  });

  it("has to name its calls; ids are made for those without", () => {
    expect(callsOf(call({ index: 0, id: "a", function: { arguments: "{}" } }))).toBe("malformed");
    expect(callsOf(call({ index: 0, function: { name: "f", arguments: "{}" } }))).toMatchObject([
      { id: expect.stringMatching(/^call_\w{32}$/), arguments: "{}" },
    ]);
  });

  it("has to say why it ends", () => {
    expect(last(read("openai-chat", data(chunk({ content: "Hi" }), "[DONE]")))).toEqual(failing("malformed"));
    expect(last(read("openai-chat", data(chunk({ content: "Hi" }, "stop"))))).toEqual(failing("cut"));
  });

  it("may tell an error in the place of the answer", () => {
    const failed = { index: 0, delta: { content: "" }, finish_reason: "error" };
    const told = { ...failed, error: { code: 502, message: "Oops" } };
    expect(
      last(read("openai-chat", data(chunk({ content: "Hi" }), { choices: [failed] }, "[DONE]"))),
    ).toEqual(failing("upstream_failed"));
    expect(last(read("openai-chat", data({ choices: [told] }, "[DONE]")))).toEqual({
      type: "error",
      error: { code: "upstream_failed", message: "Oops" },
    });
  });

  it("may tell an error in the stream", () => {
    const error = { message: "Slow down", type: "rate_limit_error", code: null };
    expect(last(read("openai-chat", data(chunk({ content: "Hi" }), { error })))).toEqual({
      type: "error",
      error: { code: "rate_limited", message: "Slow down" },
    });
  });
});

describe("an upstream of responses", () => {
  const completed = { type: "response.completed", response: { status: "completed" } };

  it("may tell whole items and no deltas, or the output in its last event alone", () => {
    const output = [
      { type: "message", content: [{ type: "output_text", text: "Hi" }] },
      { type: "function_call", call_id: "c", name: "f", arguments: "{}" },
    ];
    const parts = [
      { type: "text", text: "Hi" },
      { type: "tool_call", id: "c", name: "f", arguments: "{}" },
    ];
    const done = output.map((one, output_index) => ({
      type: "response.output_item.done",
      output_index,
      item: one,
    }));
    for (const stream of [
      [...done, completed],
      [{ type: "response.completed", response: { status: "completed", output } }],
    ])
      expect(gatherAnswer(read("openai-responses", data(...stream)))).toMatchObject({
        ok: true,
        value: { parts, finish: "tool_calls" },
      });
  });

  it("may not give arguments to a call that has not begun, nor open items without end", () => {
    const stray = { type: "response.function_call_arguments.delta", output_index: 4, delta: "{}" };
    expect(last(read("openai-responses", data(stray, completed)))).toEqual(failing("malformed"));
    const many = Array.from({ length: MAX_OPEN_BLOCKS + 2 }, (_, index) => item(index, { type: "message" }));
    expect(last(read("openai-responses", data(...many, completed)))).toEqual(failing("too_large"));
  });

  it("may fail in two ways", () => {
    const failed = {
      type: "response.failed",
      response: { error: { code: "server_error", message: "Oops" } },
    };
    expect(last(read("openai-responses", data(failed)))).toEqual({
      type: "error",
      error: { code: "upstream_failed", message: "Oops" },
    });
    const error = { type: "error", code: "rate_limit_exceeded", message: "Later" };
    expect(last(read("openai-responses", data(error)))).toEqual({
      type: "error",
      error: { code: "rate_limited", message: "Later" },
    });
  });
});

describe("an upstream of messages", () => {
  it("may tell an error, and has to say why it ends", () => {
    const error = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
    expect(last(read("anthropic-messages", data(error)))).toEqual({
      type: "error",
      error: { code: "overloaded", message: "Overloaded" },
    });
    expect(
      last(read("anthropic-messages", data(...BEGUN["anthropic-messages"], { type: "message_stop" }))),
    ).toEqual(failing("malformed"));
  });

  it("may not open blocks without end, and is not heard about blocks that are not open", () => {
    const many = Array.from({ length: MAX_OPEN_BLOCKS + 1 }, (_, index) =>
      block(index, { type: "text", text: "" }),
    );
    expect(last(read("anthropic-messages", data(...many)))).toEqual(failing("too_large"));
    const stray = { type: "content_block_delta", index: 7, delta: { type: "text_delta", text: "stray" } };
    const gathered = gatherAnswer(
      read("anthropic-messages", data(stray, ...BEGUN["anthropic-messages"], ...ENDED["anthropic-messages"])),
    );
    expect(gathered).toMatchObject({ ok: true, value: { parts: [{ type: "text", text: "Hi" }] } });
  });

  it("tells its usage at the start and at the end", () => {
    const start = {
      type: "message_start",
      message: {
        id: "msg_1",
        model: "m",
        usage: { input_tokens: 3, cache_read_input_tokens: 4, output_tokens: 1 },
      },
    };
    const events = read(
      "anthropic-messages",
      data(start, ...BEGUN["anthropic-messages"], {
        type: "message_delta",
        delta: {},
        usage: { output_tokens: 8 },
      }),
    );
    expect(events.filter(({ type }) => type === "usage")).toEqual([
      { type: "usage", usage: { inputTokens: 7, cachedInputTokens: 4, outputTokens: 1 } },
      { type: "usage", usage: { inputTokens: 7, cachedInputTokens: 4, outputTokens: 8 } },
    ]);
  });
});
