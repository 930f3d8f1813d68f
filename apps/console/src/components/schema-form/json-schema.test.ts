import { describe, expect, it } from "vitest";
import { defaultsOf, fieldKindOf, resolveSchema } from "./json-schema.ts";

const kindOf = (schema: unknown) => fieldKindOf(resolveSchema(schema, schema), schema);

describe("the control for a schema", () => {
  it("suits its type", () => {
    expect(kindOf({ type: "string" })).toBe("text");
    expect(kindOf({ type: "string", format: "secret" })).toBe("secret");
    expect(kindOf({ type: "integer" })).toBe("number");
    expect(kindOf({ type: "boolean" })).toBe("boolean");
    expect(kindOf({ type: "string", enum: ["a"] })).toBe("choice");
    expect(kindOf({ type: "object", properties: { a: { type: "string" } } })).toBe("object");
    expect(kindOf({ type: "array", items: { type: "string" } })).toBe("list");
    expect(kindOf({ type: "array", uniqueItems: true, items: { enum: ["a", "b"] } })).toBe("choices");
  });

  it("is JSON for everything that has none of its own", () => {
    expect(kindOf({})).toBe("json");
    expect(kindOf({ type: "object", additionalProperties: { type: "string" } })).toBe("json");
    expect(kindOf({ type: ["string", "number"] })).toBe("json");
    expect(kindOf({ anyOf: [{ type: "string" }, { type: "number" }] })).toBe("json");
    expect(kindOf({ type: "array", items: {} })).toBe("json");
  });

  it("sees through references, through null and through a choice of constants", () => {
    const withReference = { $ref: "#/$defs/name", $defs: { name: { type: "string" } } };
    expect(kindOf(withReference)).toBe("text");
    expect(kindOf({ anyOf: [{ type: "number" }, { type: "null" }] })).toBe("number");
    expect(kindOf({ type: ["boolean", "null"] })).toBe("boolean");
    expect(resolveSchema({ oneOf: [{ const: 1 }, { const: 2 }] }, {})).toEqual({ enum: [1, 2] });
  });

  it("is JSON at a reference that leads round in a circle or nowhere", () => {
    const circle = { $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/a" } } };
    expect(kindOf(circle)).toBe("json");
    expect(kindOf({ $ref: "https://elsewhere.example/schema" })).toBe("json");
    expect(kindOf({ $ref: "#/__proto__/x" })).toBe("json");
  });
});

describe("defaults", () => {
  it("come from properties at every depth, and from nowhere else", () => {
    const schema = {
      type: "object",
      properties: {
        units: { type: "string", default: "metric" },
        name: { type: "string" },
        inner: { type: "object", properties: { on: { type: "boolean", default: true } } },
        bare: { type: "object", properties: { x: { type: "string" } } },
      },
    };
    expect(defaultsOf(schema)).toEqual({ units: "metric", inner: { on: true } });
  });

  it("are there for properties with names that every object knows", () => {
    const properties: unknown = JSON.parse(
      '{"__proto__": {"default": 1}, "constructor": {"properties": {"x": {"default": 2}}}}',
    );
    expect(JSON.stringify(defaultsOf({ properties }))).toBe('{"__proto__":1,"constructor":{"x":2}}');
  });
});
