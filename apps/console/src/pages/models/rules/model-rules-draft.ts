import type { Revised } from "@patchbay/api-client";
import type { ModelRulesBody, ModelRulesDto } from "@patchbay/protocol";

/** The rules as they are edited: no default model is an empty text. */
export interface ModelRules extends Omit<ModelRulesDto, "defaultModel"> {
  readonly defaultModel: string;
}

export const rulesOf = ({
  revision: _revision,
  defaultModel,
  ...rules
}: Revised<ModelRulesDto>): ModelRules => ({ ...rules, defaultModel: defaultModel ?? "" });

export const rulesBodyOf = ({ defaultModel, aliases, ...rules }: ModelRules): ModelRulesBody => ({
  ...rules,
  defaultModel: defaultModel.trim() || null,
  aliases: aliases.map(({ name, models }) => ({ name: name.trim(), models })),
});
