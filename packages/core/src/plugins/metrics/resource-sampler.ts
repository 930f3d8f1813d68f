import type { PluginRuntime } from "../../ports/plugin-runtime.ts";
import type { World } from "../../world.ts";
import type { CallMetrics } from "./call-metrics.ts";

/** Two readings closer together than this tell nothing new: `/proc` counts processor time in hundredths of a second. */
const LEAST_PAUSE_MS = 500;

/** Reads from time to time what the sandboxes of this node use, and adds it to the minutes of their installations. */
export class ResourceSampler {
  readonly #runtime: Pick<PluginRuntime, "instances">;
  readonly #metrics: CallMetrics;
  readonly #world: World;
  /** Processor time at the last reading, by process. */
  #cpuMs: ReadonlyMap<string, number> = new Map();
  #sampledAt = 0;

  constructor(runtime: Pick<PluginRuntime, "instances">, metrics: CallMetrics, world: World) {
    this.#runtime = runtime;
    this.#metrics = metrics;
    this.#world = world;
  }

  /** Reads now, unless it has just done so. What a process used after the last reading and before its end is not seen. */
  sample(): void {
    const now = this.#world.now().getTime();
    if (now - this.#sampledAt < LEAST_PAUSE_MS && now >= this.#sampledAt) return;
    this.#sampledAt = now;
    const seen = new Map<string, number>();
    const used = new Map<string, { cpuMs: number; residentBytes: number }>();
    for (const { installationId, pid, startedAt, cpuMs, residentBytes } of this.#runtime.instances()) {
      const process = `${pid} ${startedAt}`;
      const sum = used.get(installationId) ?? { cpuMs: 0, residentBytes: 0 };
      used.set(installationId, sum);
      sum.cpuMs += Math.max(0, cpuMs - (this.#cpuMs.get(process) ?? 0));
      sum.residentBytes += residentBytes;
      seen.set(process, cpuMs);
    }
    this.#cpuMs = seen;
    for (const [installationId, usage] of used) this.#metrics.addUsage(installationId, now, usage);
  }
}
