import { describe, expect, it } from "vitest";
import { saidFacts } from "./facts.ts";
import { readFacts } from "./question.ts";

const MESSAGES = [
  {
    id: "1",
    role: "user" as const,
    text: "I'm Ada, 36, and I can't stand loud restaurants. Ich wohne in Köln.",
  },
  { id: "2", role: "assistant" as const, text: "Noted: you are a vegetarian." },
];
const isKept = (text: string, quote: string, message = "1"): boolean =>
  saidFacts([{ text, quote, message }], MESSAGES).said.length === 1;

describe("facts that a model tells", () => {
  it("are kept where the quote has what they say", () => {
    expect(isKept("The user is Ada", "I'm Ada, 36")).toBe(true);
    expect(isKept("The user is 36", "I'm Ada, 36")).toBe(true);
    expect(isKept("The user can't stand loud restaurants", "I can't stand loud restaurants")).toBe(true);
    expect(isKept("Wohnt in Köln", "Ich wohne in Köln")).toBe(true);
  });

  it("are dropped where it does not, whatever else the quote is good for", () => {
    expect(isKept("The user is 37", "I'm Ada, 36")).toBe(false);
    expect(isKept("The user runs a bank", "I'm Ada, 36")).toBe(false);
    expect(isKept("The user is", "I'm Ada, 36")).toBe(false);
    expect(isKept("The user is Ada", "i'm ada")).toBe(false);
    expect(isKept("The user is a vegetarian", "you are a vegetarian", "2")).toBe(false);
  });

  it("are read with whatever stands around the JSON, and are never none where it cannot be read", () => {
    const fact = { fact: "F", message: "1", quote: "q" };
    const told = [{ text: "F", message: "1", quote: "q" }];
    expect(readFacts(`\`\`\`json\n${JSON.stringify({ facts: [fact], more: 1 })}\n\`\`\` Done.`)).toEqual({
      facts: told,
    });
    expect(readFacts(JSON.stringify({ facts: [{ ...fact, message: 1, why: "x" }] }))).toEqual({
      facts: told,
    });
    expect(readFacts(`{"facts":[]}`)).toEqual({ facts: [] });
    const many = JSON.stringify({ facts: Array.from({ length: 101 }, () => fact) });
    for (const wrong of [
      "",
      "None.",
      "{}",
      "[]",
      `{"facts":{}}`,
      `{"facts":[{}]}`,
      `{"facts":[{"fact":""}]}`,
      `{"facts":[`,
      "}{",
      many,
    ])
      expect(readFacts(wrong), wrong.slice(0, 40)).toEqual({ fault: expect.any(String) });
  });
});
