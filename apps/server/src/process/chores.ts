import type { Nodes } from "@patchbay/core";
import type { Logger } from "pino";

/** Something that is done again and again while the server runs. */
export interface Chore {
  /** Unique; of those of a deployment, the name of its job. */
  readonly name: string;
  /**
   * Whether each node does it, for what the node itself holds; or any one of them, for all. Of a deployment's chore one run is under way at a time, and one begins in
   * each span.
   */
  readonly per: "node" | "deployment";
  /** For the log: "advisories were not read". */
  readonly failure: string;
  readonly everyMs: number;
  /** Before the first time; as long as `everyMs` unless told. */
  readonly firstMs?: number;
  run(): Promise<unknown>;
}

/** Starts the chores; each waits for itself, never for another. Answers with what ends them; what is under way then goes on. */
export const startChores = (
  chores: readonly Chore[],
  nodes: Pick<Nodes, "once">,
  log: Logger,
): (() => Promise<void>) => {
  const timers = new Set<NodeJS.Timeout>();
  let hasEnded = false;
  const runOf = ({ name, per, everyMs, run }: Chore): Promise<unknown> =>
    per === "node" ? run() : nodes.once(name, everyMs, run);
  const schedule = (chore: Chore, inMs: number): void => {
    if (hasEnded) return;
    const timer = setTimeout(async () => {
      timers.delete(timer);
      await runOf(chore).catch((error: unknown) => log.warn({ err: error }, chore.failure));
      schedule(chore, chore.everyMs);
    }, inMs);
    timers.add(timer.unref());
  };
  for (const chore of chores) schedule(chore, chore.firstMs ?? chore.everyMs);
  return async () => {
    hasEnded = true;
    for (const timer of timers) clearTimeout(timer);
  };
};
