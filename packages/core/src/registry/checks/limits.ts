/** Findings of one check that are told; with thousands, the first ones are enough to know what is wrong. */
export const MAX_FINDINGS_PER_CHECK = 20;
/** Text of one package that is looked through for secrets. More takes too long, and no honest plugin has it. */
export const MAX_SCANNED_BYTES = 32 * 1024 * 1024;
/** A package above this is said to be large; most have less than a tenth. */
export const LARGE_PACKAGE_BYTES = 10 * 1024 * 1024;
/** A package with more than this of unpacked files is looked at by a person. */
export const HUGE_PACKAGE_BYTES = 100 * 1024 * 1024;
/** Installs from which on a display name is well known. */
export const WELL_KNOWN_INSTALLS = 50;
