/** How often a node says that it lives. */
export const HEARTBEAT_MS = 5_000;
/**
 * How long a node may be silent. Together with a look for silent ones and one for what waits, its work goes on within 15 seconds; and one
 * heartbeat may come late by a few.
 */
export const LEASE_MS = 9_000;
/** How often it is looked for nodes that are silent. */
export const TAKE_OVER_EVERY_MS = 3_000;
/** How often a node looks for runs that are said to be its own and that it does not do. */
export const FIND_LOST_EVERY_MS = 5_000;
/** A node that takes over another one's work is done within this, or another one does. */
export const CLAIM_MS = 10_000;
/** What is done for the whole deployment takes minutes at most; one that hangs gives its turn away after this. */
export const MAX_JOB_MS = 30 * 60_000;
/** Pauses while the database cannot be asked whether a node lives. */
export const RETRY_MS = 500;
/** How long those that are gone are told of. */
export const KEPT_NODES_MS = 24 * 60 * 60_000;
/** What nobody takes over of those that are silent, since no node here does durable work, is forgotten after this. */
export const KEPT_SILENT_MS = 30 * KEPT_NODES_MS;
