/** What the domain would otherwise take from its surroundings. */
export interface World {
  now(): Date;
  /** A new unique id. */
  newId(): string;
  /** Names this node across restarts: who finds its own interrupted work after a crash. */
  readonly nodeId: string;
  /** The version of Patchbay that `engines.patchbay` is held against. */
  readonly patchbayVersion: string;
  readonly log: DomainLog;
}

/** Structured logging as pino does it. */
export interface DomainLog {
  info(facts: Record<string, unknown>, message: string): void;
  warn(facts: Record<string, unknown>, message: string): void;
  error(facts: Record<string, unknown>, message: string): void;
}
