/** A tick that nobody could run within this was missed: a restart takes seconds. */
export const MAX_LATENESS_MS = 60_000;
/** Missed ticks that are made up for one by one; older ones are passed over, and counted up to the second number. */
export const MAX_CAUGHT_UP = 100;
export const MAX_COUNTED_TICKS = 1_000;
/** Runs that one node has under way: each may have a sandbox of its own. */
export const MAX_RUNS_AT_ONCE = 32;
/** Runs that are open in the deployment at once of one installation, and of all of an organization, so that others have their turn. */
export const MAX_OPEN_OF_INSTALLATION = 8;
export const MAX_OPEN_OF_ORGANIZATION = 16;
/** How long a schedule is put off that cannot be planned. */
export const PUT_OFF_MS = 60 * 60_000;
/** How often a node asks itself whether something is due; the database is asked when something may be. */
export const LOOK_EVERY_MS = 50;
/** By how much nodes are apart that wait for the same tick, and how many ticks one takes before others have their turn. */
export const SPREAD_MS = 250;
export const MAX_TAKEN_AT_ONCE = 4;
/** How long the database is not asked when nothing is due. */
export const LONGEST_PAUSE_MS = 5_000;
/** How long it is not asked while there is something to do. */
export const BUSY_PAUSE_MS = 500;
/** Whoever queues a run begins it within this, or another node does. */
export const LEFT_AFTER_MS = 5_000;
/** A call ends after at most five minutes; beginning one may fetch the package first. */
export const MAX_RUN_MS = 6 * 60_000;
/** A run that was begun before this is nobody's: its node has ended it, or another one has begun it again. */
export const LOST_AFTER_MS = 3 * MAX_RUN_MS;
/** Pauses while the end of a run cannot be written down. */
export const RETRY_MS = 500;
/** How many of the next times are told. */
export const TOLD_TICKS = 5;
/** What of an error is kept. */
export const MAX_MESSAGE_LENGTH = 2_000;
