import type { PatchbayError } from "@patchbay/protocol";
import { cpuExceeded } from "../faults.ts";
import { MAX_CPU_MS_PER_MINUTE, MAX_IDLE_CPU_MS_PER_MINUTE } from "../limits.ts";

const MINUTE_MS = 60_000;

/** What an instance used of the processor within a minute, with calls and without. */
export class ProcessorAccount {
  #since = 0;
  #lastCpuMs: number | undefined;
  #ms = 0;
  #idleMs = 0;

  /**
   * Takes the processor time since the process's start. `wasIdle`: there was no call since the last time. Comes back with
   * the fault when it is too much. What was used before the first time, to start, does not count.
   */
  take(cpuMs: number, wasIdle: boolean, now = performance.now()): PatchbayError | undefined {
    const used = Math.max(cpuMs - (this.#lastCpuMs ?? cpuMs), 0);
    this.#lastCpuMs = cpuMs;
    if (now - this.#since > MINUTE_MS) {
      this.#since = now;
      this.#ms = 0;
      this.#idleMs = 0;
    }
    this.#ms += used;
    if (wasIdle) this.#idleMs += used;
    if (this.#idleMs > MAX_IDLE_CPU_MS_PER_MINUTE)
      return cpuExceeded(MAX_IDLE_CPU_MS_PER_MINUTE, "in a minute without a call");
    if (this.#ms > MAX_CPU_MS_PER_MINUTE) return cpuExceeded(MAX_CPU_MS_PER_MINUTE, "in a minute");
    return undefined;
  }
}
