const MiB = 1024 * 1024;

/** One event of an upstream's stream, in UTF-16 units: the whole answer comes once more in the last event of some formats. */
export const MAX_UPSTREAM_EVENT_LENGTH = 32 * MiB;
/** Blocks or items of an upstream's answer that are open at once; each costs some hundred bytes of state. */
export const MAX_OPEN_BLOCKS = 4_096;
/** Faults told of one request: nobody mends more in one go. */
export const MAX_REPORTED_FAULTS = 20;
/** What an answer may have when the format wants a number and the request has none: every model that is in use writes this much. */
export const DEFAULT_MAX_OUTPUT_TOKENS = 8_192;
/** The least that Anthropic lets a model think. */
export const MIN_THINKING_TOKENS = 1_024;
/** Up to so many tokens for reasoning are a low effort where only efforts can be told, and up to so many a medium one. */
export const LOW_EFFORT_TOKENS = 4_096;
export const MEDIUM_EFFORT_TOKENS = 16_384;
/** Levels of nesting in JSON that is carried from one side to the other. No schema and no arguments have a tenth of them. */
export const MAX_CARRIED_DEPTH = 128;
/** One event of an upstream may nest so deep; ten times as much would overflow the stack of whoever writes it down again. */
export const MAX_EVENT_DEPTH = 256;
/** So short an event cannot nest deep enough to do harm, in UTF-16 units. It is not looked at for that, and most are as short. */
export const SHORT_EVENT_LENGTH = 1_024;
/** How long a message hook may look at a question: as long as people wait before they think that nothing happens. */
export const HOOK_DEADLINE_MS = 5_000;
/** Messages that are handed to a hook, as JSON without media: what the memory of any plugin has room for, several times over. */
export const MAX_HOOKED_BYTES = 4 * MiB;
/** How long the models that a provider told are thought to be those that it has. */
export const LIST_AGE_MS = 60_000;
/** Lists that are held: one for each provider and project that is asked for. */
export const MAX_HELD_LISTS = 200;
/** How long a provider may take to tell its models, and how long it is not asked again when it could not. */
export const LIST_DEADLINE_MS = 5_000;
export const SILENCE_MS = 10_000;
/** How long it is held which providers somebody may ask, and for how many callers. */
export const PROVIDERS_AGE_MS = 5_000;
export const MAX_HELD_CALLERS = 10_000;

/** How long it is thought that a provider's models are where it said. */
export const UPSTREAM_AGE_MS = 60_000;
/** Requests to one upstream of an installation and project at once; further ones wait. As many as one person may have under way: most of such a request is waiting, and streams are long. */
export const MAX_UPSTREAM_CALLS_AT_ONCE = 2_000;
/** The longest that a request to an upstream may take: the longest answers of models that think. */
export const MAX_UPSTREAM_CALL_MS = 60 * 60 * 1000;
/** How long upstreams are waited for: servers load models before they say anything, and models think before they write. */
export const UPSTREAM_PATIENCE = { firstMs: 300_000, silenceMs: 120_000, wholeMs: 900_000 };

/** Questions of one plugin, or of one person's views of it, that are answered at the same time; further ones wait. */
export const MAX_QUESTIONS_AT_ONCE = 64;
/** How long a plugin may leave an answer unread that it has asked for: as long as any client. */
export const MAX_UNREAD_MS = 120_000;
/** How often it is looked whether a plugin may still have an answer. */
export const RECHECK_EVERY_MS = 1_000;

/** Answers that one goes on from, and the input and output of all of them: what a request may hold that sends them itself. */
export const CONVERSATION_BOUNDS = { turns: 1_000, bytes: 24 * MiB };
/**
 * What is kept of one answer with what was asked for it, which some pictures may be part of; and of one person in an organization, who
 * may be a product that asks for all of its users: 100,000 answers of 10 KiB.
 */
export const KEEPING_BOUNDS = { bytes: 16 * MiB, ownerBytes: 1024 * MiB, ownerResponses: 100_000 };
/** What a model may answer with as a whole, what a list or a count may be, and embeddings: 2,048 of 1,024 numbers. */
export const ANSWER_BOUNDS = { maxBytes: 8 * MiB, maxValues: 100_000 };
export const SMALL_ANSWER_BOUNDS = { maxBytes: MiB, maxValues: 100_000, ms: 20_000 };
export const EMBEDDINGS_BOUNDS = { maxBytes: 24 * MiB, maxValues: 2_200_000 };
/** From this on an answer is large, and of each installation and project only so many are held at a time. Upstreams may have a smaller one for each call. */
export const LARGE_ANSWER_BYTES = MiB;
export const LARGE_UPSTREAM_ANSWER_BYTES = 256 * 1024;
export const MAX_LARGE_ANSWERS_AT_ONCE = 4;

/** What an address of this machine may say of itself: how long it may take, in bytes, and in levels of nesting. A list of 300 models has as much. */
export const LOCAL_ANSWER = { ms: 1_000, bytes: 64 * 1024, depth: 16 };
/** Who looks for model servers of this machine within so long has what the one before has found. */
export const LOOK_AGE_MS = 2_000;
/** Names that are told of each. */
export const MAX_TOLD_LOCAL_MODELS = 50;
/** More tokens than a call can have: the longest contexts have ten million. What a provider tells beyond is not believed. */
export const MAX_TOKENS_OF_CALL = 100_000_000;
/** Calls whose reservations go to the database together. */
export const MAX_RESERVATIONS_AT_ONCE = 200;
/** How long the database is waited for before a call is refused that a budget is for. */
export const RESERVING_DEADLINE_MS = 5_000;
/** So many calls of one budget and subject within a second are worth an advance: as much as so many of them would reserve. */
export const CALLS_BEFORE_ADVANCE = 8;
export const CALLS_OF_ADVANCE = 64;
/** How often it is looked which advances are not used, and how long what their calls have used waits to be written. */
export const ADVANCE_LOOK_MS = 1_000;
export const SETTLE_TOGETHER_MS = 100;
/** When it is tried again to write what calls have used, after the database could not be reached. */
export const SETTLE_AGAIN_MS = 1_000;
/** How soon whoever is refused for what others have reserved may ask again. */
export const BUDGET_RETRY_SECONDS = 1;
/** How often accounts are written, and how many lines may wait for that with a name of a model's own. */
export const LEDGER_EVERY_MS = 1_000;
export const MAX_LEDGER_ROWS = 5_000;
/** Budgets of an organization: a call is held against all that are for it. */
export const MAX_BUDGETS = 200;
/** Of one budget, those whose use is listed: who used the most. */
export const MAX_LISTED_USES = 100;
/** Rows of one report: a month of days for a thousand, and days of one quarter by the hour. */
export const MAX_USAGE_ROWS = 10_000;
/** The time that one report may be about, and the time that it is about unless told. */
export const MAX_USAGE_DAYS = 400;
export const DEFAULT_USAGE_DAYS = 30;
