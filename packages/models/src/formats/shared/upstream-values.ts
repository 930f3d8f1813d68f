import { isJsonObject, MAX_MODEL_NAME_LENGTH, type ModelUsage } from "@patchbay/protocol";
import type { JsonObject } from "../format.ts";
import { defined } from "./defined.ts";

/** What an upstream sends may be anything: these read a field where it is what it should be, and nothing where it is not. */
export const textAt = (value: unknown, name: string): string | undefined => {
  const field = isJsonObject(value) ? value[name] : undefined;
  return typeof field === "string" ? field : undefined;
};
export const objectAt = (value: unknown, name: string): JsonObject | undefined => {
  const field = isJsonObject(value) ? value[name] : undefined;
  return isJsonObject(field) ? field : undefined;
};
export const listAt = (value: unknown, name: string): unknown[] => {
  const field = isJsonObject(value) ? value[name] : undefined;
  return Array.isArray(field) ? field : [];
};
/** A count of tokens, or an index. */
export const countAt = (value: unknown, name: string): number | undefined => {
  const field = isJsonObject(value) ? value[name] : undefined;
  return Number.isSafeInteger(field) && (field as number) >= 0 ? (field as number) : undefined;
};

const MAX_ID_LENGTH = 512;
/** The start of an answer from the object that tells its id and model. */
export const startOf = (value: unknown) => {
  const id = textAt(value, "id");
  const model = textAt(value, "model");
  return {
    type: "start" as const,
    ...(id !== undefined && id.length <= MAX_ID_LENGTH && { id }),
    ...(model !== undefined && model.length <= MAX_MODEL_NAME_LENGTH && { model }),
  };
};

/** Usage from counts that may be missing. Undefined where neither input nor output was counted. */
export const usageOf = (
  counts: Partial<Record<keyof ModelUsage, number | undefined>>,
): ModelUsage | undefined => {
  const { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, reasoningTokens } = counts;
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return defined({
    inputTokens: inputTokens ?? 0,
    cachedInputTokens,
    cacheWriteTokens,
    outputTokens: outputTokens ?? 0,
    reasoningTokens,
  });
};
