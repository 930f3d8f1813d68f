import type { Revised } from "@patchbay/api-client";
import type { ModelRulesBody, ModelRulesDto } from "@patchbay/protocol";

/** The rules as they are edited: no default model, and none for memories, is an empty text. */
export interface ModelRules extends Omit<ModelRulesDto, "defaultModel" | "memoryModel"> {
  readonly defaultModel: string;
  readonly memoryModel: string;
}

export const rulesOf = ({
  revision: _revision,
  defaultModel,
  memoryModel,
  ...rules
}: Revised<ModelRulesDto>): ModelRules => ({
  ...rules,
  defaultModel: defaultModel ?? "",
  memoryModel: memoryModel ?? "",
});

export const rulesBodyOf = ({
  defaultModel,
  memoryModel,
  aliases,
  ...rules
}: ModelRules): ModelRulesBody => ({
  ...rules,
  defaultModel: defaultModel.trim() || null,
  memoryModel: memoryModel.trim() || null,
  aliases: aliases.map(({ name, models }) => ({ name: name.trim(), models })),
});
