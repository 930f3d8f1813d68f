import type { ModelBudget } from "@patchbay/core";
import { type AccountedModel, matchesModel, sameName } from "./model-patterns.ts";
import type { Payer } from "./payer.ts";

/** Under whose name a call counts for the budget; null when the budget is not for it. */
export const subjectFor = (
  { subjectKind, subjectId }: Pick<ModelBudget, "subjectKind" | "subjectId">,
  payer: Payer,
  model: AccountedModel,
): string | null => {
  const only = (id: string | null): string | null => (subjectId === null || subjectId === id ? id : null);
  switch (subjectKind) {
    case "organization":
      return "";
    case "person":
      return only(payer.userId);
    case "api_key":
      return only(payer.apiKeyId);
    case "project":
      return only(payer.project);
    case "plugin":
      return only(payer.plugin);
    case "model":
      if (subjectId === null) return sameName(model.id);
      return matchesModel(subjectId, model) ? subjectId : null;
    default:
      return subjectKind satisfies never;
  }
};
