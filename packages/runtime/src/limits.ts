/** Limits of the host side of the sandbox. What both sides must know is in `@patchbay/protocol`. */

import { STREAM_WINDOW_BYTES, STREAM_WINDOW_CHUNKS } from "@patchbay/protocol";

const KiB = 1024;
const MiB = 1024 * KiB;

/** A sandbox that has not said `ready` by then is not going to. Cold starts take 40 ms, on a loaded machine ten times that. */
export const READY_DEADLINE_MS = 15_000;
/** Evaluating the script and `onActivate` together, unless a call of the plugin may take longer still. */
export const ACTIVATION_DEADLINE_MS = 10_000;
/** What a plugin that let a deadline pass has to show that its event loop still turns. */
export const PING_GRACE_MS = 200;
/** A call that was told to end has this long for its last word; a guest that lives and does not say it never will. */
export const LAST_WORD_GRACE_MS = 2_000;
/** How often an instance without calls is asked for a sign of life, and how long it may take. */
export const HEARTBEAT_INTERVAL_MS = 10_000;
export const HEARTBEAT_GRACE_MS = 3_000;
/** `onDeactivate` has this long, then the process is ended anyway. */
export const DEACTIVATE_DEADLINE_MS = 2_000;
/** Calls under way at an update may go on for the plugin's own deadline and this much more. */
export const DRAIN_GRACE_MS = 1_000;
/** An instance that was not used for this long is ended; the next call starts another in some milliseconds. */
export const IDLE_EVICTION_MS = 5 * 60_000;
/** Instances of one node; beyond, the one that was used least recently is ended when it is idle. */
export const MAX_INSTANCES = 256;

/** Blank sandboxes of the default tier that wait. One is taken at an activation, one more covers the time of the refill. */
export const WARM_SANDBOXES = 2;
/** Memory budgets for which sandboxes are made; a plugin gets the smallest that holds its own. In MiB. */
export const MEMORY_TIERS_MB = [64, 128, 256, 512, 1_024] as const;
/** The refill waits this long after an activation: the first call, which most often follows, is not to share its CPU. */
export const REFILL_DELAY_MS = 30;

/**
 * What a sandbox's data may grow by beside the plugin's budget: the stacks of threads that its runtime starts when they are
 * needed, some 4 MiB each. What a blank one has is measured at the start: it depends on the machine.
 */
export const DATA_HEADROOM_BYTES = 64 * MiB;
/** Anonymous resident memory of a blank sandbox, with room for garbage. Measured: 20 to 30 MiB. */
export const BASE_RESIDENT_BYTES = 64 * MiB;
/** How often memory and processor time of instances with calls under way are looked at, and of idle ones. */
export const MEMORY_POLL_MS = 250;
export const IDLE_USAGE_POLL_MS = 2_000;
/** Processor time within a minute: of two cores, which a plugin that computes and its engine's own threads come near at times. */
export const MAX_CPU_MS_PER_MINUTE = 90_000;
/** The same of an instance without calls: a tenth. Timers are allowed, work that nobody asked for is not. */
export const MAX_IDLE_CPU_MS_PER_MINUTE = 6_000;
/** Processor time while a call is under way, as a multiple of the time that it may take: it has one thread, and its engine's. */
export const CALL_CPU_FACTOR = 2;
/** How much lower than the server's the priority of sandboxes is: others' answers go before a plugin's computing. */
export const SANDBOX_NICENESS = 5;
/** Threads and processes of a sandbox that has a user of its own. It has 5 threads, and 40 under load. */
export const MAX_TASKS = 96;
/** Files and sockets of a sandbox. It opens none beside its runtime's own dozen. */
export const MAX_OPEN_FILES = 64;

/** Crashes and failed starts within the window after which the runtime stops trying. */
export const MAX_FAILURES = 5;
export const FAILURE_WINDOW_MS = 60_000;
/** Wait before the start after the first failure; doubled with each further one. */
export const BACKOFF_FIRST_MS = 100;
export const BACKOFF_MOST_MS = 10_000;

/** Bytes that may wait for a sandbox to read them; calls beyond are refused as `overloaded`. */
export const MAX_QUEUED_BYTES = 64 * MiB;
/** Bodies pause while this much waits, so that they do not delay other answers. */
export const BODY_PAUSE_BYTES = 1 * MiB;
/** Bytes of host calls that an instance may have under way: what the guest allows itself, or one largest frame, twice. */
export const MAX_PENDING_HOST_BYTES = 64 * MiB;
/** JSON that one instance may send in one second; reading it takes the host's time. */
export const MAX_GUEST_BYTES_PER_SECOND = 256 * MiB;
/** JSON that takes the host's thread a while to read: before more is read of the same guest, others get as long. */
export const LARGE_JSON_BYTES = 64 * KiB;
/** Bytes of host calls that were refused within one second. An honest plugin does not repeat what is refused. */
export const MAX_REFUSED_BYTES_PER_SECOND = 16 * MiB;
/** Values of streams that wait for whoever reads them, of all streams of an instance; the next one fails. */
export const MAX_HELD_STREAM_BYTES = 64 * MiB;
/** Credits for a stream go back in groups of a quarter of what may be ahead. */
export const STREAM_CREDIT_GROUP = STREAM_WINDOW_CHUNKS / 4;
export const STREAM_CREDIT_BYTES = STREAM_WINDOW_BYTES / 4;

/** The last of what a sandbox wrote to standard error: enough for a fatal error's text and trace. */
export const STDERR_TAIL_BYTES = 16 * KiB;
/** A sandbox writes next to nothing there. One that writes this much is flooding. */
export const MAX_STDERR_BYTES = 16 * MiB;
/** What of it reaches the plugin's log. */
export const MAX_STDERR_TOLD_BYTES = 64 * KiB;
/** Log lines go to the store in groups, at the latest after this time. */
export const LOG_FLUSH_MS = 100;
export const LOG_GROUP_LINES = 500;
/** Scripts of recently started plugins that are kept for the next start. */
export const SCRIPT_CACHE_BYTES = 64 * MiB;
