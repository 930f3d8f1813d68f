import type { RegistryPackageStore } from "../ports/registry-store.ts";
import type { World } from "../world.ts";
import { INSTALLS_WRITTEN_EVERY_MS, MAX_COUNTED_PLUGINS } from "./limits.ts";

/** Counts downloads in memory and writes them together: what a crash loses of them does not matter. */
export class InstallCounts {
  readonly #packages: Pick<RegistryPackageStore, "addInstalls">;
  readonly #world: World;
  #counts = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(packages: Pick<RegistryPackageStore, "addInstalls">, world: World) {
    this.#packages = packages;
    this.#world = world;
    this.#timer = setInterval(() => void this.flush(), INSTALLS_WRITTEN_EVERY_MS);
    this.#timer.unref();
  }

  add(plugin: string): void {
    if (this.#counts.size >= MAX_COUNTED_PLUGINS && !this.#counts.has(plugin)) return;
    this.#counts.set(plugin, (this.#counts.get(plugin) ?? 0) + 1);
  }

  /** Writes what was counted. Never throws: what could not be written is lost. */
  async flush(): Promise<void> {
    const counts = this.#counts;
    if (counts.size === 0) return;
    this.#counts = new Map();
    try {
      await this.#packages.addInstalls(counts);
    } catch (error) {
      this.#world.log.warn({ err: error, packages: counts.size }, "counted downloads were not written");
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }
}
