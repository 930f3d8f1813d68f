/** How often it is looked whether a run waits to be gone on with; each look is two transactions. */
export const QUEUE_LOOK_MS = 1_500;
/** How often DBOS looks for queues, for runs that are to begin later and for those that ran out of time: nothing here uses any of them yet. */
export const SIDE_LOOK_MS = 10_000;
/** The same for its own schedules, of which there are none. */
export const OWN_SCHEDULES_LOOK_MS = 10 * 60_000;
/** Runs that are forgotten in one statement. */
export const FORGOTTEN_AT_ONCE = 1_000;
