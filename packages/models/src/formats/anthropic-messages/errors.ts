import type { ClientError, JsonObject } from "../format.ts";
import { sentenceOf } from "../shared/client-errors.ts";

const TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  503: "overloaded_error",
  504: "timeout_error",
  529: "overloaded_error",
};

/** The type follows the status. The code goes where clients look for one, in `details`. */
export const writeError = (error: ClientError): JsonObject => ({
  type: "error",
  error: {
    type: TYPES[error.status] ?? (error.status < 500 ? "invalid_request_error" : "api_error"),
    message: sentenceOf(error),
    details: { error_code: error.code },
  },
  request_id: null,
});
