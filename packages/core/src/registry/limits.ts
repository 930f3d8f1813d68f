/** Publishers that one person makes: a company with its brands has a handful. */
export const MAX_PUBLISHERS_PER_PERSON = 20;
export const MAX_TOKENS_PER_PUBLISHER = 50;
export const MAX_KEYS_PER_PUBLISHER = 50;
export const MAX_PROOFS_PER_PUBLISHER = 20;
/** Advisories of one publisher, and the bytes of one of them: all of a registry's are one document, of which clients take 8 MiB. */
export const MAX_ADVISORIES_PER_PUBLISHER = 100;
export const MAX_ADVISORY_BYTES = 32 * 1024;
/** Attempts to publish of one publisher in a time: a build server with hundreds of plugins stays below. */
export const MAX_PUBLISH_ATTEMPTS = 300;
export const PUBLISH_WINDOW_MS = 10 * 60_000;
/** The most installed packages, whose names others may not come near. */
export const POPULAR_PACKAGES = 1_000;
/** How often counted downloads are written, and how many packages are counted between. */
export const INSTALLS_WRITTEN_EVERY_MS = 5_000;
export const MAX_COUNTED_PLUGINS = 10_000;
