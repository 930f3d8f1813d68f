import Type, { type Static } from "typebox";
import type { FieldError, Result } from "../errors.ts";
import { isJsonObject } from "../json.ts";
import { ContributionName, Description, OptionalTitle, strict } from "../manifest-fields.ts";
import { checkToolSchema } from "../tool-schema.ts";
import type { ServerKind } from "./kind.ts";

const JsonSchemaObject = Type.Object({}, { description: "a JSON Schema" });

const AnswerForm = Type.Literal("content", {
  description: '"content" for answers that are lists of texts, images, sound and resources',
});
const hint = (description: string) => Type.Optional(Type.Boolean({ description }));
const Annotations = Type.Object(
  {
    readOnlyHint: hint("whether it changes nothing"),
    destructiveHint: hint("whether what it changes may be lost"),
    idempotentHint: hint("whether calling it twice does no more than once"),
    openWorldHint: hint("whether it reaches what is outside of Patchbay"),
  },
  { ...strict, description: "what clients may know before they call it" },
);

const ToolContribution = Type.Object(
  {
    name: ContributionName,
    title: OptionalTitle,
    description: Description,
    input: Type.Optional(JsonSchemaObject),
    output: Type.Optional(JsonSchemaObject),
    answers: Type.Optional(AnswerForm),
    annotations: Type.Optional(Annotations),
  },
  strict,
);
type ToolContribution = Static<typeof ToolContribution>;

const FoundTool = Type.Object({
  name: Type.String({ maxLength: 128 }),
  title: Type.Optional(Type.String({ maxLength: 256 })),
  description: Type.Optional(Type.String({ maxLength: 4_096 })),
  /** JSON Schema, when the code gives one. */
  input: Type.Optional(Type.Unknown()),
  output: Type.Optional(Type.Unknown()),
  answers: Type.Optional(AnswerForm),
  annotations: Type.Optional(Annotations),
});
type FoundTool = Static<typeof FoundTool>;

/** Functions of server code that people, other programs and the plugin's own views call. */
export const tools = {
  words: { one: "tool", many: "tools" },
  entry: ToolContribution,
  list: { maxItems: 500, description: "a list of tools" },
  bundle: "main",
  found: FoundTool,
  notFound: "tool_not_found",
  faultsOf({ input, output }: ToolContribution, pointer: string): FieldError[] {
    return Object.entries({ input, output }).flatMap(([field, schema]) =>
      schema === undefined ? [] : checkToolSchema(schema, `${pointer}/${field}`),
    );
  },
  entryOf(
    { name, title, description, input, output, answers, annotations }: FoundTool,
    declared: ToolContribution | undefined,
  ): Result<ToolContribution, string> {
    if (description === undefined && declared === undefined)
      return { ok: false, error: `Give "${name}" a description in the code.` };
    const value = {
      name,
      ...(title !== undefined && { title }),
      description: description ?? declared?.description ?? "",
      ...(isJsonObject(input) ? { input } : declared?.input && { input: declared.input }),
      ...(isJsonObject(output) ? { output } : declared?.output && { output: declared.output }),
      ...((answers ?? declared?.answers) && { answers: answers ?? declared?.answers }),
      ...((annotations ?? declared?.annotations) && { annotations: annotations ?? declared?.annotations }),
    };
    return { ok: true, value };
  },
} as const satisfies ServerKind;
