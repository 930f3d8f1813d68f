import {
  type ChatOutput,
  type ChatReasoning,
  type ChatTool,
  MAX_CHAT_METADATA_ENTRIES,
  MAX_CHAT_TEXT_LENGTH,
  MAX_CHAT_TOOL_NAME_LENGTH,
  MAX_CHAT_TOOLS,
  type ReasoningEffort,
  type ToolChoice,
} from "@patchbay/protocol";
import { LOW_EFFORT_TOKENS, MEDIUM_EFFORT_TOKENS } from "../../limits.ts";
import type { BodyFields } from "../shared/body-fields.ts";
import { defined } from "../shared/defined.ts";

/** What OpenAI's two formats write the same way, or nearly. */

const FUNCTIONS_ONLY =
  "Only tools of the type function can be carried; the model's server offers none of its own here.";

/** A function with its fields in `fields`, whichever object they stand in. */
const readFunction = (fields: BodyFields): ChatTool =>
  defined({
    name: fields.needString("name", MAX_CHAT_TOOL_NAME_LENGTH, 1),
    description: fields.string("description", MAX_CHAT_TEXT_LENGTH),
    parameters: fields.json("parameters"),
    strict: fields.boolean("strict") === true ? true : undefined,
  });

/** Where one of the two formats has what concerns tools. */
interface ToolFields {
  /** The fields of a function in an item of `tools`, or in a `tool_choice` that names one. */
  readonly functionIn: (item: BodyFields) => BodyFields;
  /** The fields of a `tool_choice` of the type `allowed_tools`. */
  readonly allowedIn: (choice: BodyFields) => BodyFields | undefined;
}

/** The tools that may be called, and whether one must be. Of `allowed_tools` those are left that it allows. */
export const readToolUse = (
  body: BodyFields,
  fields: ToolFields,
): { readonly tools?: ChatTool[] | undefined; readonly toolChoice?: ToolChoice | undefined } => {
  const tools = readTools(body, fields);
  const value = body.raw("tool_choice");
  if (typeof value !== "object")
    return { tools, toolChoice: body.oneOf("tool_choice", ["auto", "none", "required"]) };
  const choice = body.object("tool_choice");
  if (choice?.raw("type") === "allowed_tools") {
    const allowed = fields.allowedIn(choice);
    if (allowed === undefined) choice.fault("allowed_tools", "Give an object; it is missing.");
    const names = allowed === undefined ? [] : namesOf(allowed, tools ?? [], fields);
    return {
      tools: tools?.filter(({ name }) => names.includes(name)),
      toolChoice: allowed?.needOneOf("mode", ["auto", "required"]),
    };
  }
  const name = choice?.raw("type") === "function" ? nameIn(fields.functionIn(choice)) : undefined;
  if (name !== undefined) return { tools, toolChoice: { name } };
  body.fault("tool_choice", "Give auto, none, required, a function by its name, or allowed_tools.");
  return {};
};

const nameIn = (fields: BodyFields): string | undefined => fields.string("name", MAX_CHAT_TOOL_NAME_LENGTH);

const readTools = (body: BodyFields, { functionIn }: ToolFields): ChatTool[] | undefined => {
  const items = body.objects("tools", MAX_CHAT_TOOLS);
  if (items.length === 0) return undefined;
  return items.flatMap((item) => {
    if (item.raw("type") === "function") return [readFunction(functionIn(item))];
    return item.fault("type", FUNCTIONS_ONLY) ?? [];
  });
};

const namesOf = (
  allowed: BodyFields,
  tools: readonly ChatTool[],
  { functionIn }: ToolFields,
): readonly string[] => {
  const items = allowed.objects("tools", MAX_CHAT_TOOLS);
  if (items.length === 0) allowed.fault("tools", "Name at least one of the tools.");
  return items.flatMap((item) => {
    const name = item.raw("type") === "function" ? nameIn(functionIn(item)) : undefined;
    if (name !== undefined && tools.some((tool) => tool.name === name)) return [name];
    return item.fault("name", "Give the name of a function of `tools`.") ?? [];
  });
};

/** A JSON Schema for the answer, with its fields in `fields`. */
export const readSchemaOutput = (fields: BodyFields): ChatOutput => {
  const schema = fields.json("schema");
  if (schema === undefined) fields.fault("schema", "Give a JSON Schema; it is missing.");
  return defined({
    type: "schema" as const,
    name: fields.string("name", 256),
    description: fields.string("description", MAX_CHAT_TEXT_LENGTH),
    schema: schema ?? {},
    strict: fields.boolean("strict") === true ? true : undefined,
  });
};

/** A format with its fields in `fields`. `schemaIn` finds where those of a schema stand. */
export const readOutput = (
  fields: BodyFields | undefined,
  schemaIn: (fields: BodyFields) => BodyFields | undefined,
): ChatOutput | undefined => {
  const type = fields?.oneOf("type", ["text", "json_object", "json_schema"]);
  if (fields === undefined || type === undefined) return undefined;
  if (type === "text") return { type: "text" };
  if (type === "json_object") return { type: "json" };
  const schema = schemaIn(fields);
  return schema === undefined
    ? fields.fault("json_schema", "Give an object; it is missing.")
    : readSchemaOutput(schema);
};

export const writeSchemaOutput = ({
  name,
  description,
  schema,
  strict,
}: Extract<ChatOutput, { type: "schema" }>) =>
  defined({ name: name ?? "answer", description, schema, strict });

export const readMetadata = (body: BodyFields): Record<string, string> | undefined => {
  const value = body.json("metadata");
  if (value === undefined) return undefined;
  const entries = Object.entries(value).filter(
    (entry): entry is [string, string] =>
      typeof entry[1] === "string" && entry[0].length <= 256 && entry[1].length <= 4_096,
  );
  if (entries.length < Object.keys(value).length) body.fault("metadata", "Give short texts by short names.");
  if (entries.length > MAX_CHAT_METADATA_ENTRIES)
    return body.fault("metadata", `Give at most ${MAX_CHAT_METADATA_ENTRIES} of them.`);
  return Object.fromEntries(entries);
};

/** OpenAI counts no tokens for reasoning beforehand: a budget becomes the effort that uses about as much. */
export const effortOf = ({ effort, budgetTokens }: ChatReasoning): ReasoningEffort | undefined => {
  if (effort !== undefined || budgetTokens === undefined) return effort;
  if (budgetTokens <= LOW_EFFORT_TOKENS) return "low";
  return budgetTokens <= MEDIUM_EFFORT_TOKENS ? "medium" : "high";
};
