import type { DomainLog, LogStore, PluginLogLine } from "@patchbay/core";

/** How long a line may wait to be written together with others. */
const FLUSH_MS = 200;
/** Text of lines that may wait for a slow database; older ones are dropped and counted. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
/** What a line takes beside its text. */
const BYTES_A_LINE = 100;

/** Takes log lines without waiting and writes them in batches. */
export class LogWriter {
  readonly #store: LogStore;
  readonly #log: DomainLog;
  readonly #waiting = new Map<string, PluginLogLine[]>();
  #waitingBytes = 0;
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(store: LogStore, log: DomainLog) {
    this.#store = store;
    this.#log = log;
  }

  add(installationId: string, lines: readonly PluginLogLine[]): void {
    const bytes = lines.reduce((sum, line) => sum + sizeOf(line), 0);
    if (this.#waitingBytes + bytes > MAX_WAITING_BYTES) {
      this.#dropped += lines.length;
      return;
    }
    const waiting = this.#waiting.get(installationId);
    if (waiting === undefined) this.#waiting.set(installationId, [...lines]);
    else waiting.push(...lines);
    this.#waitingBytes += bytes;
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  /** Writes what waits. A fault is logged: an installation that is gone takes its lines with it. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batches = [...this.#waiting];
    this.#waiting.clear();
    this.#waitingBytes = 0;
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

const sizeOf = ({ message, fields }: PluginLogLine): number =>
  BYTES_A_LINE + message.length + (fields === undefined ? 0 : JSON.stringify(fields).length);
