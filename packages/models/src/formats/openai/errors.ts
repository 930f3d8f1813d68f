import type { ClientError, JsonObject } from "../format.ts";
import { sentenceOf } from "../shared/client-errors.ts";

/** Codes of ours that OpenAI's clients know by another name. */
const CODES: Readonly<Record<string, string>> = {
  context_too_long: "context_length_exceeded",
  rate_limited: "rate_limit_exceeded",
  unauthenticated: "invalid_api_key",
};

const typeOf = (status: number): string => {
  if (status === 401) return "authentication_error";
  if (status === 403) return "permission_error";
  if (status === 429) return "rate_limit_error";
  return status < 500 ? "invalid_request_error" : "server_error";
};

/** The error as both of OpenAI's formats have it inside: in a body as `{ error }`, in a stream. */
export const openAiError = (error: ClientError) => ({
  message: sentenceOf(error),
  type: typeOf(error.status),
  param: null,
  code: CODES[error.code] ?? error.code,
});

export const writeOpenAiError = (error: ClientError): JsonObject => ({ error: openAiError(error) });
