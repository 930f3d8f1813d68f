import type { MemberAuthority } from "../../access/authority.ts";
import { type Principal, SYSTEM_ACTOR } from "../../access/caller.ts";
import type { Installation } from "../../ports/installation-store.ts";
import type { InstallationContext } from "./installation-context.ts";
import { restoreVersionSettings } from "./version-settings.ts";

/** An installation that somebody may change, with nothing left over of earlier changes. */
export interface Settled {
  readonly authority: MemberAuthority;
  readonly installation: Installation;
  /** It was to be enabled when that was cut short. */
  readonly wasEnabling: boolean;
}

/**
 * Every change that runs plugin code is written down before it starts (`transition`) and again with its outcome, so that one that was
 * cut short is found. Says which changes this process is at, and gives up those that nobody is at any more.
 */
export class Transitions {
  readonly #context: InstallationContext;
  /** Installations, by id, of which this process carries a change out. */
  readonly #underWay = new Set<string>();

  constructor(context: InstallationContext) {
    this.#context = context;
  }

  /** Carries a change out; those within it are part of it. */
  async during<T>({ id }: Installation, work: () => Promise<T>): Promise<T> {
    if (this.#underWay.has(id)) return await work();
    this.#underWay.add(id);
    try {
      return await work();
    } finally {
      this.#underWay.delete(id);
    }
  }

  /** Whether a change of the installation is written down as this node's, and this process is not at it. */
  isLeft({ id, transition }: Pick<Installation, "id" | "transition">): boolean {
    return transition?.nodeId === this.#context.world.nodeId && !this.#underWay.has(id);
  }

  /** For changing, after what an earlier change of this node left behind, whose end could not be written, was given up. */
  async findSettled(principal: Principal, slug: string, pluginId: string): Promise<Settled> {
    const found = await this.#context.findWhole(principal, slug, pluginId, "org.plugins.write");
    const { installation } = found;
    if (!this.isLeft(installation)) return { ...found, wasEnabling: false };
    const wasEnabling = installation.transition?.kind === "enable";
    await this.giveUp(installation);
    // What is asked for now comes before what was: a plugin is not started on the way to being stopped.
    if (wasEnabling) await this.#context.runtime.retire(installation.id);
    const settled = await this.#context.findWhole(principal, slug, pluginId, "org.plugins.write");
    return { ...settled, wasEnabling };
  }

  /** As it was before the change that was cut short: disabled, or with the version that served. */
  async giveUp(installation: Installation): Promise<Installation> {
    const { transition, version } = installation;
    if (transition === null) return installation;
    if (transition.kind === "enable")
      return await this.#context.change(installation, { state: "disabled", transition: null }, null);
    // What was off is changed without a transition, and what is blocked is found to be so again.
    const state = transition.wasEnabled ? "enabled" : "error";
    const detail = { version, given_up: transition.toVersion };
    return await this.#context.change(
      installation,
      { state, transition: null },
      { actor: SYSTEM_ACTOR, action: "plugin.update_interrupted", detail },
      (stores) => restoreVersionSettings(stores, installation),
    );
  }
}
