import type { ModelRules } from "@patchbay/core";
import { type FieldError, PatchbayError } from "@patchbay/protocol";
import { addressOf } from "../providers/model-names.ts";

/** The name by which requests ask for whatever the organization has chosen. */
export const DEFAULT_MODEL = "default";

/** The models that a name stands for, in their order: itself where it is no alias. */
export const modelsBehind = ({ aliases }: ModelRules, name: string): readonly string[] =>
  aliases.find((alias) => alias.name === name)?.models ?? [name];

/** Whether a model may be asked that has these names. */
export const isAllowed = ({ allowed }: Pick<ModelRules, "allowed">, names: readonly string[]): boolean =>
  allowed === "all" || allowed.some((pattern) => names.some((name) => matches(pattern, name)));

const matches = (pattern: string, name: string): boolean =>
  pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

/** Throws `invalid_request` for rules that mean nothing. */
export const requireMeaningful = ({ defaultModel, memoryModel, aliases }: ModelRules): void => {
  const errors: FieldError[] = aliases.flatMap(({ name, models }, index) => [
    ...(name === DEFAULT_MODEL
      ? [{ pointer: `/aliases/${index}/name`, message: `"${DEFAULT_MODEL}" is said with the default model.` }]
      : []),
    ...(aliases.findIndex((alias) => alias.name === name) < index
      ? [{ pointer: `/aliases/${index}/name`, message: `There are two aliases "${name}".` }]
      : []),
    ...models.flatMap((model, place) => {
      const pointer = `/aliases/${index}/models/${place}`;
      if (addressOf(model) === null)
        return [
          { pointer, message: "Name the model as provider/model; an alias stands for no other alias." },
        ];
      return models.indexOf(model) < place ? [{ pointer, message: "It is there already." }] : [];
    }),
  ]);
  for (const [rule, model] of Object.entries({ defaultModel, memoryModel }))
    if (model !== null && addressOf(model) === null && !isAlias(aliases, model))
      errors.push({
        pointer: `/${rule}`,
        message: "It is neither a model (provider/model) nor an alias.",
      });
  const [first] = errors;
  if (first === undefined) return;
  throw new PatchbayError("invalid_request", `The rules mean nothing: ${first.message}`, { errors });
};

const isAlias = (aliases: ModelRules["aliases"], name: string): boolean =>
  aliases.some((alias) => alias.name === name);
