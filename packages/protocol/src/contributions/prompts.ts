import Type, { type Static } from "typebox";
import type { FieldError, Result } from "../errors.ts";
import { ContributionName, Description, OptionalTitle, strict } from "../manifest-fields.ts";
import { type ServerKind, wordsOf } from "./kind.ts";

const MAX_ARGUMENTS = 50;

const PromptArgument = Type.Object(
  {
    name: ContributionName,
    title: OptionalTitle,
    description: Type.Optional(Description),
    required: Type.Optional(Type.Boolean()),
  },
  { ...strict, description: "an object with name" },
);

const PromptContribution = Type.Object(
  {
    name: ContributionName,
    title: OptionalTitle,
    description: Type.Optional(Description),
    arguments: Type.Optional(
      Type.Array(PromptArgument, { maxItems: MAX_ARGUMENTS, description: "a list of arguments" }),
    ),
  },
  { ...strict, description: "an object with name" },
);
type PromptContribution = Static<typeof PromptContribution>;

const FoundPrompt = Type.Object({
  name: Type.String({ maxLength: 128 }),
  title: Type.Optional(Type.String({ maxLength: 256 })),
  description: Type.Optional(Type.String({ maxLength: 4_096 })),
  arguments: Type.Optional(
    Type.Array(
      Type.Object({
        name: Type.String({ maxLength: 128 }),
        title: Type.Optional(Type.String({ maxLength: 256 })),
        description: Type.Optional(Type.String({ maxLength: 4_096 })),
        required: Type.Optional(Type.Boolean()),
      }),
      { maxItems: MAX_ARGUMENTS },
    ),
  ),
});
type FoundPrompt = Static<typeof FoundPrompt>;

/** Beginnings of conversations that people choose in their client, filled in by server code. */
export const prompts = {
  words: { one: "prompt", many: "prompts" },
  entry: PromptContribution,
  list: { maxItems: 100, description: "a list of prompts" },
  bundle: "main",
  found: FoundPrompt,
  notFound: "prompt_not_found",
  faultsOf({ arguments: named = [] }: PromptContribution, pointer: string): FieldError[] {
    const names = named.map(({ name }) => name);
    return names.flatMap((name, index) =>
      names.indexOf(name) === index
        ? []
        : [{ pointer: `${pointer}/arguments/${index}/name`, message: `"${name}" is listed twice.` }],
    );
  },
  entryOf(
    { arguments: found, ...one }: FoundPrompt,
    declared: PromptContribution | undefined,
  ): Result<PromptContribution, string> {
    const named = found ?? declared?.arguments;
    return {
      ok: true,
      value: { name: one.name, ...wordsOf(one, declared), ...(named && { arguments: named }) },
    };
  },
} as const satisfies ServerKind;
