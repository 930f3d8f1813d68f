import {
  isJsonObject,
  MAX_MODEL_ERROR_LENGTH,
  type ModelError,
  type ModelErrorCode,
} from "@patchbay/protocol";
import { defined } from "./defined.ts";
import { objectAt, textAt } from "./upstream-values.ts";

/** Words of upstreams for what they all call differently. The first that fits counts. */
const BY_WORDS: readonly (readonly [RegExp, ModelErrorCode])[] = [
  [
    /context[_ ](length|window|size)|prompt is too long|input is too long|maximum context|too many (input )?tokens/i,
    "context_too_long",
  ],
  [
    /content[_ ](filter|policy|management)|responsible.?ai|moderation|policy_violation|bio_policy/i,
    "content_filter",
  ],
  [/overloaded/i, "overloaded"],
  [/rate.?limit|insufficient_quota|too many requests/i, "rate_limited"],
  [/invalid_api_key|authentication_error|unauthorized/i, "key_refused"],
  [/permission_(error|denied)|forbidden/i, "access_refused"],
  [/model_not_found|not_found_error/i, "model_not_found"],
  [/timeout/i, "timeout"],
  [/invalid_(request|prompt|image)|request_too_large/i, "invalid_request"],
];

const BY_STATUS: Readonly<Record<number, ModelErrorCode>> = {
  401: "key_refused",
  403: "access_refused",
  404: "model_not_found",
  408: "timeout",
  429: "rate_limited",
  503: "overloaded",
  504: "timeout",
  529: "overloaded",
};

/** Words that say more than the status does, where it is one for faults of the request. */
const TELLING: readonly ModelErrorCode[] = ["context_too_long", "content_filter", "model_not_found"];

const codeOf = (status: number | undefined, words: string): ModelErrorCode => {
  const [, worded] = BY_WORDS.find(([pattern]) => pattern.test(words)) ?? [];
  if (status === undefined) return worded ?? "upstream_failed";
  if (worded !== undefined && TELLING.includes(worded) && [400, 403, 404, 413, 422].includes(status))
    return worded;
  return BY_STATUS[status] ?? (status >= 400 && status < 500 ? "invalid_request" : "upstream_failed");
};

/** Reads `{ error: { message, type, code } }`, `{ error: "…" }`, `{ message }`, `{ detail }` and plain text. */
export const errorOf = (body: unknown, status?: number): ModelError => {
  const inner = objectAt(body, "error") ?? (isJsonObject(body) ? body : undefined);
  const said =
    textAt(inner, "message") ??
    textAt(body, "error") ??
    textAt(body, "message") ??
    textAt(body, "detail") ??
    (typeof body === "string" ? body : undefined);
  const words = [textAt(inner, "type"), textAt(inner, "code"), said?.slice(0, MAX_MODEL_ERROR_LENGTH)];
  const message =
    said?.trim().slice(0, MAX_MODEL_ERROR_LENGTH) || "The model's server failed and did not say why.";
  return defined({ code: codeOf(status, words.filter(Boolean).join(" ")), message, status });
};
