import { entriesOf, tickAfter, timingOf } from "@patchbay/protocol";
import type { InstallationDirectory } from "../../plugins/installations/installation-directory.ts";
import type { Stores } from "../../ports/database.ts";
import type { ScheduleState } from "../../ports/schedule-store.ts";
import type { World } from "../../world.ts";
import { type Blocks, entriesInForce, serviceFault } from "../contributions/rules.ts";

/** Keeps the schedules that are run in step with what is installed: each node does it for each change, and all come to the same. */
export class ScheduleStates {
  readonly #stores: Pick<Stores, "schedules" | "installations" | "organizations">;
  readonly #directory: Pick<InstallationDirectory, "find">;
  readonly #blocks: Blocks;
  readonly #world: Pick<World, "now" | "log">;

  constructor(parts: {
    readonly stores: Pick<Stores, "schedules" | "installations" | "organizations">;
    readonly directory: Pick<InstallationDirectory, "find">;
    readonly blocks: Blocks;
    readonly world: Pick<World, "now" | "log">;
  }) {
    this.#stores = parts.stores;
    this.#directory = parts.directory;
    this.#blocks = parts.blocks;
    this.#world = parts.world;
  }

  /**
   * One installation has changed. What its version does not have any more is forgotten; what is not in force, since the plugin is off or was not granted
   * it, has no next tick; what comes into force, or at other times than before, begins with its next tick from now.
   */
  async follow(organizationId: string, pluginId: string): Promise<void> {
    const plugin = await this.#directory.find(organizationId, pluginId);
    if (plugin === null) return;
    const { id: installationId } = plugin.installation;
    const declared = entriesOf(plugin.package.manifest, "schedules");
    const known = await this.#stores.schedules.list(installationId);
    if (declared.length === 0 && known.length === 0) return;
    const serves = serviceFault(plugin, this.#blocks) === null;
    const inForce = new Set(serves ? entriesInForce("schedules", plugin).map(({ name }) => name) : []);
    const now = this.#world.now();
    const states = declared.map((entry): Omit<ScheduleState, "paused"> => {
      const { name, missed = "skip" } = entry;
      const timing = timingOf(entry);
      const nextAt = inForce.has(name) ? tickAfter(timing, now, now) : null;
      return { installationId, name, timing, missed, nextAt };
    });
    await this.#stores.schedules.replace(installationId, states);
  }

  /** All that is installed anywhere, since the word of a change may not have come. */
  async followAll(): Promise<void> {
    for (const { id } of await this.#stores.organizations.listOrganizations())
      for (const { pluginId } of await this.#stores.installations.list(id))
        await this.follow(id, pluginId).catch((error: unknown) =>
          this.#world.log.warn({ err: error, plugin: pluginId }, "schedules were not brought up to date"),
        );
  }
}
