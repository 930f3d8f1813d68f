import { isJsonObject, MAX_MODEL_NAME_LENGTH, type ModelInfo } from "@patchbay/protocol";
import { ModelFailure } from "../../model-failure.ts";
import { textAt } from "./upstream-values.ts";

/** A model as a list shows it: `owner` is who provides it. */
export interface ListedModel {
  readonly name: string;
  readonly title?: string;
  readonly owner?: string;
  /** What it does: answer in words, give embeddings. */
  readonly kind?: ModelInfo["kind"];
  readonly createdAt: Date;
  readonly contextWindow?: number;
  readonly maxOutputTokens?: number;
}

/** Beyond what any upstream offers. */
const MAX_LISTED_MODELS = 10_000;

/** The names in an upstream's list, OpenAI's or Anthropic's. @throws ModelFailure when it is none */
export const readModelNames = (body: unknown): string[] => {
  const data = isJsonObject(body) && Array.isArray(body.data) ? body.data : undefined;
  const names = (data ?? [])
    .slice(0, MAX_LISTED_MODELS)
    .flatMap((model: unknown) => textAt(model, "id") ?? []);
  if (data === undefined || (data.length > 0 && names.length === 0))
    throw new ModelFailure({ code: "malformed", message: "The model's server sent no list of models." });
  return names.filter((name) => name !== "" && name.length <= MAX_MODEL_NAME_LENGTH);
};
