/** Where the tables of durable work are, beside ours. */
export const DURABLE_SCHEMA = "patchbay_durable";

/** How long the first connection is tried: a database that starts beside Patchbay is ready within seconds. */
export const FIRST_CONNECTION_MS = 20_000;
export const FIRST_CONNECTION_PAUSE_MS = 500;
/** Opening one connection, unless the caller's configuration says otherwise. */
export const CONNECT_TIMEOUT_MS = 10_000;
/** The oldest PostgreSQL that has `unique nulls not distinct`. */
export const MIN_SERVER_MAJOR = 15;

/** Pauses between attempts to listen again, doubling from the first to the longest. */
export const FIRST_RECONNECT_PAUSE_MS = 100;
export const LONGEST_RECONNECT_PAUSE_MS = 5_000;
/** How often the listening connection is asked whether it still lives, and how long it may take to say so. */
export const HEARTBEAT_MS = 15_000;
export const HEARTBEAT_TIMEOUT_MS = 10_000;

/** The last use of an API key is noted this often: each note is a write. */
export const KEY_USE_NOTED_EVERY_MS = 60_000;
/** Sign-in attempts are counted over minutes; older ones than this count nowhere. */
export const KEPT_ATTEMPTS_MS = 24 * 3_600_000;
/** A network from which somebody has not signed in for a quarter of a year is as good as a new one. */
export const KEPT_NETWORKS_MS = 90 * 24 * 3_600_000;
/** A claimed Idempotency-Key whose request never finished: the longest call takes 5 minutes. */
export const CLAIM_ABANDONED_AFTER_MS = 10 * 60_000;
/** Log lines in one INSERT; a statement takes at most 65,535 parameters. */
export const LOG_LINES_PER_INSERT = 1_000;
/** Requests to endpoints in one INSERT, of 16 parameters each. */
export const ENDPOINT_REQUESTS_PER_INSERT = 1_000;
/** Calls in one INSERT, which go as one parameter. */
export const CALLS_PER_INSERT = 1_000;
/** Of an audit event, what a search looks at: a settings change of hundreds of keys fits. */
export const MAX_INDEXED_CHARACTERS = 10_000;
/** Packages that a search of the registry ranks: the first pages that anybody looks at, and little to compute. */
export const MAX_RANKED_PACKAGES = 100;
/** Packages that a search counts by category and badge: beyond that a number says "many". */
export const MAX_COUNTED_PACKAGES = 500;
/** More words narrow a search no further. */
export const MAX_SEARCH_WORDS = 8;
/** Where nothing fits, names that share this part of their trigrams with what was asked for; one wrong letter of seven leaves more than half. */
export const MIN_NAME_SIMILARITY = 0.5;
export const MAX_SIMILAR_PACKAGES = 20;
/** How old the counts of all packages may be. */
export const COUNTED_EVERY_MS = 10_000;
/** Kept responses that are looked at when too many are kept: as many as go at once, of the few that one more calls for. */
export const MAX_EVICTED_AT_ONCE = 100;
/** That a kept response is gone on from is noted this often: each note is a write. */
export const RESPONSE_USE_NOTED_EVERY_MS = 24 * 3_600_000;
/** Messages, and titles, with the words of a search that are ranked: each takes some microseconds. */
export const MAX_RANKED_MATCHES = 1_000;
/** A message that is read for the part of it that is shown where it was found. */
export const MAX_EXCERPTED_BYTES = 256 * 1024;
/** Words of a question that memories are searched for: a question has some ten. */
export const MAX_SEARCHED_WORDS = 32;
/** Of the memories that have a word, so many are looked at: a word that more have says little about any of them. */
export const MAX_MEMORIES_OF_A_WORD = 1_000;
/** The newest changes of a namespace that are kept, and their bytes; beyond that a plugin that changes much would fill the disk with what was. */
export const MAX_KEPT_CHANGES = 10_000;
export const MAX_KEPT_CHANGE_BYTES = 16 * 1024 * 1024;
/** What a person's namespace keeps of both: all that one person may have keep as much as one of the plugin's. */
export const PERSON_HISTORY_SHARE = 0.1;
/** Writes to a namespace after which it is looked whether more are kept. */
export const WRITES_BEFORE_PRUNING = 64n;
