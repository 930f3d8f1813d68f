import type { JsonObject } from "../format.ts";
import type { ListedModel } from "../shared/listed-models.ts";

export const writeOpenAiModel = ({ name, owner, createdAt }: ListedModel): JsonObject => ({
  id: name,
  object: "model",
  created: Math.floor(createdAt.getTime() / 1000),
  owned_by: owner ?? "patchbay",
});

export const writeOpenAiModels = (models: readonly ListedModel[]): JsonObject => ({
  object: "list",
  data: models.map(writeOpenAiModel),
});
