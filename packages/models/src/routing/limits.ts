/** Before the first repetition; each further one waits twice as long, up to the most. A part of it is chance, so that many do not come at once. */
export const FIRST_PAUSE_MS = 250;
export const LONGEST_PAUSE_MS = 4_000;
/** Whoever says when to come again is waited for up to here; beyond it, the next model is asked or the client is told. */
export const MAX_RETRY_AFTER_MS = 5_000;

/** A model whose answers fail is left out for a while: when in this time so many were asked for, and half of them failed. */
export const BREAKER_WINDOW_MS = 30_000;
export const BREAKER_FAILURES = 5;
export const BREAKER_SHARE = 0.5;
/** How long, at first and at the most: each failed probe doubles it. */
export const BREAKER_REST_MS = 15_000;
export const BREAKER_LONGEST_REST_MS = 120_000;
/** Models of which it is known how they do; those that were asked last. */
export const MAX_WATCHED_MODELS = 5_000;
/** Text that a client has read and that is held for a model that may have to begin anew, in UTF-16 units: the longest answers have a tenth of it. */
export const MAX_RESUMED_LENGTH = 2 * 1024 * 1024;
