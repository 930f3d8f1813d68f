import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ModelFailure } from "../../model-failure.ts";
import {
  readEmbeddingsAnswer,
  readEmbeddingsRequest,
  writeEmbeddingsAnswer,
  writeEmbeddingsRequest,
} from "./embeddings.ts";

describe("a request for embeddings", () => {
  it.each([
    ["a", ["a"]],
    [
      ["a", "b"],
      ["a", "b"],
    ],
    [[1, 2], [[1, 2]]],
    [
      [[1, 2], [3]],
      [[1, 2], [3]],
    ],
  ])("takes %j", (input, inputs) => {
    const request = readEmbeddingsRequest({ model: "m", input, dimensions: 3, user: "u" });
    expect(request).toEqual({ model: "m", inputs, dimensions: 3, user: "u" });
    expect(readEmbeddingsRequest(writeEmbeddingsRequest(request))).toEqual({
      ...request,
      encoding: "base64",
    });
  });

  it.each([undefined, null, [], [[]], 1, [1.5], [{}], ["a", null]])("does not take %j", (input) => {
    expect(() => readEmbeddingsRequest({ model: "m", input })).toThrow(
      expect.objectContaining({
        code: "invalid_request",
        errors: [expect.objectContaining({ pointer: "/input" })],
      }),
    );
  });
});

describe("embeddings", () => {
  it("are the same in either encoding", () => {
    const vector = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(
        fc.array(vector, { minLength: 1, maxLength: 4 }),
        fc.constantFrom("float" as const, "base64" as const),
        (embeddings, encoding) => {
          const body = writeEmbeddingsAnswer(
            { embeddings, usage: { inputTokens: 4, outputTokens: 0 } },
            { model: "m", encoding },
          );
          const answer = { model: "m", embeddings, usage: { inputTokens: 4, outputTokens: 0 } };
          expect(readEmbeddingsAnswer(body, embeddings.length)).toEqual(answer);
        },
      ),
    );
  });

  it("belong to the texts by their index", () => {
    const data = [
      { index: 1, embedding: [1] },
      { index: 0, embedding: [0] },
    ];
    expect(readEmbeddingsAnswer({ data }, 2).embeddings).toEqual([[0], [1]]);
  });

  it.each([
    undefined,
    {},
    { data: [] },
    { data: [{ index: 0, embedding: [1] }] },
    {
      data: [
        { index: 0, embedding: [1] },
        { index: 0, embedding: [1] },
      ],
    },
    {
      data: [
        { index: 0, embedding: [1] },
        { index: 9, embedding: [1] },
      ],
    },
    { data: [{ embedding: [1] }, { embedding: ["a"] }] },
    { data: [{ embedding: [1] }, { embedding: [] }] },
    { data: [{ embedding: [1] }, { embedding: "AA" }] },
    { data: [{ embedding: [1] }, { embedding: "AADAfw==" }] },
  ])("that are not one for each text are none: %j", (body) => {
    expect(() => readEmbeddingsAnswer(body, 2)).toThrow(ModelFailure);
  });
});
