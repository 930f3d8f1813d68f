import type { RunningGuest } from "../sandbox/sandbox.ts";
import type { LinkedPair } from "../transport/linked-pair.ts";

/** A guest at the other end of a pair, as the host sees one in a process of its own. */
export const guestOver = (pair: LinkedPair, pid: number): RunningGuest => ({
  transport: pair.host,
  pid,
  flooded: false,
  ended: pair.ended.then(() => ({ code: 1, signal: null, stderr: "" })),
  onStderr: () => undefined,
});
