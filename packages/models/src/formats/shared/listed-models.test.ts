import { describe, expect, it } from "vitest";
import { ModelFailure } from "../../model-failure.ts";
import { readCount, writeCountRequest } from "../anthropic-messages/count-tokens.ts";
import { writeAnthropicModels } from "../anthropic-messages/models-list.ts";
import { writeOpenAiModels } from "../openai/models-list.ts";
import { readModelNames } from "./listed-models.ts";

const models = [
  { name: "one", title: "The one", createdAt: new Date(0), contextWindow: 10, maxOutputTokens: 5 },
  { name: "two", owner: "acme", createdAt: new Date(0) },
];

describe("a list of models", () => {
  it("can be read in the form of either house", () => {
    expect(readModelNames(writeOpenAiModels(models))).toEqual(["one", "two"]);
    expect(readModelNames(writeAnthropicModels(models))).toEqual(["one", "two"]);
    expect(writeAnthropicModels([])).toEqual({ data: [], has_more: false, first_id: null, last_id: null });
  });

  it("has names in it, or it is none", () => {
    for (const body of [undefined, null, "", {}, { data: {} }, { data: [{ name: "one" }] }])
      expect(() => readModelNames(body), JSON.stringify(body)).toThrow(ModelFailure);
    expect(readModelNames({ data: [] })).toEqual([]);
  });
});

describe("a count of tokens", () => {
  it("is asked for with what counts alone", () => {
    const hi = { role: "user" as const, parts: [{ type: "text" as const, text: "Hi" }] };
    const body = writeCountRequest({
      model: "m",
      messages: [hi],
      temperature: 1,
      maxOutputTokens: 5,
      stream: true,
    });
    expect(body).toEqual({ model: "m", messages: [{ role: "user", content: "Hi" }] });
  });

  it("is a number", () => {
    expect(readCount({ input_tokens: 7 })).toBe(7);
    for (const body of [null, {}, { input_tokens: -1 }, { input_tokens: "7" }])
      expect(() => readCount(body)).toThrow(ModelFailure);
  });
});
