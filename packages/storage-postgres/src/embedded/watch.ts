import type { LauncherLog } from "./launcher-log.ts";
import { WATCH_INTERVAL_MS } from "./limits.ts";
import { type RunningProcess, stillRuns } from "./processes.ts";

/** Between attempts to bring a crashed server back, doubling from one to the other. */
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [1_000, 30_000];

/** Looks after a running server and starts it again when it has ended by itself. */
export class Watch {
  #server: RunningProcess;
  #timer: NodeJS.Timeout | undefined;
  #restarting: Promise<void> | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #ended = false;
  readonly #restart: () => Promise<RunningProcess>;
  readonly #log: LauncherLog;

  constructor(server: RunningProcess, restart: () => Promise<RunningProcess>, log: LauncherLog) {
    this.#server = server;
    this.#restart = restart;
    this.#log = log;
    this.#lookAfter(WATCH_INTERVAL_MS);
  }

  get server(): RunningProcess {
    return this.#server;
  }

  /** Stops watching, waits for a restart that is under way, and returns the server. */
  async end(): Promise<RunningProcess> {
    this.#ended = true;
    clearTimeout(this.#timer);
    await this.#restarting;
    return this.#server;
  }

  #lookAfter(delayMs: number): void {
    if (this.#ended) return;
    this.#timer = setTimeout(() => {
      if (stillRuns(this.#server)) this.#lookAfter(WATCH_INTERVAL_MS);
      else this.#restarting = this.#bringBack();
    }, delayMs);
    // Watching alone must not keep the process alive.
    this.#timer.unref();
  }

  async #bringBack(): Promise<void> {
    this.#log.warn(
      `The database server (process ${this.#server.pid}) has ended by itself; starting it again.`,
    );
    try {
      this.#server = await this.#restart();
      this.#pauseMs = FIRST_PAUSE_MS;
      this.#log.info(`The database server runs again (process ${this.#server.pid}).`);
    } catch (error) {
      this.#log.warn(
        `The database server did not start: ${error instanceof Error ? error.message : String(error)}`,
      );
      this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
    }
    this.#lookAfter(this.#pauseMs);
  }
}
