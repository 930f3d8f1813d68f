/** One start of a node's process. */
export interface NodeProcess {
  /** New at every start. */
  readonly id: string;
  /** The node's own, across restarts. */
  readonly nodeId: string;
  readonly patchbayVersion: string;
  /** Name of the machine. */
  readonly host: string;
  readonly pid: number;
}

export interface KnownNode extends NodeProcess {
  readonly startedAt: Date;
  readonly seenAt: Date;
  /** `gone`: it stopped in order, or another node has declared it dead. */
  readonly state: "alive" | "silent" | "gone";
}

/** The processes of the deployment, each of which says again and again that it lives. Times are the database's. */
export interface NodeStore {
  join(node: NodeProcess): Promise<void>;
  /** Says that the process lives. false: it was declared dead, and what it had under way is others'. */
  beat(id: string): Promise<boolean>;
  /** The process has not come to take part. */
  forget(id: string): Promise<void>;
  /** The process ends: others need not wait until it is silent. */
  leave(id: string): Promise<void>;
  /**
   * Declares dead what has been silent for `silentMs`, and hands over to `by` what these and those that left had under way: each to one
   * caller, and to another one when that has not settled it after `claimMs`. Ids of processes.
   */
  claimLeft(by: string, silentMs: number, claimMs: number): Promise<KnownNode[]>;
  /** What the process had under way was taken over by `by`. */
  settle(id: string, by: string): Promise<void>;
  /** There may be more to take over of it: it did something after it had been declared dead. */
  unsettle(id: string): Promise<void>;
  /** The latest process of each node, by node. `silent` is one that has not been seen for `silentMs`. */
  list(silentMs: number): Promise<KnownNode[]>;
  /** Forgets processes that were settled before `settledBefore`, and those that nobody has seen since `seenBefore`. */
  removeOlder(settledBefore: Date, seenBefore: Date): Promise<void>;
}

/** What is done once for the whole deployment, whichever node does it. */
export interface JobStore {
  /**
   * Takes a job's turn when nobody has had it for `everyMs` and whoever had it last is done, has not been seen for `silentMs`, or is the one that
   * asks: its release was lost, since a process does a job once at a time. Of several that ask one gets `true`.
   */
  claim(name: string, by: string, everyMs: number, silentMs: number): Promise<boolean>;
  /** The turn is over. */
  release(name: string, by: string): Promise<void>;
}
