import type { ChatEvent } from "@patchbay/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ChunkTranslator } from "../openai-chat/events-in.ts";
import { SseEventReader } from "./event-reading.ts";
import { RepeatedText } from "./repeated-text.ts";

const chunk = (delta: object, more: object = {}): string =>
  JSON.stringify({ id: "c", model: "m", choices: [{ index: 0, delta, finish_reason: null }], ...more });

/** What each event comes to when all are parsed, and when those that are repeated are not. */
const both = (events: readonly string[]): { parsed: ChatEvent[]; read: ChatEvent[] } => {
  const translator = new ChunkTranslator();
  const reader = new SseEventReader(new ChunkTranslator());
  return {
    parsed: events.flatMap((data) => translator.take(JSON.parse(data))),
    read: events.flatMap((data) => reader.push(`data: ${data}\n\n`)),
  };
};

const said = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.string({ unit: "grapheme", maxLength: 8 }),
  fc.constantFrom('"', "\\", '"}', '","x":"', "m", "c", "\u2028", "\n", "\ud800", " ", "content"),
);
const events = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: said.map((content) => chunk({ content })) },
    said.map((content) => chunk({ content, reasoning_content: content })),
    said.map((content) => chunk({ content: [{ type: "text", text: content }] })),
    said.map((refusal) => chunk({ refusal })),
    said.map((content) => chunk({ content }, { usage: { prompt_tokens: 1, completion_tokens: 2 } })),
    said.map((content) => chunk({ content }, { note: content })),
    fc.constantFrom(chunk({}), chunk({ content: null }), chunk({ content: 7 })),
  ),
  { maxLength: 30 },
);

describe("events that are the same but for their text", () => {
  it("come to what they come to when they are parsed, whatever comes between", () => {
    fc.assert(
      fc.property(events, (given) => {
        const { parsed, read } = both(given);
        expect(read).toEqual(parsed);
      }),
      { numRuns: 300 },
    );
  });

  const learned = (): RepeatedText => {
    const repeated = new RepeatedText();
    for (const content of ["one", "two"])
      repeated.learn(chunk({ content }), [{ type: "text", text: content }]);
    return repeated;
  };

  it("are read without being parsed from the third on", () => {
    const repeated = new RepeatedText();
    repeated.learn(chunk({ content: "one" }), [{ type: "text", text: "one" }]);
    expect(repeated.textIn(chunk({ content: "two" }))).toBeUndefined();
    expect(learned().textIn(chunk({ content: 'thr"ee\n' }))).toBe('thr"ee\n');
  });

  it.each([
    ["another event", chunk({ content: "x" }, { error: "no" })],
    ["something else at the place of the text", chunk({ content: 7 })],
    ["an empty text", chunk({ content: "" })],
    ["a text that is none", chunk({ content: "x" }).replace('"x"', '"x\u0001"')],
    ["a text with more behind it", chunk({ content: "x" }).replace('"x"', '"x","role":"y"')],
    ["an event that breaks off", chunk({ content: "x" }).slice(0, -4)],
    ["what overlaps", chunk({ content: "x" }).replace('"x"', '"')],
  ])("are parsed where there is %s", (_what, data) => {
    expect(learned().textIn(data)).toBeUndefined();
  });

  it("are parsed anew after another one, whose like they may not be", () => {
    const repeated = learned();
    repeated.learn(chunk({ tool_calls: [] }), []);
    expect(repeated.textIn(chunk({ content: "three" }))).toBeUndefined();
  });

  it("are parsed where it is not clear which text was told", () => {
    const repeated = new RepeatedText();
    for (const content of ["m", "m"]) repeated.learn(chunk({ content }), [{ type: "text", text: content }]);
    expect(repeated.textIn(chunk({ content: "three" }))).toBeUndefined();
  });
});
