import type { ModelBudget } from "@patchbay/core";
import type { Asker } from "./asker.ts";
import { type AccountedModel, matchesModel, sameName } from "./model-patterns.ts";

/** Under whose name a call counts for the budget; null when the budget is not for it. */
export const subjectFor = (
  { subjectKind, subjectId }: Pick<ModelBudget, "subjectKind" | "subjectId">,
  asker: Asker,
  model: AccountedModel,
): string | null => {
  const only = (id: string | null): string | null => (subjectId === null || subjectId === id ? id : null);
  switch (subjectKind) {
    case "organization":
      return "";
    case "person":
      return only(asker.userId);
    case "api_key":
      return only(asker.apiKeyId);
    case "project":
      return only(asker.project);
    case "plugin":
      return only(asker.plugin);
    case "model":
      if (subjectId === null) return sameName(model.id);
      return matchesModel(subjectId, model) ? subjectId : null;
    default:
      return subjectKind satisfies never;
  }
};
