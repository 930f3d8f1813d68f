import type { Tool } from "@modelcontextprotocol/server";
import type { OfferedTool } from "@patchbay/core";
import { isJsonObject, mayHoldFiles } from "@patchbay/protocol";

type ObjectSchema = Tool["inputSchema"];

/** A tool as clients of the Model Context Protocol list it. */
export const toMcpTool = ({ name, entry }: OfferedTool): Tool => {
  const { title, description, input, output, answers, annotations } = entry;
  const outputSchema = answers === "content" || mayHoldFiles(output) ? null : asObjectSchema(output);
  return {
    name,
    ...(title !== undefined && { title }),
    description,
    inputSchema: asObjectSchema(input) ?? ANY_INPUT,
    ...(outputSchema !== null && { outputSchema }),
    ...(annotations && { annotations }),
  };
};

const ANY_INPUT: ObjectSchema = { type: "object" };

/**
 * The schema where it is one of objects, which alone are arguments and structured content; null otherwise. One that leaves the type open says
 * that it is an object, as every input is.
 */
const asObjectSchema = (schema: unknown): ObjectSchema | null => {
  if (!isJsonObject(schema)) return null;
  const { type } = schema;
  if (type === "object") return schema as ObjectSchema;
  return type === undefined ? { ...schema, type: "object" } : null;
};
