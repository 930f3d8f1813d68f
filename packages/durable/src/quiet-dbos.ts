import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { QUEUE_LOOK_MS, SIDE_LOOK_MS } from "./limits.ts";

/** The queue of runs that are to be gone on with. */
const QUEUE = "_dbos_internal_queue";

/**
 * DBOS looks every second for things of which nothing here uses most, which is five transactions a second of a node with nothing to do. It has no option
 * for that: its constants are set where they are kept, once it is launched. Where another version keeps them elsewhere, it looks as often as it does by itself; the
 * test of what an idle node costs tells.
 */
export const quietDbos = (): void => {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve("@dbos-inc/dbos-sdk"));
  const queues: QueueInternals = require(join(folder, "wfqueue.js"));
  const management: ManagementInternals = require(join(folder, "workflow_management.js"));
  const queue = queues.wfQueueRunner?.getInternalQueue(QUEUE);
  if (queue !== undefined) queue.minPollingIntervalMs = QUEUE_LOOK_MS;
  const runner = queues.wfQueueRunner?.constructor;
  if (runner !== undefined) {
    runner.reconcileIntervalMs = SIDE_LOOK_MS;
    runner.transitionIntervalMs = SIDE_LOOK_MS;
  }
  if (management.workflowTimeoutConfig !== undefined)
    management.workflowTimeoutConfig.pollingIntervalMs = SIDE_LOOK_MS;
};

interface QueueInternals {
  readonly wfQueueRunner?: {
    getInternalQueue(name: string): { minPollingIntervalMs?: number } | undefined;
    readonly constructor: { reconcileIntervalMs?: number; transitionIntervalMs?: number };
  };
}

interface ManagementInternals {
  readonly workflowTimeoutConfig?: { pollingIntervalMs: number };
}
