import {
  type ErrorCode,
  MAX_MODEL_ERROR_LENGTH,
  type ModelError,
  type ModelErrorCode,
  PatchbayError,
} from "@patchbay/protocol";
import { ModelFailure } from "../model-failure.ts";

/** What of Patchbay's own codes means something for whoever asks a model; anything else is a failure of the provider's. */
const MEANINGS: Partial<Record<ErrorCode, ModelErrorCode>> = {
  invalid_request: "invalid_request",
  invalid_input: "invalid_request",
  payload_too_large: "invalid_request",
  permission_denied: "access_refused",
  forbidden: "access_refused",
  unauthenticated: "key_refused",
  model_not_found: "model_not_found",
  rate_limited: "rate_limited",
  overloaded: "overloaded",
  plugin_busy: "overloaded",
  deadline_exceeded: "timeout",
  answer_too_large: "too_large",
  // Of requests that are made in a plugin's stead.
  quota_exceeded: "rate_limited",
  budget_exceeded: "rate_limited",
  fetch_too_large: "too_large",
};

/** What a plugin fails with once it was called, unlike what keeps somebody from calling it. */
const FAULTS_OF_PLUGINS: ReadonlySet<ErrorCode> = new Set([
  "plugin_error",
  "plugin_crashed",
  "plugin_flooding",
  "protocol_violation",
  "activation_failed",
  "contributions_mismatch",
  "deadline_exceeded",
  "out_of_memory",
  "cpu_exceeded",
  "answer_too_large",
]);

/** Whether the provider failed, and not the caller. */
export const isFaultOfProvider = (error: unknown): boolean =>
  error instanceof PatchbayError &&
  (FAULTS_OF_PLUGINS.has(error.code) || error.cause instanceof ModelFailure);

/** A failure as clients of models understand it. */
export const modelErrorOf = (error: unknown): ModelError => {
  const failure = error instanceof PatchbayError ? error.cause : error;
  if (failure instanceof ModelFailure) return failure.error;
  const known = error instanceof PatchbayError ? error : undefined;
  return {
    code: (known && MEANINGS[known.code]) ?? "upstream_failed",
    message: (known?.message ?? "The model's provider failed.").slice(0, MAX_MODEL_ERROR_LENGTH),
  };
};

/** As which failure of a call that of a model counts. */
const CODES: Partial<Record<ModelErrorCode, ErrorCode>> = {
  invalid_request: "invalid_request",
  context_too_long: "invalid_request",
  content_filter: "invalid_request",
  rate_limited: "rate_limited",
  overloaded: "overloaded",
  timeout: "deadline_exceeded",
};

/** What a call in a provider's stead failed with, as a failure of the provider's; `cancelled` stays what it is. */
export const failureOf = (error: unknown): PatchbayError => {
  if (error instanceof PatchbayError && error.code === "cancelled") return error;
  // What Patchbay itself refuses is told in its words; those of an upstream about keys and rights are not.
  const isOwn = error instanceof PatchbayError && error.code === "permission_denied";
  const told = { ...modelErrorOf(error), ...(isOwn && { code: "upstream_failed" as const }) };
  const cause = new ModelFailure(told, { cause: error });
  return new PatchbayError(CODES[told.code] ?? "plugin_error", told.message, { cause });
};

export const malformed = (what: string, instead: string): PatchbayError =>
  new PatchbayError("plugin_error", `The model provider did not answer with ${what}: ${instead}.`);
