import type { DomainLog, MemoryStore, OwnedSpace, World } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import type { Embedder } from "./embedder.ts";
import { EMBEDDING_TURN_MS, EXPIRED_A_TURN, SPACES_A_TURN } from "./limits.ts";

/** What is done for memories while nobody looks. One node does it, for all of them. */
export class MemoryUpkeep {
  readonly #store: Pick<MemoryStore, "listOwnedSpaces" | "removeExpired">;
  readonly #embedder: Embedder;
  readonly #world: Pick<World, "now"> & { readonly log: Pick<DomainLog, "warn"> };
  #after: string | null = null;

  constructor(
    store: Pick<MemoryStore, "listOwnedSpaces" | "removeExpired">,
    embedder: Embedder,
    world: Pick<World, "now"> & { readonly log: Pick<DomainLog, "warn"> },
  ) {
    this.#store = store;
    this.#embedder = embedder;
    this.#world = world;
  }

  /** Removes memories whose time is over. */
  async removeExpired(): Promise<void> {
    await this.#store.removeExpired(this.#world.now(), EXPIRED_A_TURN);
  }

  /** Embeds what has no vector of its organization's model, in some namespaces at a time. What one plugin fails with keeps no other waiting. */
  async embed(signal: AbortSignal): Promise<void> {
    const spaces = await this.#store.listOwnedSpaces(this.#after, SPACES_A_TURN);
    const until = performance.now() + EMBEDDING_TURN_MS;
    const failing = new Set<string>();
    for (const space of spaces) {
      if (!failing.has(space.installationId) && !(await this.#embedAll(space, until, signal)))
        failing.add(space.installationId);
      // The next turn goes on behind the one that this has come to.
      this.#after = space.id;
      if (performance.now() >= until) return;
    }
    if (spaces.length < SPACES_A_TURN) this.#after = null;
  }

  /** Whether the model could be asked. */
  async #embedAll(space: OwnedSpace, until: number, signal: AbortSignal): Promise<boolean> {
    try {
      const setAside = await this.#embedder.catchUp(space, until, signal);
      if (setAside > 0)
        this.#world.log.warn(
          { organization: space.organizationId, plugin: space.pluginId, memories: setAside },
          "the model cannot embed some memories; they are found by their words",
        );
      return true;
    } catch (error) {
      signal.throwIfAborted();
      // Where no model is chosen, and word vectors are not there.
      if (error instanceof PatchbayError && error.code === "model_not_found") return false;
      const { organizationId, pluginId } = space;
      this.#world.log.warn(
        { err: error, organization: organizationId, plugin: pluginId },
        "memories could not be embedded; they are found by their words",
      );
      return false;
    }
  }
}
