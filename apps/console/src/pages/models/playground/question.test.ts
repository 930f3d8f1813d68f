import { describe, expect, it } from "vitest";
import { bodyOf, type Question } from "./question.ts";

const question: Question = {
  model: "echo/echo",
  system: "",
  turns: [{ id: 0, role: "user", content: "Hi" }],
  temperature: undefined,
  maxTokens: undefined,
  schema: "",
  stream: true,
};

describe("a question", () => {
  it("is sent with what was entered alone", () => {
    expect(bodyOf(question)).toEqual({ model: "echo/echo", messages: [{ role: "user", content: "Hi" }] });
    const more = {
      ...question,
      system: "Be brief.",
      temperature: 0,
      maxTokens: 9,
      schema: '{"type":"object"}',
    };
    expect(bodyOf(more)).toEqual({
      model: "echo/echo",
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Hi" },
      ],
      temperature: 0,
      max_completion_tokens: 9,
      response_format: { type: "json_schema", json_schema: { name: "answer", schema: { type: "object" } } },
    });
  });

  it("is not sent as long as something is missing or wrong", () => {
    const wrong: readonly Partial<Question>[] = [
      { model: "" },
      { turns: [{ id: 0, role: "user", content: " " }] },
      { turns: [...question.turns, { id: 1, role: "assistant", content: "Hello" }] },
      { temperature: "warm" },
      { maxTokens: "many" },
      { schema: "{" },
      { schema: "[1]" },
    ];
    for (const part of wrong) expect(bodyOf({ ...question, ...part }), JSON.stringify(part)).toBeUndefined();
  });
});
