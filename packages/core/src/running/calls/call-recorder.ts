import type { CallStore, LoggedCall } from "../../ports/call-store.ts";
import type { World } from "../../world.ts";
import { type CallRules, isContentKept, isKept } from "./call-rules.ts";

/** How long a call may wait to be written together with others, and how many are written at once at the latest. */
const FLUSH_MS = 200;
/** Memory of calls that may wait for a slow database; those that come then are dropped and counted. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
/** What a call takes beside its input and output. */
const BYTES_A_CALL = 1_000;
const BYTES_A_CHARACTER = 2;

/**
 * Of one plugin in a second, on a node: of those that were answered, and as many that were not. More than these nobody reads one by one, and
 * writing all of them took a third of what two processors get through.
 */
const MAX_KEPT_A_SECOND = 200;
const SECOND_MS = 1_000;
/** How often it is told that there were more. */
const TELL_EVERY_MS = 60_000;

/** Takes calls that have ended without waiting, and writes those that their organization wants to be kept, in batches. */
export class CallRecorder {
  readonly #store: Pick<CallStore, "append">;
  readonly #rules: CallRules;
  readonly #log: World["log"];
  #waiting: LoggedCall[] = [];
  #waitingBytes = 0;
  #dropped = 0;
  /** By installation and whether they were answered, in the second that they are of. */
  readonly #kept = new Map<string, number>();
  #second = 0;
  #surplus = 0;
  #toldAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  /** Batches are written one after the other: a slow database gets no more of them at once. */
  #writing: Promise<void> = Promise.resolve();
  #isWriting = false;

  constructor(store: Pick<CallStore, "append">, rules: CallRules, log: World["log"]) {
    this.#store = store;
    this.#rules = rules;
    this.#log = log;
  }

  /** Never waits, never throws. */
  add(call: LoggedCall): void {
    if (!this.#hasRoom(call)) {
      this.#surplus += 1;
      return;
    }
    const bytes = sizeOf(call);
    if (this.#waitingBytes + bytes > MAX_WAITING_BYTES) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(call);
    this.#waitingBytes += bytes;
    this.#arm();
  }

  /** Writes what waits, and what is being written. A fault is logged. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#writeAll());
    await this.#writing;
  }

  /** A plugin that is called ever so often takes no other's place. */
  #hasRoom({ installationId, code }: LoggedCall): boolean {
    const now = performance.now();
    const second = Math.floor(now / SECOND_MS);
    if (second !== this.#second) this.#kept.clear();
    this.#second = second;
    const key = `${code === null} ${installationId}`;
    const count = (this.#kept.get(key) ?? 0) + 1;
    this.#kept.set(key, count);
    return count <= MAX_KEPT_A_SECOND;
  }

  #tellSurplus(): void {
    const now = performance.now();
    if (this.#surplus === 0 || now - this.#toldAt < TELL_EVERY_MS) return;
    this.#log.info(
      { calls: this.#surplus, keptASecond: MAX_KEPT_A_SECOND },
      "calls were not logged: there were more of a plugin in a second than are kept",
    );
    this.#surplus = 0;
    this.#toldAt = now;
  }

  #arm(): void {
    if (this.#isWriting) return;
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  async #writeAll(): Promise<void> {
    const calls = this.#waiting;
    const dropped = this.#dropped;
    if (calls.length === 0) return;
    this.#waiting = [];
    this.#dropped = 0;
    this.#isWriting = true;
    this.#tellSurplus();
    if (dropped > 0) this.#log.warn({ calls: dropped }, "calls were not logged: the database is too slow");
    try {
      await this.#store.append(await this.#wanted(calls));
    } catch (error) {
      this.#log.warn({ err: error, calls: calls.length }, "calls could not be logged");
    } finally {
      // Until they are written they take memory.
      this.#waitingBytes -= calls.reduce((sum, call) => sum + sizeOf(call), 0);
      this.#isWriting = false;
      if (this.#waiting.length > 0) this.#arm();
    }
  }

  /** By the rules of this moment: what was allowed when a call began may not be any more. */
  async #wanted(calls: readonly LoggedCall[]): Promise<LoggedCall[]> {
    const wanted: LoggedCall[] = [];
    for (const call of calls) {
      const rules = await this.#rules.of(call.organizationId);
      if (!isKept(rules, call.pluginId)) continue;
      const keeps = isContentKept(rules, call.pluginId);
      wanted.push(keeps ? call : { ...call, input: null, output: null });
    }
    return wanted;
  }
}

const sizeOf = ({ input, output }: LoggedCall): number =>
  BYTES_A_CALL + ((input?.json.length ?? 0) + (output?.json.length ?? 0)) * BYTES_A_CHARACTER;
