import type { JsonObject } from "../format.ts";
import type { ListedModel } from "../shared/listed-models.ts";

export const writeAnthropicModel = (model: ListedModel): JsonObject => ({
  type: "model",
  id: model.name,
  display_name: model.title ?? model.name,
  created_at: model.createdAt.toISOString(),
  capabilities: null,
  deprecated_at: null,
  lifecycle: "active",
  line: null,
  max_input_tokens: model.contextWindow ?? null,
  max_tokens: model.maxOutputTokens ?? null,
  retires_at: null,
});

/** A page of models; `hasMore` where others follow. */
export const writeAnthropicModels = (models: readonly ListedModel[], hasMore = false): JsonObject => ({
  data: models.map(writeAnthropicModel),
  has_more: hasMore,
  first_id: models.at(0)?.name ?? null,
  last_id: models.at(-1)?.name ?? null,
});
