/** Time for a connection, TLS included. */
export const CONNECT_TIMEOUT_MS = 10_000;
export const MAX_RESPONSE_HEADER_BYTES = 32 * 1024;

/** Requests of one installation under way at once, and so its connections to one server; further ones wait. */
export const MAX_FETCHES_AT_ONCE = 32;
/** What the requests of one installation that wait or are under way may carry together: eight of the largest. */
export const MAX_WAITING_REQUEST_BYTES = 128 * 1024 * 1024;
/** Bodies of one installation that are decoded at once in a coding with a large window: 16 MiB each at the most. */
export const MAX_LARGE_WINDOWS = 8;
/** The window that RFC 9659 allows on the web: 8 MiB. */
export const MAX_ZSTD_WINDOW_LOG = 23;
/** How long connections of an installation that asks for nothing are kept. */
export const IDLE_SHARE_MS = 60_000;

/** The server's own connections to one other server. */
export const MAX_OWN_CONNECTIONS = 64;
/** Of an error that is told without secrets: what it says stands at the beginning. */
export const MAX_MASKED_BYTES = 64 * 1024;
