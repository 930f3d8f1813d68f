/** Limits of settings. Every number has its unit in its name and its reason beside it. */

/** All values of one level of an installation, as JSON. A long list of words fits; checking it takes a few milliseconds. */
export const MAX_SETTINGS_BYTES = 256 * 1024;
/** Schemas of settings nest 8 deep; lists within them some more. */
export const MAX_SETTINGS_DEPTH = 32;
