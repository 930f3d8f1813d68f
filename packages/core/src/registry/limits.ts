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
/** Findings of one check that are told; with thousands, the first ones are enough to know what is wrong. */
export const MAX_FINDINGS_PER_CHECK = 20;
/** Text of one package that is looked through for secrets. More takes too long, and no honest plugin has it. */
export const MAX_SCANNED_BYTES = 32 * 1024 * 1024;
/** A package above this is said to be large; most have less than a tenth. */
export const LARGE_PACKAGE_BYTES = 10 * 1024 * 1024;
/** A package with more than this of unpacked files is looked at by a person. */
export const HUGE_PACKAGE_BYTES = 100 * 1024 * 1024;
/** The most installed packages, whose names others may not come near. */
export const POPULAR_PACKAGES = 1_000;
/** Installs from which on a display name is well known. */
export const WELL_KNOWN_INSTALLS = 50;
/** How often counted downloads are written, and how many packages are counted between. */
export const INSTALLS_WRITTEN_EVERY_MS = 5_000;
export const MAX_COUNTED_PLUGINS = 10_000;
