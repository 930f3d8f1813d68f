import { type ModelError, type ModelErrorCode, PatchbayError } from "@patchbay/protocol";
import { isFaultOfProvider, modelErrorOf } from "../providers/provider-failures.ts";
import { isNotSetUp } from "../providers/upstreams.ts";
import { FIRST_PAUSE_MS, LONGEST_PAUSE_MS, MAX_RETRY_AFTER_MS } from "./limits.ts";

/** What an attempt to get an answer ended with. */
export interface Failure {
  readonly error: ModelError;
  /** What was thrown, where that is no failure of the model's but keeps the caller from asking it. */
  readonly refusal?: unknown;
  /** It would be the same a moment later. */
  readonly isLasting: boolean;
}

export const failureOf = (thrown: unknown): Failure =>
  isFaultOfProvider(thrown)
    ? { error: modelErrorOf(thrown), isLasting: isNotSetUp(thrown) || isDenied(thrown) }
    : { error: modelErrorOf(thrown), refusal: thrown, isLasting: true };

/** Whether the provider may not do what it would have to. */
const isDenied = (error: unknown): boolean =>
  error instanceof Error &&
  ((error instanceof PatchbayError && error.code === "permission_denied") || isDenied(error.cause));

/** What is done about a failure: the client hears of it, the next model is asked, or the same one again. */
const REMEDIES: Readonly<Record<ModelErrorCode, "tell" | "elsewhere" | "again">> = {
  // The client's own fault is the same everywhere, and a filter is not to be got round.
  invalid_request: "tell",
  context_too_long: "tell",
  content_filter: "tell",
  key_refused: "elsewhere",
  access_refused: "elsewhere",
  model_not_found: "elsewhere",
  too_large: "elsewhere",
  // It has been waited for long enough.
  timeout: "elsewhere",
  rate_limited: "again",
  overloaded: "again",
  upstream_failed: "again",
  malformed: "again",
  empty: "again",
  cut: "again",
};

/** What is about the caller and not about the model. Budgets and limits are among it: no other model gets round them. */
const OF_THE_CALLER: ReadonlySet<string> = new Set([
  "cancelled",
  "unauthenticated",
  "invalid_request",
  "budget_exceeded",
  "rate_limited",
]);

export type Remedy = "tell" | "elsewhere" | { readonly againAfterMs: number };

/** What to do after a model has failed `tries` times. */
export const remedyFor = ({ error, refusal, isLasting }: Failure, tries: number, retries: number): Remedy => {
  if (refusal !== undefined)
    return refusal instanceof PatchbayError && !OF_THE_CALLER.has(refusal.code) ? "elsewhere" : "tell";
  const remedy = REMEDIES[error.code];
  if (remedy !== "again") return remedy;
  if (isLasting || tries > retries) return "elsewhere";
  const told = error.retryAfterSeconds;
  if (told === undefined) return { againAfterMs: pauseAfter(tries) };
  return told * 1000 <= MAX_RETRY_AFTER_MS ? { againAfterMs: told * 1000 } : "elsewhere";
};

const pauseAfter = (tries: number): number => {
  const full = Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS);
  return full / 2 + (Math.random() * full) / 2;
};

/** Whether it says something of how the model's server does. */
export const isOfServer = ({ error, refusal, isLasting }: Failure): boolean =>
  refusal === undefined && !isLasting && (REMEDIES[error.code] === "again" || error.code === "timeout");

/** Of a fallback that does not take what the model before it would have: not what the client has to hear. */
export const isOfRequest = ({ error, refusal }: Failure): boolean =>
  refusal === undefined && REMEDIES[error.code] === "tell" && error.code !== "content_filter";
