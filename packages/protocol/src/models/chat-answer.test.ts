import { describe, expect, it } from "vitest";
import { MAX_ANSWER_LENGTH, MAX_ANSWER_PARTS } from "../limits.ts";
import { schemaErrors } from "../validate-manifest.ts";
import { ChatAnswer, gatherAnswer } from "./chat-answer.ts";
import { ChatEvent } from "./chat-event.ts";

const finish: ChatEvent = { type: "finish", reason: "stop" };

describe("the events of a model", () => {
  it("come to an answer with its parts in the order in which they were begun", () => {
    const events: ChatEvent[] = [
      { type: "start", id: "a1", model: "m" },
      { type: "reasoning", text: "Let me " },
      { type: "reasoning", text: "see." },
      { type: "reasoning_end", signature: "s1" },
      { type: "reasoning_end", redacted: "r1" },
      { type: "text", text: "Look" },
      { type: "text", text: "ing." },
      { type: "tool_call", id: "c1", name: "find" },
      { type: "tool_call", id: "c2", name: "read" },
      { type: "tool_call_arguments", id: "c2", text: "{}" },
      { type: "tool_call_arguments", id: "c1", text: '{"a":' },
      { type: "tool_call_arguments", id: "c1", text: "1}" },
      { type: "tool_call_end", id: "c1" },
      { type: "usage", usage: { inputTokens: 1, outputTokens: 1 } },
      { type: "usage", usage: { inputTokens: 1, outputTokens: 9 } },
      { type: "finish", reason: "tool_calls" },
    ];
    const gathered = gatherAnswer(events);
    expect(gathered).toEqual({
      ok: true,
      value: {
        id: "a1",
        model: "m",
        parts: [
          { type: "reasoning", text: "Let me see.", signature: "s1" },
          { type: "reasoning", text: "", redacted: "r1" },
          { type: "text", text: "Looking." },
          { type: "tool_call", id: "c1", name: "find", arguments: '{"a":1}' },
          { type: "tool_call", id: "c2", name: "read", arguments: "{}" },
        ],
        finish: "tool_calls",
        usage: { inputTokens: 1, outputTokens: 9 },
      },
    });
    expect(gathered.ok && schemaErrors(ChatAnswer, gathered.value)).toEqual([]);
  });

  it("ignore what belongs to a call that never began, began before or has ended", () => {
    const gathered = gatherAnswer([
      { type: "tool_call_arguments", id: "c0", text: "lost" },
      { type: "tool_call", id: "c1", name: "find" },
      { type: "tool_call_end", id: "c1" },
      { type: "tool_call_arguments", id: "c1", text: "late" },
      { type: "tool_call", id: "c1", name: "again" },
      finish,
    ]);
    const call = { type: "tool_call", id: "c1", name: "find", arguments: "" };
    expect(gathered).toMatchObject({ ok: true, value: { parts: [call] } });
  });

  it("are no answer without an end, nor after an error", () => {
    const text: ChatEvent = { type: "text", text: "Half" };
    expect(gatherAnswer([text])).toMatchObject({ ok: false, error: { code: "cut" } });
    const error = { code: "overloaded", message: "Later." } as const;
    expect(gatherAnswer([text, { type: "error", error }, finish])).toEqual({ ok: false, error });
  });

  it("are given up when they have no end", () => {
    const long: ChatEvent = { type: "text", text: "a".repeat(MAX_ANSWER_LENGTH / 2) };
    const tooLarge = { ok: false, error: { code: "too_large" } };
    expect(gatherAnswer([long, long, { type: "text", text: "b" }, finish])).toMatchObject(tooLarge);
    const calls = Array.from(
      { length: MAX_ANSWER_PARTS + 1 },
      (_, index): ChatEvent => ({ type: "tool_call", id: `c${index}`, name: "f" }),
    );
    expect(gatherAnswer([...calls, finish])).toMatchObject(tooLarge);
  });

  it("have one form: others are refused", () => {
    const others = [
      { type: "text" },
      { type: "text", text: "a", more: 1 },
      { type: "finish", reason: "because" },
      { type: "tool_call", id: "", name: "f" },
      { type: "usage", usage: { inputTokens: -1, outputTokens: 0 } },
      { type: "error", error: { code: "oops", message: "" } },
      { type: "shout", text: "a" },
      null,
    ];
    for (const other of others) expect(schemaErrors(ChatEvent, other), JSON.stringify(other)).not.toEqual([]);
  });
});
