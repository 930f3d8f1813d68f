import { expect, it } from "vitest";
import { missingValues } from "./missing-values.ts";

it("are what is required and not there, inside of objects too", () => {
  const schema = {
    type: "object",
    required: ["key", "a/b", "empty"],
    properties: {
      key: { type: "string", format: "secret" },
      "a/b": { type: "number" },
      empty: { type: "string" },
      free: { type: "string" },
      inner: { type: "object", required: ["x"], properties: { x: { type: "string" } } },
    },
  };
  expect(missingValues(schema, { empty: "", inner: {} })).toEqual(["/key", "/a~1b", "/inner/x"]);
  expect(missingValues(schema, { key: "k", "a/b": 0, empty: "" })).toEqual([]);
  expect(missingValues(undefined, {})).toEqual([]);
});

it("are those too that are called what every object knows", () => {
  const schema = { required: ["constructor"], properties: { constructor: { type: "string" } } };
  expect(missingValues(schema, {})).toEqual(["/constructor"]);
});
