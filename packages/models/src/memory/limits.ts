const MiB = 1024 * 1024;

/** The model that embeds memories where an organization has chosen none: it needs neither key nor network. */
export const DEFAULT_MEMORY_MODEL = "word-vectors/english-100d";
/** Numbers of one embedding: models with the longest in use have as many. */
export const MAX_VECTOR_DIMENSIONS = 3_072;
/** Vectors that a node holds: three namespaces of 100,000 memories with 768 numbers, or 25 with 100. */
export const MAX_HELD_VECTOR_BYTES = 384 * MiB;
/** How long a namespace's vectors are held and only added to: far shorter than what was deleted is told of. */
export const VECTORS_AGE_MS = 60 * 60_000;
/** Vectors that are read from the database at once. */
export const VECTORS_READ_AT_ONCE = 10_000;
/** Memories that a search embeds with its question, of those that have no vector yet. */
export const EMBEDDED_BY_SEARCH = 64;
/** Texts of one question to a model in the background. */
export const EMBEDDED_AT_ONCE = 128;
/** Vectors of another length than the model's that one search has embedded anew: the next has the next. */
export const DROPPED_AT_ONCE = 10_000;
/** How long one turn of embedding in the background lasts: then other work of the deployment has its turn. */
export const EMBEDDING_TURN_MS = 20_000;
/** How long a search waits for the model that embeds. */
export const EMBEDDING_DEADLINE_MS = 10_000;
/** How long is waited for a model that has just failed, to see whether it answers at all. */
export const ANSWERS_WITHIN_MS = 2_000;
/** How long searches do without a model that could not embed, or is not there. */
export const MODEL_RESTS_MS = 5_000;
/** How many are looked at, found by words and found by meaning, before they are fused: beyond that a place adds next to nothing. */
export const FUSED_OF_EACH = 60;
/** How much less a later place counts. Smaller than the usual 60: the lists are short, and their first places are what matters. */
export const RANK_OFFSET = 10;
/** Changes of one memory that are told. */
export const MAX_TOLD_CHANGES = 100;
/** Memories that one consolidation looks at. */
export const MAX_CONSOLIDATED = 2_000;
/** Searches of one installation, or of one person's views of it, at the same time; further ones wait. */
export const MAX_SEARCHES_AT_ONCE = 8;
/** Namespaces that a turn of upkeep looks at, and expired memories that it removes. */
export const SPACES_A_TURN = 200;
export const EXPIRED_A_TURN = 10_000;

/** The pauses after which a model is asked again for the facts of a conversation. */
export const EXTRACTION_PAUSES_MS = [1_000, 5_000, 30_000, 120_000] as const;
/** How long one answer is waited for. */
export const EXTRACTION_DEADLINE_MS = 5 * 60_000;
/** Facts of one extraction. More of a conversation is not worth keeping. */
export const MAX_EXTRACTED_FACTS = 100;
/** The answer of the model, in UTF-16 units. */
export const MAX_EXTRACTION_LENGTH = 256 * 1024;
/** An extraction that was not touched for so long is begun again: the node that was to begin it is gone. */
export const EXTRACTION_LEFT_MS = 15_000;
/** Of a fact's words that say something, the part that its message has to have. */
export const SUPPORTED_SHARE = 0.5;
