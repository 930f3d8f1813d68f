/** Of input or output that is kept, in characters of JSON: what a person reads, and no document. */
export const MAX_CONTENT_LENGTH = 16 * 1024;
/** Levels of it. */
export const MAX_CONTENT_DEPTH = 64;
/** A text in base64 that is as long is a file, whatever its schema says. */
export const MIN_FILE_LENGTH = 1_024;
/** Calls of one chain that are told. */
export const MAX_CHAIN_CALLS = 500;
