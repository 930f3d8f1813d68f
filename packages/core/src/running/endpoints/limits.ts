/** A large organization has some hundreds of senders. */
export const MAX_ENDPOINTS_OF_ORGANIZATION = 1_000;
/** The one in use, the one that takes its place, and some that were forgotten. */
export const MAX_SECRETS_OF_ENDPOINT = 5;
/** How long the secrets before a new one hold unless something else is said: until somebody has put it everywhere. */
export const KEPT_SECRETS_SECONDS = 24 * 60 * 60;

/** What an address takes unless something else is said. */
export const DEFAULT_PER_MINUTE = 600;
export const DEFAULT_MAX_BODY_BYTES = 10 * 1024 * 1024;
export const DEFAULT_MAX_SECONDS = 60;

/** A signed message is held in memory as a whole before anything else sees it. Events of senders that sign have some KiB. */
export const MAX_SIGNED_BODY_BYTES = 1024 * 1024;
/** How long it may take to come: nobody knows yet who sends it. */
export const MAX_SIGNED_BODY_SECONDS = 15;
/** Of bodies that are held as a whole, on a node: some dozens of the largest; so many of strangers, and as many of those who sign. */
export const MAX_HELD_BODY_BYTES = 64 * 1024 * 1024;
/** The same of one network of strangers, and of one address of those who sign: a few of the largest. */
export const MAX_HELD_BODY_BYTES_OF_ONE = 16 * 1024 * 1024;
/** A text of so many bytes goes with the rest of a request or an answer, which costs less than bytes beside it. */
export const SMALL_BODY_BYTES = 16 * 1024;
/** The longest id of a message. */
export const MAX_MESSAGE_ID_LENGTH = 256;
/** After its time a message is no longer being delivered; whoever was at it has gone. */
export const CLAIM_GRACE_MS = 60_000;

/** Requests of one network to one endpoint that may fail to say who they come from in a minute: more than anybody who tries to set it up. */
export const MAX_STRANGERS_PER_MINUTE = 60;
/** Requests of one address, and of one network to it, that are under way on a node. */
export const MAX_AT_ONCE = 256;
export const MAX_AT_ONCE_OF_NETWORK = 64;
/** Callers whose requests are counted in a minute; some MB. */
export const MAX_COUNTED_CALLERS = 50_000;

/** How often it is looked whether an answer that goes on may. */
export const RECHECK_EVERY_MS = 1_000;
/** Headers of an answer, and all their bytes: what clients and proxies take without complaint. */
export const MAX_ANSWER_HEADERS = 64;
export const MAX_ANSWER_HEADER_BYTES = 16 * 1024;

/** What of a body the log keeps, where it keeps any; a longer one is not kept at all. */
export const MAX_KEPT_BODY_BYTES = 64 * 1024;
/** Of each text in the log: as much as a request has before its body, so that none of it is cut. */
export const MAX_KEPT_TEXT_LENGTH = 16 * 1024;
/** How long requests wait to be written down together. */
export const WRITTEN_EVERY_MS = 500;
/** Requests of one endpoint that are written down at a time; of those that were refused, since anybody can send them. */
export const MAX_WRITTEN_AT_ONCE = 100;
export const MAX_REFUSED_WRITTEN_AT_ONCE = 10;
/** Memory of requests that may wait for a slow database; those that come then are dropped and counted. */
export const MAX_WAITING_BYTES = 16 * 1024 * 1024;
