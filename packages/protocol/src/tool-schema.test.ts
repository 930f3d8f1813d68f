import { describe, expect, it } from "vitest";
import { checkToolSchema } from "./tool-schema.ts";

const faults = (schema: unknown) => checkToolSchema(schema, "/input");

describe("a tool's schema", () => {
  it.each([
    { type: "object", properties: { a: { type: ["string", "null"], default: null } }, required: ["a"] },
    {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      $defs: { a: { type: "string" } },
      $ref: "#/$defs/a",
    },
    {
      anyOf: [{ const: 1 }, { type: "array", prefixItems: [{ type: "string" }], items: false }],
      default: ["x"],
    },
    { type: "object", properties: { type: { type: "string" }, propertes: true, requird: { note: "x" } } },
    {
      type: "string",
      "x-order": 1,
      example: "a",
      label: "b",
      unit: "km",
      "~standard": {},
      nullable: true,
      hint: "",
    },
    true,
  ])("may be %j", (schema) => {
    expect(faults(schema)).toEqual([]);
  });

  it.each([
    [{ type: "objct" }, "/type"],
    [{ type: "object", propertes: {} }, "/propertes"],
    [{ type: "string", maxLenght: 3 }, "/maxLenght"],
    [{ type: "object", properties: { a: { enum: "x" } } }, "/properties/a/enum"],
    [{ type: "object", properties: [] }, "/properties"],
    [{ type: "object", properties: { a: 1 } }, "/properties/a"],
    [{ type: "object", required: "a" }, "/required"],
    [{ type: "string", minLength: -1 }, "/minLength"],
    [{ type: "string", pattern: "(" }, "/pattern"],
    [{ anyOf: {} }, "/anyOf"],
    [{ $ref: "#/$defs/none" }, "/$ref"],
    [{ $ref: "https://elsewhere.example/schema" }, "/$ref"],
    [{ type: "object", properties: { n: { type: "integer", default: "three" } } }, "/properties/n/default"],
    [{ type: "object", properties: { n: { enum: ["km"], default: "miles" } } }, "/properties/n/default"],
    [{ type: "array", items: { type: "number", multipleOf: 0 } }, "/items/multipleOf"],
    [{ not: { type: "strnig" } }, "/not/type"],
    [null, ""],
    ["x", ""],
  ])("must not be %j", (schema, at) => {
    expect(faults(schema).map(({ pointer }) => pointer)).toEqual([`/input${at}`]);
  });

  it("is bounded in levels and in number", () => {
    let deep: unknown = { type: "string" };
    for (let level = 0; level < 60; level += 1) deep = { items: deep };
    expect(faults(deep)).toMatchObject([{ message: expect.stringMatching(/32 deep/) }]);
    expect(faults({ anyOf: Array(5_000).fill({ type: "string" }) })).toMatchObject([
      { message: expect.stringMatching(/more than 2000/) },
    ]);
  });

  it("is checked quickly when its defaults are many and large", () => {
    const started = performance.now();
    const list = {
      type: "array",
      uniqueItems: true,
      items: { type: "string", pattern: "^(a+)+$" },
      default: ["a".repeat(50)],
    };
    faults({
      type: "object",
      properties: Object.fromEntries(Array.from({ length: 900 }, (_, n) => [`p${n}`, list])),
    });
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
