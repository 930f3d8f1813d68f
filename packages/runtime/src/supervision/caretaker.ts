import { outOfMemory } from "../faults.ts";
import type { Instance } from "../instance/instance.ts";
import { BASE_RESIDENT_BYTES, HEARTBEAT_INTERVAL_MS, IDLE_USAGE_POLL_MS, MEMORY_POLL_MS } from "../limits.ts";
import type { ProcessUsageTable } from "../sandbox/process-usage.ts";

const MiB = 1024 * 1024;

export interface CaretakerOptions {
  readonly instances: ReadonlySet<Instance>;
  readonly usage: ProcessUsageTable;
  readonly idleEvictionMs: number;
  readonly maxInstances: number;
  readonly evict: (instance: Instance) => void;
}

/** Looks after the instances while there are any: their memory, whether they still answer, and who has long been idle. */
export class Caretaker {
  readonly #options: CaretakerOptions;
  readonly #idleRoundMs: number;
  #timer: NodeJS.Timeout | undefined;
  #idleRoundAt = 0;
  #usageRoundAt = 0;

  constructor(options: CaretakerOptions) {
    this.#options = options;
    this.#idleRoundMs = Math.min(HEARTBEAT_INTERVAL_MS, Math.max(options.idleEvictionMs / 2, MEMORY_POLL_MS));
  }

  /** Call it when there is a new instance. */
  wake(): void {
    this.#timer ??= setInterval(() => this.#look(), MEMORY_POLL_MS).unref();
    this.#evictSurplus();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const { instances, usage } = this.#options;
    if (instances.size === 0) {
      this.stop();
      return;
    }
    void usage.refresh([...instances].map(({ pid }) => pid));
    const now = performance.now();
    const isIdleRound = now - this.#idleRoundAt >= this.#idleRoundMs;
    if (isIdleRound) this.#idleRoundAt = now;
    const isUsageRound = now - this.#usageRoundAt >= IDLE_USAGE_POLL_MS;
    if (isUsageRound) this.#usageRoundAt = now;
    for (const instance of instances) {
      if (!instance.isIdle || isUsageRound) this.#checkUsage(instance);
      if (instance.isIdle && isIdleRound) this.#lookAfterIdle(instance, now);
    }
  }

  #checkUsage(instance: Instance): void {
    const { privateBytes, cpuMs } = this.#options.usage.get(instance.pid);
    instance.account(cpuMs);
    if (privateBytes > BASE_RESIDENT_BYTES + instance.memoryMb * MiB)
      instance.kill(outOfMemory(instance.memoryMb));
  }

  #lookAfterIdle(instance: Instance, now: number): void {
    if (now - instance.lastUsedAt >= this.#options.idleEvictionMs) this.#options.evict(instance);
    else instance.beat();
  }

  #evictSurplus(): void {
    const { instances, maxInstances, evict } = this.#options;
    const idle = [...instances].filter(({ isIdle }) => isIdle);
    const surplus = instances.size - maxInstances;
    if (surplus <= 0) return;
    for (const instance of idle.sort((a, b) => a.lastUsedAt - b.lastUsedAt).slice(0, surplus))
      evict(instance);
  }
}
