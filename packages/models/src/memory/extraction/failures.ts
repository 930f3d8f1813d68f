import { type ModelErrorCode, PatchbayError } from "@patchbay/protocol";
import { toClientError } from "../../formats/shared/client-errors.ts";
import { ModelFailure } from "../../model-failure.ts";
import { isFaultOfProvider, modelErrorOf } from "../../providers/provider-failures.ts";

/** What another attempt may come past. */
const PASSING: ReadonlySet<ModelErrorCode> = new Set<ModelErrorCode>([
  "rate_limited",
  "overloaded",
  "upstream_failed",
  "timeout",
  "malformed",
  "empty",
  "cut",
]);
const PASSING_REFUSALS: ReadonlySet<string> = new Set(["unavailable", "rate_limited", "plugin_busy"]);

/** Why an attempt failed, in words for a plugin, and whether another one may do better. */
export const failureOf = (
  error: unknown,
): { readonly code: string; readonly message: string; readonly passes: boolean } => {
  if (error instanceof ModelFailure || isFaultOfProvider(error)) {
    const failure = modelErrorOf(error);
    return {
      code: "model_failed",
      message: toClientError(failure).message,
      passes: PASSING.has(failure.code),
    };
  }
  if (error instanceof PatchbayError)
    return { code: error.code, message: error.message, passes: PASSING_REFUSALS.has(error.code) };
  return { code: "internal", message: "Patchbay itself failed; see the server's log.", passes: false };
};
