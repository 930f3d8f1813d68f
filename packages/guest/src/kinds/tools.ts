import { isJsonObject } from "@patchbay/protocol";
import type { ToolDefinition, ToolSchema } from "@patchbay/sdk";
import { toolContent } from "@patchbay/sdk/content";
import { answerCheckOf, inputCheckFor, jsonSchemaOf } from "@patchbay/sdk/files";
import { type GuestKind, isRecord, notThis } from "./kind.ts";

export const tools: GuestKind<"tools"> = {
  one: "tool",
  notFound: "tool_not_found",
  prepare(name, value) {
    if (!isRecord(value) || typeof value.run !== "function")
      throw notThis(`The tool "${name}" has no function \`run\`.`);
    const tool = value as unknown as ToolDefinition;
    const { title, description, input, output, answers, annotations } = tool;
    const check = whenFirstUsed(() => inputCheckFor(input));
    return {
      found: {
        name,
        ...(typeof title === "string" ? { title } : {}),
        ...(typeof description === "string" ? { description } : {}),
        ...described("input", input),
        ...described("output", output),
        ...(answers === "content" ? { answers } : {}),
        ...(isJsonObject(annotations) ? { annotations: { ...annotations } } : {}),
      },
      checkInput: (value, files) => check()(value, files),
      answers: whenFirstUsed(() => answerCheckOf(output)),
      run:
        answers === "content"
          ? async (checked, call) => toolContent(await tool.run(checked, call))
          : (checked, call) => tool.run(checked, call),
    };
  },
};

/** Compiling schemas costs time that a start has better use for. */
const whenFirstUsed = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

/** The schema as JSON Schema, when it has such a form. */
const described = (field: "input" | "output", schema: ToolSchema | undefined): object => {
  const json = jsonSchemaOf(schema, field);
  try {
    return isJsonObject(json) ? { [field]: JSON.parse(JSON.stringify(json)) } : {};
  } catch {
    return {};
  }
};
