import type { ChatEvent } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import {
  AnswerTally,
  believed,
  estimateInput,
  type ModelRequest,
  mostOf,
  NOTHING,
  untold,
} from "./used-tokens.ts";

const ASKED: ModelRequest = {
  kind: "chat",
  request: { model: "a/b", messages: [{ role: "user", parts: [{ type: "text", text: "Hi" }] }] },
};
const INPUT = estimateInput(ASKED);
const usage = (inputTokens: number, outputTokens: number): ChatEvent => ({
  type: "usage",
  usage: { inputTokens, outputTokens },
});
const text = (length: number): ChatEvent => ({ type: "text", text: "x".repeat(length) });
const usedOf = (events: readonly ChatEvent[], code: string | null) => {
  const tally = new AnswerTally(ASKED);
  for (const event of events) tally.add(event);
  return tally.used(code);
};

describe("what a provider tells", () => {
  it.each([
    undefined,
    null,
    "much",
    {},
    { inputTokens: 1 },
    { inputTokens: -1, outputTokens: 1 },
    { inputTokens: 1, outputTokens: Number.NaN },
    { inputTokens: 1, outputTokens: 1e308 },
    { inputTokens: Number.POSITIVE_INFINITY, outputTokens: 1 },
    { inputTokens: 1.5, outputTokens: 1 },
    { inputTokens: 1e9, outputTokens: 1 },
    { inputTokens: "1", outputTokens: 1 },
    { inputTokens: 1n, outputTokens: 1 },
  ])("is not believed where it cannot be true: %o", (told) => {
    expect(believed(told)).toBeNull();
  });

  it("is believed as far as its parts are no more than the whole", () => {
    const told = { inputTokens: 5, outputTokens: 3, cachedInputTokens: 9, reasoningTokens: -2 };
    expect(believed(told)).toEqual({ input: 5, cachedInput: 5, output: 3, reasoning: 0, isEstimate: false });
  });
});

describe("what an answer took", () => {
  it("is what was told last of one that is whole, whatever its text is", () => {
    expect(usedOf([usage(4, 1), text(4_000), usage(4, 6)], null)).toMatchObject({
      input: 4,
      output: 6,
      isEstimate: false,
    });
  });

  it("is estimated where nothing was told, or nothing that can be true", () => {
    const estimate = { input: INPUT, output: 2, isEstimate: true };
    expect(usedOf([text(8)], null)).toMatchObject(estimate);
    expect(usedOf([text(8), usage(-1, 1e308)], null)).toMatchObject(estimate);
    const parts: ChatEvent[] = [
      { type: "reasoning", text: "x".repeat(8) },
      { type: "refusal", text: "No.." },
      { type: "tool_call", id: "1", name: "tool" },
      { type: "tool_call_arguments", id: "1", text: '{"a":1}.' },
      { type: "tool_call_end", id: "1" },
    ];
    expect(usedOf(parts, null)).toMatchObject({ output: 6, reasoning: 2, isEstimate: true });
  });

  it("is estimated where zero was told of what was not nothing", () => {
    expect(usedOf([text(8), usage(0, 0)], null)).toMatchObject({ input: INPUT, output: 2, isEstimate: true });
    expect(usedOf([text(8), usage(4, 0)], null)).toMatchObject({ input: 4, output: 2, isEstimate: true });
    expect(usedOf([text(8), usage(0, 9)], null)).toMatchObject({ input: INPUT, output: 9, isEstimate: true });
    expect(usedOf([usage(4, 0)], null)).toMatchObject({ input: 4, output: 0, isEstimate: false });
  });

  it("is the input as told and the text so far of one that was left, or broke off", () => {
    expect(usedOf([usage(4, 1), text(400)], "cancelled")).toMatchObject({
      input: 4,
      output: 100,
      isEstimate: true,
    });
    expect(usedOf([usage(4, 9), text(8)], "cut")).toMatchObject({ input: 4, output: 9, isEstimate: false });
    expect(usedOf([], "timeout")).toMatchObject({ input: INPUT, output: 0, isEstimate: true });
  });

  it("is nothing of one that was refused, unless usage or text was told", () => {
    expect(usedOf([], "rate_limited")).toEqual(NOTHING);
    expect(usedOf([usage(4, 0)], "content_filter")).toMatchObject({ input: 4, isEstimate: false });
    expect(usedOf([text(8)], "upstream_failed")).toMatchObject({ input: INPUT, output: 2 });
  });
});

describe("what was not seen of a whole answer", () => {
  it("is what can have been written meanwhile, while the model was at it", () => {
    expect(untold(ASKED, "cancelled", 10_000)).toMatchObject({ input: INPUT, output: 500, isEstimate: true });
    expect(untold(ASKED, "timeout", 1e9)).toMatchObject({ output: 8_192 });
    expect(untold(ASKED, null, 10_000)).toMatchObject({ input: INPUT, output: 0 });
    const streamed = { kind: "chat", request: { ...ASKED.request, stream: true } } as ModelRequest;
    expect(untold(streamed, "cancelled", 10_000)).toMatchObject({ input: INPUT, output: 0 });
    for (const code of ["key_refused", "overloaded", "forbidden", "internal"])
      expect(untold(ASKED, code, 10_000)).toEqual(NOTHING);
  });
});

describe("the most that a call may take", () => {
  it("is its input and the longest answer, within reason", () => {
    expect(mostOf(ASKED)).toMatchObject({ input: INPUT, output: 8_192 });
    const longest = { ...ASKED.request, maxOutputTokens: 1e308 } as Extract<
      ModelRequest,
      { kind: "chat" }
    >["request"];
    expect(mostOf({ kind: "chat", request: longest }).output).toBe(100_000_000);
    const inputs = ["x".repeat(8), [1, 2, 3]];
    expect(mostOf({ kind: "embeddings", request: { model: "a/b", inputs } })).toMatchObject({
      input: 5,
      output: 0,
    });
  });
});
