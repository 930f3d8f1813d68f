import type { ToolSchema } from "../schema.ts";
import { isStandardSchema } from "../validation.ts";

/** The schema as JSON Schema, when it is one or its library can make one; undefined otherwise. */
export const jsonSchemaOf = (schema: ToolSchema | undefined, field: "input" | "output"): unknown => {
  if (schema === undefined) return undefined;
  try {
    return asJson(schema, field);
  } catch {
    // Conversion is a courtesy: a schema that has no JSON form still checks the input.
    return undefined;
  }
};

const asJson = (schema: ToolSchema, field: "input" | "output"): unknown => {
  if (!isStandardSchema(schema)) return schema;
  const { jsonSchema } = schema["~standard"] as {
    jsonSchema?: Record<string, (options: { target: string }) => unknown>;
  };
  if (typeof jsonSchema?.[field] === "function") return jsonSchema[field]({ target: "draft-2020-12" });
  const { toJSONSchema } = schema as { toJSONSchema?: () => unknown };
  return typeof toJSONSchema === "function" ? toJSONSchema.call(schema) : undefined;
};
