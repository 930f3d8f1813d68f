/** Limits of the embedded database. Every number has its unit in its name and its reason beside it. */

/** Bytes of a Unix socket's path. Linux takes 107 and macOS 103; libraries round down. */
export const MAX_SOCKET_PATH_BYTES = 100;
/** The server may replay its log after a crash; with the settings of `configuration.ts` that takes seconds, rarely a minute. */
export const START_DEADLINE_MS = 300_000;
/** A fast shutdown writes one checkpoint. Slower than this means a stuck disk, and the next level of force. */
export const FAST_STOP_DEADLINE_MS = 30_000;
/** An immediate shutdown writes nothing; only a process stuck in the kernel needs longer. */
export const IMMEDIATE_STOP_DEADLINE_MS = 10_000;
/** Pauses between attempts to start. A dead server's last children need up to some seconds to notice. */
export const START_RETRY_PAUSES_MS = [200, 500, 1_000, 2_000, 4_000] as const;
/** How long a start waits for another Patchbay that is about to end, before it is refused. */
export const LOCK_WAIT_MS = 8_000;
/** How often the owner of a data folder renews its lock, for those who cannot see its process. */
export const LOCK_HEARTBEAT_MS = 2_000;
/** A lock from another container or machine counts as abandoned when it was not renewed for five heartbeats. */
export const FOREIGN_LOCK_SILENCE_MS = 10_000;
/** A lock older than this needs no watching: its owner missed thirty heartbeats. */
export const FOREIGN_LOCK_EXPIRED_MS = 60_000;
/** How often states that cannot be waited for are looked at again. */
export const POLL_MS = 25;
/** How often the running server is looked after. A crash is noticed within this time. */
export const WATCH_INTERVAL_MS = 1_000;
/** The server's own log is set aside at a start when it has grown beyond this; one older file is kept. */
export const MAX_SERVER_LOG_BYTES = 10 * 1024 * 1024;
/** How much of the server's log is read to explain a failed start. */
export const LOG_TAIL_BYTES = 4_096;
