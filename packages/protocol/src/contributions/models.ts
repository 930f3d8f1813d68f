import Type, { type Static } from "typebox";
import type { Result } from "../errors.ts";
import { ContributionName, Description, OptionalTitle, strict } from "../manifest-fields.ts";
import { MODEL_KINDS } from "../models/model-info.ts";
import { UPSTREAM_GRADES } from "../models/model-upstream.ts";
import { type ServerKind, wordsOf } from "./kind.ts";

const Kinds = Type.Array(Type.Enum([...MODEL_KINDS]), {
  minItems: 1,
  maxItems: MODEL_KINDS.length,
  uniqueItems: true,
  description: `a list of ${MODEL_KINDS.join(", ")}`,
});

const Upstream = Type.Optional(
  Type.Enum([...UPSTREAM_GRADES], { description: UPSTREAM_GRADES.join(" or ") }),
);

const ModelsContribution = Type.Object(
  {
    name: ContributionName,
    title: OptionalTitle,
    description: Type.Optional(Description),
    kinds: Kinds,
    /** Patchbay sends the requests itself; without it the plugin answers. */
    upstream: Upstream,
  },
  { ...strict, description: "an object with name and kinds" },
);
type ModelsContribution = Static<typeof ModelsContribution>;

const FoundProvider = Type.Object({
  name: Type.String({ maxLength: 128 }),
  title: Type.Optional(Type.String({ maxLength: 256 })),
  description: Type.Optional(Type.String({ maxLength: 4_096 })),
  /** Those for which the code has a function. */
  kinds: Kinds,
  upstream: Upstream,
});
type FoundProvider = Static<typeof FoundProvider>;

/** Providers of models: server code that tells which models it has, and answers for them. */
export const models = {
  words: { one: "model provider", many: "model providers" },
  entry: ModelsContribution,
  list: { maxItems: 50, description: "a list of model providers" },
  bundle: "main",
  found: FoundProvider,
  notFound: "model_not_found",
  entryOf(
    { kinds, upstream, ...found }: FoundProvider,
    declared: ModelsContribution | undefined,
  ): Result<ModelsContribution, string> {
    return {
      ok: true,
      value: { name: found.name, ...wordsOf(found, declared), kinds, ...(upstream && { upstream }) },
    };
  },
} as const satisfies ServerKind;
