import type { Authority } from "../../access/authority.ts";
import { actorOf, type Principal, type SystemCaller } from "../../access/caller.ts";
import { requireAllowed, requireDispensable, requireSigned } from "../../access/policy-rules.ts";
import type { Sight } from "../../access/sight.ts";
import type { PackageVersion } from "../../ports/catalog-store.ts";
import type { Installation } from "../../ports/installation-store.ts";
import { requireNotRelied, requireOn, toEnableFirst } from "../dependencies/checks.ts";
import { InstalledGraph } from "../dependencies/installed-graph.ts";
import { requireIdle } from "../dependencies/require-idle.ts";
import { notifyThoseWaiting } from "../notifications/request-notices.ts";
import { asFailure, lastErrorOf, transitionOf } from "./change-records.ts";
import { enableInOrder, requireOwn } from "./enable-in-order.ts";
import type { InstallationContext } from "./installation-context.ts";
import { specOf } from "./installation-directory.ts";
import { requireStartable } from "./start-checks.ts";
import type { Transitions } from "./transitions.ts";

/** Who switches: their name is in the history, and what is hidden from them is not named. */
type Switcher = Sight & Pick<Authority, "caller">;

const RECOVERY: Switcher = {
  caller: { kind: "system", because: "recovery" } satisfies SystemCaller,
  projects: "all",
};

/** Switches installations on and off. */
export class Switching {
  readonly #context: InstallationContext;
  readonly #transitions: Transitions;

  constructor(context: InstallationContext, transitions: Transitions) {
    this.#context = context;
    this.#transitions = transitions;
  }

  /**
   * Starts the plugin, after all that it needs, and comes back when it answers. Enabling what is enabled changes nothing.
   * Throws `grants_required`, `settings_invalid`, `plugin_busy`, `policy_blocked`, `dependency_missing`, `dependency_conflict`,
   * `dependency_cycle`, `dependency_disabled`; or what the start threw, and then the installation that did not start is in
   * the state `error` and the others are as before.
   */
  async enable(principal: Principal, slug: string, pluginId: string): Promise<Installation> {
    const { authority, installation } = await this.#transitions.findSettled(principal, slug, pluginId);
    if (installation.state === "enabled") return installation;
    return await this.#enableWithNeeded(authority, installation);
  }

  /** The same for an installation in the state `error`. */
  async retry(principal: Principal, slug: string, pluginId: string): Promise<Installation> {
    const settled = await this.#transitions.findSettled(principal, slug, pluginId);
    const { authority, installation, wasEnabling } = settled;
    if (installation.state !== "error" && !wasEnabling) return installation;
    return await this.#enableWithNeeded(authority, installation);
  }

  /** Stops the plugin after the calls under way. Settings, grants and data stay. Throws `plugin_busy`, `policy_blocked`; `dependency_in_use` when an enabled plugin needs it. */
  async disable(principal: Principal, slug: string, pluginId: string): Promise<Installation> {
    const { authority, installation } = await this.#transitions.findSettled(principal, slug, pluginId);
    requireDispensable(authority.policy, pluginId);
    return await this.#disable(authority, installation);
  }

  /** Tries an enabling again that was cut short and given up. Throws what the start threw. */
  async enableAgain(installation: Installation): Promise<void> {
    const enabled = await this.#enable(RECOVERY, installation);
    await this.#tellThoseWaiting([enabled]);
  }

  async #enableWithNeeded(authority: Authority, installation: Installation): Promise<Installation> {
    const { database, world } = this.#context;
    requireIdle(installation);
    const chosen = await this.#context.packageOf(installation);
    const graph = await InstalledGraph.load(database, installation.organizationId, authority);
    const first = toEnableFirst(graph, chosen);
    requireOwn(authority, installation.pluginId, first);
    for (const one of [...first, installation]) requireAllowed(authority.policy, one);
    for (const one of [...first, installation]) {
      const version = await this.#context.packageOf(one);
      requireSigned(authority.policy, version, await this.#context.trust.judge(version));
      await requireStartable(this.#context, one, version, one.grants);
    }
    const switches = {
      enable: (one: Installation) => this.#enable(authority, one),
      disable: (one: Installation) => this.#disable(authority, one),
    };
    const enabled = await enableInOrder(first, installation, switches, world.log);
    await this.#tellThoseWaiting([...first, enabled]);
    return enabled;
  }

  /** Those who asked for these plugins can use them, now that they are enabled and stay so. Never throws: that much is done. */
  async #tellThoseWaiting(enabled: readonly Installation[]): Promise<void> {
    const { database, world } = this.#context;
    for (const one of enabled) {
      try {
        const { manifest } = await this.#context.packageOf(one);
        await database.transaction((stores) => notifyThoseWaiting(stores, one, manifest.name));
      } catch (error) {
        // They are told when it is enabled the next time.
        world.log.warn(
          { plugin: one.pluginId, error: String(error) },
          "those who asked for a plugin were not told that it is enabled",
        );
      }
    }
  }

  async #disable(by: Switcher, installation: Installation): Promise<Installation> {
    if (installation.state === "disabled") return installation;
    requireIdle(installation);
    const change = { state: "disabled", lastError: null } as const;
    const step = { actor: actorOf(by.caller), action: "plugin.disabled" as const };
    const disabled = await this.#context.change(installation, change, step, async (stores) =>
      requireNotRelied(
        await InstalledGraph.lock(stores, installation.organizationId, by),
        installation.pluginId,
      ),
    );
    await this.#context.runtime.retire(installation.id);
    return disabled;
  }

  async #enable(by: Switcher, installation: Installation): Promise<Installation> {
    return await this.#transitions.during(installation, async () => {
      requireIdle(installation);
      const chosen = await this.#context.packageOf(installation);
      await requireStartable(this.#context, installation, chosen, installation.grants);
      const { world } = this.#context;
      const transition = transitionOf(world, "enable", installation, chosen, installation.grants);
      const change = { state: "enabling", transition } as const;
      const enabling = await this.#context.change(installation, change, null, async (stores) =>
        requireOn(await InstalledGraph.lock(stores, installation.organizationId, by), chosen),
      );
      return await this.#start(by, enabling, chosen);
    });
  }

  /** Starts an installation that is written down as being enabled, and writes down what came of it. */
  async #start(by: Switcher, enabling: Installation, chosen: PackageVersion): Promise<Installation> {
    const { trust, runtime, world } = this.#context;
    const actor = actorOf(by.caller);
    const { version } = chosen;
    try {
      await trust.requireGood(chosen);
      runtime.forgive(enabling.id);
      const spec = specOf(enabling, chosen);
      if (spec !== null) await runtime.start(spec);
    } catch (error) {
      const failure = asFailure(error);
      const lastError = lastErrorOf(enabling, failure, world.now());
      const detail = { version, code: failure.code, message: failure.message };
      const step = { actor, action: "plugin.enable_failed" as const, detail };
      await this.#context.change(enabling, { state: "error", transition: null, lastError }, step);
      throw error;
    }
    const step = { actor, action: "plugin.enabled" as const, detail: { version } };
    const change = { state: "enabled", transition: null, lastError: null } as const;
    return await this.#context.change(enabling, change, step);
  }
}
