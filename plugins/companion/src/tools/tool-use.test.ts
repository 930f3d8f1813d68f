import type { InvocableTool } from "@patchbay/sdk/ui";
import { describe, expect, it } from "vitest";
import type { Message } from "../parts.ts";
import {
  argumentsOf,
  idOf,
  modelTool,
  named,
  onlyAnswered,
  REFUSED,
  resultOf,
  resultText,
  shownArguments,
  type ToolCall,
  wasRefused,
} from "./tool-use.ts";

const tool = (id: string): InvocableTool => ({ id, description: "Does it." });
const call = (id: string, given = "{}"): ToolCall => ({ type: "tool_call", id, name: "x", arguments: given });
const user: Message = { role: "user", parts: [{ type: "text", text: "Hi" }] };

describe("tools as models know them", () => {
  it("have names of letters, digits, lines and hyphens, each its own", () => {
    const long = `acme.${"long".repeat(20)}/run`;
    const names = named([tool("acme.geo/locate"), tool("acme.geo.locate"), tool(long), tool(`${long}2`)]);
    expect(names.map(({ name }) => name).slice(0, 2)).toEqual(["acme_geo_locate", "acme_geo_locate_2"]);
    expect(new Set(names.map(({ name }) => name)).size).toBe(4);
    for (const { name } of names) expect(name).toMatch(/^[\w-]{1,64}$/);
  });

  it("are shown by their ids again, where it is certain which one is meant", () => {
    const tools = [tool("acme.geo/locate"), tool("acme.geo/find"), tool("acme.geo.find")];
    expect(idOf("acme_geo_locate", tools)).toBe("acme.geo/locate");
    expect(idOf("acme_geo_find", tools)).toBe("acme_geo_find");
    expect(idOf("acme_gone_run", tools)).toBe("acme_gone_run");
  });

  it("take an object where the plugin says nothing of their input", () => {
    expect(modelTool({ name: "a", tool: { ...tool("a/b"), title: "B" } })).toEqual({
      name: "a",
      description: "B. Does it.",
      parameters: { type: "object" },
    });
  });
});

describe("what a tool is given, and answers", () => {
  it("is JSON, and nothing is an object without members", () => {
    expect(argumentsOf(call("1", '{"a":1}'))).toEqual({ input: { a: 1 } });
    expect(argumentsOf(call("1", " "))).toEqual({ input: {} });
    expect(argumentsOf(call("1", "{"))).toBeUndefined();
  });

  it("is shown as the tool gets it, with what would not be seen or seen elsewhere", () => {
    expect(shownArguments(call("1", ' {"to":"a",\n\n\n"to":"b"} '))).toBe('{\n "to": "b"\n}');
    expect(shownArguments(call("1", '"\u202e001\u200b"'))).toBe('"\\u{202e}001\\u{200b}"');
    expect(shownArguments(call("1", ""))).toBe("{}");
  });

  it("is told the model as a text that is not too long, and as a failure where it is one", () => {
    expect(resultText(resultOf(call("1"), { value: { a: 1 } }))).toBe('{"a":1}');
    expect(resultText(resultOf(call("1"), { value: undefined }))).toBe("null");
    expect(resultText(resultOf(call("1"), { value: "x".repeat(20_000) }))).toHaveLength(16_008);
    expect(resultOf(call("1"), { failure: "No." })).toMatchObject({ callId: "1", isError: true });
  });

  it("is told apart from what the person has not allowed", () => {
    expect(wasRefused(resultOf(call("1"), { failure: REFUSED }))).toBe(true);
    expect(wasRefused(resultOf(call("1"), { failure: "No." }))).toBe(false);
    expect(wasRefused(resultOf(call("1"), { value: REFUSED }))).toBe(false);
  });
});

describe("a conversation that a model is asked to go on with", () => {
  it("has every call with its result, and no other calls", () => {
    const asked: Message = {
      role: "assistant",
      parts: [{ type: "text", text: "Let me see." }, call("1"), call("2")],
    };
    const result: Message = {
      role: "tool",
      parts: [resultOf(call("1"), { value: 1 }), resultOf(call("3"), { value: 1 })],
    };
    expect(onlyAnswered([user, asked, result])).toEqual([
      user,
      { role: "assistant", parts: [{ type: "text", text: "Let me see." }, call("1")] },
      { role: "tool", parts: [resultOf(call("1"), { value: 1 })] },
    ]);
    expect(onlyAnswered([user, { role: "assistant", parts: [call("1")] }])).toEqual([user]);
  });

  it("has no call without a result of its own, where a model counts anew in each answer", () => {
    const asked: Message = { role: "assistant", parts: [call("1")] };
    const result: Message = { role: "tool", parts: [resultOf(call("1"), { value: 1 })] };
    expect(onlyAnswered([user, asked, result, user, asked, user])).toEqual([user, asked, result, user, user]);
    expect(onlyAnswered([user, asked, user, asked, result])).toEqual([user, user, asked, result]);
  });
});
