/** A session ends after this long, used or not: 14 days. */
export const SESSION_MS = 14 * 24 * 3600 * 1000;
/** A printed set-up link is good for a day. */
export const SETUP_LINK_MS = 24 * 3600 * 1000;
/** A link that is handed to somebody: over a weekend and a short holiday. */
export const PERSONAL_LINK_MS = 7 * 24 * 3600 * 1000;

/** Failures are forgotten after this long. */
export const FAILURE_WINDOW_MS = 15 * 60 * 1000;
/** Wrong passwords for one account from one network that cost no time: generous to people, useless for guessing. */
export const FREE_FAILURES = 10;
/** Wrong passwords from one network for all accounts: an office of many people who mistype. */
export const FREE_FAILURES_OF_NETWORK = 100;
/** After the free ones, the pause after a failure doubles from this. */
export const FIRST_PAUSE_MS = 1_000;
/** So long that guessing is hopeless, so short that a person who waits gets in. */
export const LONGEST_PAUSE_MS = 5 * 60 * 1000;
/** Between failures of one network over many accounts: who shares it and mistypes nothing waits no longer than this. */
export const LONGEST_PAUSE_OF_NETWORK_MS = 10_000;
/** Where the account has signed in before, an attempt waits instead of being refused. */
export const LONGEST_HELD_MS = 5_000;
/** A network from which somebody has signed in is theirs for a quarter of a year. */
export const KNOWN_NETWORK_MS = 90 * 24 * 3600 * 1000;
/** Attempts for one account from one network that wait for each other. */
export const MAX_WAITING_ATTEMPTS = 8;
