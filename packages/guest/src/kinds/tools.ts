import { isJsonObject } from "@patchbay/protocol";
import type { ToolDefinition, ToolSchema } from "@patchbay/sdk";
import { answerCheckFor, type Check, checkFor, isStandardSchema } from "@patchbay/sdk/validation";
import { type GuestKind, isRecord, notThis } from "./kind.ts";

export const tools: GuestKind<"tools"> = {
  one: "tool",
  notFound: "tool_not_found",
  prepare(name, value) {
    if (!isRecord(value) || typeof value.run !== "function")
      throw notThis(`The tool "${name}" has no function \`run\`.`);
    const tool = value as unknown as ToolDefinition;
    const { title, description, input, output } = tool;
    return {
      found: {
        name,
        ...(typeof title === "string" ? { title } : {}),
        ...(typeof description === "string" ? { description } : {}),
        ...described("input", input),
        ...described("output", output),
      },
      checkInput: whenFirstUsed(() => checkFor(input, "The input")),
      checkOutput: output === undefined ? undefined : whenFirstUsed(() => answerCheckFor(output)),
      run: (checked, call) => tool.run(checked, call),
    };
  },
};

/** Compiling schemas costs time that a start has better use for. */
const whenFirstUsed = (make: () => Check): Check => {
  let check: Check | undefined;
  return (value) => {
    check ??= make();
    return check(value);
  };
};

/** The schema as JSON Schema, when it is one or its library can make one. */
const described = (field: "input" | "output", schema: ToolSchema | undefined): object => {
  try {
    const json = schema === undefined ? undefined : jsonSchemaOf(schema, field);
    return isJsonObject(json) ? { [field]: JSON.parse(JSON.stringify(json)) } : {};
  } catch {
    // Conversion is a courtesy: a schema that has no JSON form still checks the input.
    return {};
  }
};

const jsonSchemaOf = (schema: ToolSchema, field: "input" | "output"): unknown => {
  if (!isStandardSchema(schema)) return schema;
  const { jsonSchema } = schema["~standard"] as {
    jsonSchema?: Record<string, (options: { target: string }) => unknown>;
  };
  if (typeof jsonSchema?.[field] === "function") return jsonSchema[field]({ target: "draft-2020-12" });
  const { toJSONSchema } = schema as { toJSONSchema?: () => unknown };
  return typeof toJSONSchema === "function" ? toJSONSchema.call(schema) : undefined;
};
