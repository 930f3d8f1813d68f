/** One run of durable work, as the code sees it that does it. */
export interface DurableRun {
  /** As it was started. */
  readonly id: string;
  /**
   * Does something once, however often the run is gone on with: its answer, which JSON must be able to express, is written down, and read there
   * the next time. Only a step that a crash cuts short is done again. `signal` is aborted when the run is cancelled and when this
   * node is to have no more to do with it: whatever the step comes to then counts for nothing.
   *
   * Steps are told apart by their order, which must be the same every time: one after the other, never beside each other. What is done
   * side by side is a run of its own for each.
   */
  step<T>(name: string, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/** Does the work of a kind. What it throws ends the run. */
export type DurableHandler = (input: unknown, run: DurableRun) => Promise<void>;

/** Runs that are carried on by another node when theirs is gone. One implementation: `DbosDurableWork` of `@patchbay/durable`. */
export interface DurableWork {
  /** Who does the runs of a kind. To be said before `launch`, and once. */
  handle(kind: string, handler: DurableHandler): void;
  /**
   * Begins to take part, under a name that nobody else has. `mayGoOn` is asked before each step; while it has not answered the step waits, and
   * when it throws the run is another's.
   */
  launch(executor: string, mayGoOn: () => Promise<void>): Promise<void>;
  readonly isLaunched: boolean;
  /** Starts a run here. Of several starts with the same id, on whatever nodes, one counts. `input` is what JSON can express. */
  start(kind: string, id: string, input: unknown): Promise<void>;
  /** Ends a run wherever it is: no further step begins, and the signal of the one under way is aborted within seconds. */
  cancel(id: string): Promise<void>;
  /** Lets any node that takes part go on with what an executor had under way that is no more. `mayGoOn` is asked before each. Answers how many. */
  takeOver(executor: string, mayGoOn: () => Promise<void>): Promise<number>;
  /**
   * Goes on with runs that are written down as under way here and are not: a connection that broke when one was to begin leaves it so.
   * To be called from time to time; one is found at the second call. Answers how many.
   */
  goOnWithLost(): Promise<number>;
  /** Forgets runs that ended before. */
  removeEnded(before: Date): Promise<void>;
  /**
   * Takes part no more, after what is under way has had `graceMs` to end. The rest stays as it is for whoever takes it over. `launch` may
   * follow, under another name.
   */
  halt(graceMs: number): Promise<void>;
}
