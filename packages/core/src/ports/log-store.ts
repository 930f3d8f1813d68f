import type { LogLevel } from "@patchbay/protocol";
import type { PluginLogLine } from "./plugin-runtime.ts";

export interface StoredLogLine extends PluginLogLine {
  /** Grows with time; the cursor of a reader that follows the log. */
  readonly id: string;
}

export interface LogQuery {
  /** Only lines after this id, oldest first; without it the newest lines, still oldest first. */
  readonly after?: string;
  /** Least severe level that is wanted. */
  readonly level?: LogLevel;
  /** Text that must occur in the message. */
  readonly q?: string;
  readonly limit: number;
}

/** The logs of plugins, kept per installation. */
export interface LogStore {
  append(installationId: string, lines: readonly PluginLogLine[]): Promise<void>;
  list(installationId: string, query: LogQuery): Promise<StoredLogLine[]>;
  /** How many lines the installation has. */
  count(installationId: string): Promise<number>;
  /** Keeps the newest `keepLines` of each installation and nothing older than `before`. */
  trim(keepLines: number, before: Date): Promise<void>;
}
