/** What a caller may send who is not known yet: an address, a password and a token fit well. */
export const MAX_STRANGERS_BODY_BYTES = 16 * 1024;
/** The body of any other route: forms, settings, texts. */
export const MAX_BODY_BYTES = 1024 * 1024;
/** The lock file of a thousand plugins with settings of 4 KiB each. */
export const MAX_LOCK_BODY_BYTES = 4 * 1024 * 1024;
/** Tool input and what views hand over: a 15 MiB file in base64 with room for the rest. Below what a frame to a plugin takes. */
export const MAX_CALL_BODY_BYTES = 24 * 1024 * 1024;
/** Bodies of one caller that wait for their end or are being read: one large call and some room. */
export const MAX_WAITING_BYTES_PER_CALLER = 32 * 1024 * 1024;
/** Bodies of all callers together, so that many of them cannot fill the memory. */
export const MAX_WAITING_BYTES = 128 * 1024 * 1024;
/** The headers of one part of a form: a name and a type. */
export const MAX_FORM_HEADER_BYTES = 8 * 1024;
/** A body of 16 KiB arrives within this on any line. */
export const STRANGERS_BODY_TIMEOUT_MS = 5_000;
/** 24 MiB at 3 Mbit/s. */
export const BODY_TIMEOUT_MS = 60_000;
/** Headers come in one packet or a few. */
export const HEADERS_TIMEOUT_MS = 15_000;
/** No request of ours takes longer to arrive, on the slowest line on which 50 MiB make sense. */
export const REQUEST_TIMEOUT_MS = 10 * 60 * 1000;

/** Reading a quarter of a million values takes less than 100 ms; a file in base64 is one. */
export const MAX_JSON_VALUES = 250_000;
/** Deeper than anything that people or programs mean; shallow enough for everything that walks it. */
export const MAX_JSON_DEPTH = 200;
/** All that is wrong is listed for a body of this many values; for a larger one the first fault. */
export const MAX_LISTED_VALUES = 2_000;

/** How long a stream of a model waits for its first word before it begins without: proxies close connections on which nothing comes. */
export const FIRST_WORD_MS = 10_000;
/** How often it is looked whether whoever follows a stream still may: half of the second within which it has to end. */
export const RECHECK_EVERY_MS = 400;
/** Streams of one person on one node that go on until they leave: a browser opens six, and some people have several. */
export const MAX_FOLLOWED_STREAMS_PER_PERSON = 24;
/** Clients of one person that wait to hear of changes: each window of an editor is one, and one key may serve a team. */
export const MAX_LISTENING_CLIENTS_PER_PERSON = 256;
/** Calls of one person that are answered as streams: a program that serves many people calls by one key. */
export const MAX_CALL_STREAMS_PER_PERSON = 256;
/** Answers of models that are under way for one person: a product asks for all of its users by one key. */
export const MAX_MODEL_ANSWERS_PER_PERSON = 2_000;
/** Conversations that were read for answers under way, of one caller and of all: a model may be asked to go on from 24 MiB by a few words. */
export const MAX_CONVERSATION_BYTES_PER_CALLER = 256 * 1024 * 1024;
export const MAX_CONVERSATION_BYTES = 512 * 1024 * 1024;
/** How long a client may take nothing of an answer that lasts, of which some 256 KiB wait for it: 2 KB a second is enough. */
export const UNREAD_TIMEOUT_MS = 120_000;
/** Forms of one person that are read on one node, with what waits of their answers on its disk: a page sends one, a program some. */
export const MAX_FORMS_PER_PERSON = 16;

/** Shorter answers fit into one packet as they are. */
export const MIN_COMPRESSED_BYTES = 1_024;

/** Requests to sign in and the like of one network each second. Requests of so many seconds may come at once. */
export const SIGN_INS_PER_SECOND = 10;
/** An office of 300 people in the morning: 30 seconds of what may come each second. */
export const STRANGERS_BURST_SECONDS = 30;
/** Networks whose requests are counted; some 10 MB. */
export const MAX_WATCHED_NETWORKS = 50_000;

/** Kept answers that one person reads at once: 16 MiB each at the most. */
export const MAX_KEPT_READS_PER_PERSON = 8;
