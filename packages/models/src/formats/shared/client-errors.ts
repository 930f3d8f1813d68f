import type { ModelError, ModelErrorCode } from "@patchbay/protocol";
import type { ClientError } from "../format.ts";

/** The HTTP status that a client is told. A key that the upstream refuses is no fault of the client's. */
const STATUS: Readonly<Record<ModelErrorCode, number>> = {
  invalid_request: 400,
  context_too_long: 400,
  content_filter: 400,
  key_refused: 502,
  access_refused: 502,
  model_not_found: 404,
  rate_limited: 429,
  overloaded: 503,
  upstream_failed: 502,
  timeout: 504,
  malformed: 502,
  empty: 502,
  too_large: 502,
  cut: 502,
};

const isModelErrorCode = (code: string): code is ModelErrorCode => Object.hasOwn(STATUS, code);

/** Upstreams repeat a part of the key here, and a client can do nothing about it. */
const KEY_REFUSED =
  "The model's server does not accept the key that is set here for it. Tell an administrator.";

/** More than a day is no time to wait, but a mistake or a joke. */
const MAX_RETRY_AFTER_SECONDS = 86_400;

/** A model's error as a client may read it: its status is the upstream's, and the code says what it is here. */
export const toClientError = ({ retryAfterSeconds, ...told }: ModelError | ClientError): ClientError => {
  const isTime = retryAfterSeconds !== undefined && retryAfterSeconds <= MAX_RETRY_AFTER_SECONDS;
  const error = { ...told, ...(isTime && { retryAfterSeconds }) };
  if (!isModelErrorCode(error.code)) return { ...error, status: error.status ?? 500 };
  const isAboutKey = error.code === "key_refused" || error.code === "access_refused";
  return { ...error, status: STATUS[error.code], message: isAboutKey ? KEY_REFUSED : error.message };
};

/** The sentence with the time to wait, for where no header can tell it. */
export const sentenceOf = ({ message, retryAfterSeconds }: ClientError): string =>
  retryAfterSeconds === undefined
    ? message
    : `${message} Try again in ${Math.ceil(retryAfterSeconds)} seconds.`;
