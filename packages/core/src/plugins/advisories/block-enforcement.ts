import { PatchbayError } from "@patchbay/protocol";
import { SYSTEM_ACTOR } from "../../access/caller.ts";
import type { Installation, LastError } from "../../ports/installation-store.ts";
import type { InstallationContext } from "../installations/installation-context.ts";
import { type BlockList, versionBlocked } from "../trust/block-list.ts";

/** Switches off what must not run, in every organization and on this node, and lets it go again when that is over. */
export class BlockEnforcement {
  readonly #context: InstallationContext;
  readonly #blocks: BlockList;

  constructor(context: InstallationContext, blocks: BlockList) {
    this.#context = context;
    this.#blocks = blocks;
  }

  /** To be run on every node whenever the list was read. One installation's fault never stops the rest. */
  async run(): Promise<void> {
    const { installations } = this.#context.database;
    for (const plugin of new Set(this.#blocks.all().map((block) => block.plugin)))
      for (const installation of await installations.listByPlugin(plugin)) await this.#settle(installation);
    for (const installation of await installations.listBlocked()) await this.#settle(installation);
  }

  async #settle(installation: Installation): Promise<void> {
    try {
      const block = this.#blocks.blockOf(installation);
      if (block === null) return await this.#release(installation);
      await this.#block(installation, versionBlocked(installation, block));
    } catch (error) {
      // Somebody else was faster, or a change is under way: the next run looks again.
      if (error instanceof PatchbayError && error.code === "plugin_busy") return;
      const { pluginId: plugin } = installation;
      this.#context.world.log.warn({ plugin, error: String(error) }, "a blocked version was not settled");
    }
  }

  async #block(installation: Installation, { code, message }: PatchbayError): Promise<void> {
    const { id, organizationId, pluginId, version, state, transition } = installation;
    if (state !== "blocked" && transition === null) {
      const { world } = this.#context;
      const see = `plugins/${pluginId}/history`;
      const lastError: LastError = { code, message, at: world.now().toISOString(), see };
      const detail = { version, before: state, message };
      const step = { actor: SYSTEM_ACTOR, action: "plugin.blocked" as const, detail };
      await this.#context.change(installation, { state: "blocked", lastError }, step, async (stores) => {
        const title = `${pluginId} ${version} was switched off`;
        const note = { organizationId, pluginId, installationId: id, project: null, userId: null };
        await stores.notifications.add({ ...note, level: "error", title, message }, false);
      });
    }
    await this.#context.runtime.retire(id);
  }

  async #release(installation: Installation): Promise<void> {
    if (installation.state !== "blocked") return;
    const step = {
      actor: SYSTEM_ACTOR,
      action: "plugin.unblocked" as const,
      detail: { version: installation.version },
    };
    await this.#context.change(installation, { state: "disabled", lastError: null }, step);
  }
}
