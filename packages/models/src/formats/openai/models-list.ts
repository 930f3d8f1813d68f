import type { JsonObject } from "../format.ts";
import type { ListedModel } from "../shared/listed-models.ts";

/** `kind` is no field of OpenAI's: clients that know of it tell chat models from others. */
export const writeOpenAiModel = ({ name, owner, createdAt, kind }: ListedModel): JsonObject => ({
  id: name,
  object: "model",
  created: Math.floor(createdAt.getTime() / 1000),
  owned_by: owner ?? "patchbay",
  ...(kind !== undefined && { kind }),
});

export const writeOpenAiModels = (models: readonly ListedModel[]): JsonObject => ({
  object: "list",
  data: models.map(writeOpenAiModel),
});
