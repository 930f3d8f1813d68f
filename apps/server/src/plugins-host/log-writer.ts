import type { DomainLog, LogStore, PluginLogLine } from "@patchbay/core";

/** How long a line may wait to be written together with others. */
const FLUSH_MS = 200;
/** Lines that may wait for a slow database; older ones are dropped and counted. */
const MAX_WAITING_LINES = 20_000;

/** Takes log lines without waiting and writes them in batches. */
export class LogWriter {
  readonly #store: LogStore;
  readonly #log: DomainLog;
  readonly #waiting = new Map<string, PluginLogLine[]>();
  #waitingLines = 0;
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(store: LogStore, log: DomainLog) {
    this.#store = store;
    this.#log = log;
  }

  add(installationId: string, lines: readonly PluginLogLine[]): void {
    if (this.#waitingLines + lines.length > MAX_WAITING_LINES) {
      this.#dropped += lines.length;
      return;
    }
    const waiting = this.#waiting.get(installationId);
    if (waiting === undefined) this.#waiting.set(installationId, [...lines]);
    else waiting.push(...lines);
    this.#waitingLines += lines.length;
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  /** Writes what waits. A fault is logged: an installation that is gone takes its lines with it. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batches = [...this.#waiting];
    this.#waiting.clear();
    this.#waitingLines = 0;
    if (this.#dropped > 0)
      this.#log.warn({ lines: this.#dropped }, "log lines of plugins were dropped: the database is too slow");
    this.#dropped = 0;
    for (const [installationId, lines] of batches) {
      await this.#store.append(installationId, lines).catch((error: unknown) => {
        this.#log.warn(
          { installation: installationId, error: String(error) },
          "log lines of a plugin could not be kept",
        );
      });
    }
  }
}
