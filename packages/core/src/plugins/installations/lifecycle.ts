import { checkEngine } from "@patchbay/artifact";
import type { PatchbayError } from "@patchbay/protocol";
import { type Access, authorize, type Principal, requireScope, SYSTEM_ACTOR } from "../../access/access.ts";
import { requireAllowed, requireDispensable, requireSigned } from "../../access/policy-rules.ts";
import type { OrganizationPolicy } from "../../model/policy.ts";
import type { Actor } from "../../ports/audit-store.ts";
import type { PackageVersion } from "../../ports/catalog-store.ts";
import type { Stores } from "../../ports/database.ts";
import type { Installation } from "../../ports/installation-store.ts";
import type { PluginSpec } from "../../ports/plugin-runtime.ts";
import { requireChangeable, requireNotRelied, requireOn, toEnableFirst } from "../dependencies/checks.ts";
import { InstalledGraph } from "../dependencies/installed-graph.ts";
import { requireIdle } from "../dependencies/require-idle.ts";
import { notifyThoseWaiting } from "../notifications/request-notices.ts";
import {
  planRollback,
  planUpdate,
  previousOf,
  requireWithinPin,
  type UpdateRequest,
  type VersionChange,
} from "../plans/version-change.ts";
import type { JsonObject } from "../settings/json-merge.ts";
import { asFailure, lastErrorOf, transitionOf } from "./change-records.ts";
import { enableInOrder, requireOwn } from "./enable-in-order.ts";
import type { InstallationContext } from "./installation-context.ts";
import { specOf } from "./installation-directory.ts";
import { requireChangeAllowed, requireStartable, requireWanted } from "./start-checks.ts";
import { applyVersionSettings, restoreVersionSettings } from "./version-settings.ts";

/** What happens together with a change of version. */
interface WithVersionChange {
  readonly together?: VersionsToCome | undefined;
  /** Merged into the organization's values. */
  readonly settings?: JsonObject | undefined;
}

type VersionsToCome = ReadonlyMap<string, Pick<PackageVersion, "version" | "manifest">>;

/**
 * Switches installations on and off and moves them between versions. Every change that runs plugin code is written down
 * before it starts (`transition`) and again with its outcome, so that a crash in between is found and settled: an enabling
 * is tried again, an update is given up in favour of the version that served before.
 */
export class Lifecycle {
  readonly #context: InstallationContext;
  /** Installations, by id, of which this process carries a change out. */
  readonly #underWay = new Set<string>();

  constructor(context: InstallationContext) {
    this.#context = context;
  }

  /**
   * Starts the plugin, after all that it needs, and comes back when it answers. Enabling what is enabled changes nothing.
   * Throws `grants_required`, `settings_invalid`, `plugin_busy`, `policy_blocked`, `dependency_missing`, `dependency_conflict`,
   * `dependency_cycle`, `dependency_disabled`; or what the start threw, and then the installation that did not start is in
   * the state `error` and the others are as before.
   */
  async enable(principal: Principal, slug: string, pluginId: string): Promise<Installation> {
    const { access, installation, actor } = await this.#findSettled(principal, slug, pluginId);
    if (installation.state === "enabled") return installation;
    return await this.#enableWithNeeded(access, installation, actor);
  }

  /** The same for an installation in the state `error`. */
  async retry(principal: Principal, slug: string, pluginId: string): Promise<Installation> {
    const { access, installation, actor, wasEnabling } = await this.#findSettled(principal, slug, pluginId);
    if (installation.state !== "error" && !wasEnabling) return installation;
    return await this.#enableWithNeeded(access, installation, actor);
  }

  /** Stops the plugin after the calls under way. Settings, grants and data stay. Throws `plugin_busy`, `policy_blocked`; `dependency_in_use` when an enabled plugin needs it. */
  async disable(principal: Principal, slug: string, pluginId: string): Promise<Installation> {
    const { access, installation, actor } = await this.#findSettled(principal, slug, pluginId);
    requireDispensable(access.policy, pluginId);
    return await this.#disable(installation, actor);
  }

  /**
   * Changes the version; to the newest without `version`. The old one serves until the new one answers, and stays when it
   * does not: the error is thrown and kept as `lastError`. Throws `package_not_found`, `same_version`, `engine_mismatch`, `permission_unavailable`,
   * `grants_required` (with `missing`), `grant_invalid`, `settings_invalid`, `plugin_busy`; `dependency_conflict` when an
   * installed plugin cannot do with the new version, `dependency_missing` or `dependency_disabled` when it needs more;
   * `marketplace_*` and `github_*` when it has to be got from there.
   */
  async update(
    principal: Principal,
    slug: string,
    pluginId: string,
    request: UpdateRequest,
    /** What other plugins are about to go over to, where it does not fit what they are now. */
    together?: VersionsToCome,
  ): Promise<Installation> {
    const { access, installation, actor } = await this.#findSettled(principal, slug, pluginId);
    if (request.settings !== undefined)
      requireScope(authorize(principal, slug, "org.plugins.configure"), { projects: "all" });
    const rules = await this.#context.database.autoUpdates.findRules(access.organization.id);
    const pin = rules?.plugins[pluginId]?.pin;
    return await this.updateFor(installation, actor, { ...request, ...(pin && { pin }) }, access, together);
  }

  /** The same without asking who wants it: for Patchbay itself, which keeps to `policy` where one is given. */
  async updateFor(
    installation: Installation,
    actor: Actor,
    request: UpdateRequest & { readonly pin?: string; readonly policy?: OrganizationPolicy },
    access?: Access,
    together?: VersionsToCome,
  ): Promise<Installation> {
    requireIdle(installation);
    if (request.version !== undefined) requireWithinPin(request.pin, installation, request.version);
    const { database, sourcing } = this.#context;
    const isTogether = together !== undefined;
    const version = await sourcing.bringUpdate(installation, actor, request, access, isTogether);
    const { organizationId, pluginId } = installation;
    const versions = await database.catalog.listVersions(organizationId, pluginId);
    const given = await this.#context.settings.given(installation.id);
    const plan = planUpdate(installation, versions, { ...request, version }, given);
    requireWithinPin(request.pin, installation, plan.target.version);
    if (access) await requireChangeAllowed(this.#context, access, plan);
    if (request.policy) await requireWanted(this.#context, request.policy, plan);
    const also = { together, settings: request.settings };
    return await this.#during(installation, () => this.#changeVersion(installation, actor, plan, also));
  }

  /** Back to the version before the last update, with the settings and data of now. Throws `no_rollback` and what `update` throws. */
  async rollback(principal: Principal, slug: string, pluginId: string): Promise<Installation> {
    const { access, installation, actor } = await this.#findSettled(principal, slug, pluginId);
    requireIdle(installation);
    const versions = await this.#context.database.catalog.listVersions(installation.organizationId, pluginId);
    const plan = planRollback(installation, versions);
    await requireChangeAllowed(this.#context, access, plan);
    return await this.#during(installation, () => this.#changeVersion(installation, actor, plan));
  }

  /** The runtime gave the plugin up: it fails at every start or crashes again and again. */
  async markFailed(
    spec: Pick<PluginSpec, "installationId" | "version">,
    error: PatchbayError,
  ): Promise<void> {
    const installation = await this.#context.database.installations.findById(spec.installationId);
    if (installation?.state !== "enabled" || installation.version !== spec.version) return;
    await this.#fail(installation, error);
  }

  /** The user interface failed where a plugin is switched on or off: as far as a console can tell, it does not run. */
  async markViewFailed(installation: Installation, error: PatchbayError): Promise<void> {
    if (installation.state !== "enabled") return;
    await this.#fail(installation, error);
    await this.#context.runtime.retire(installation.id);
  }

  async #fail(installation: Installation, error: PatchbayError): Promise<void> {
    const lastError = lastErrorOf(installation, error, this.#context.world.now());
    const step = {
      actor: SYSTEM_ACTOR,
      action: "plugin.failed" as const,
      detail: { version: installation.version, code: error.code, message: error.message },
    };
    await this.#context.change(installation, { state: "error", lastError }, step);
  }

  /** For changing, after what an earlier change of this node left behind, whose end could not be written, is settled. */
  async #findSettled(principal: Principal, slug: string, pluginId: string) {
    const found = await this.#context.findWritable(principal, slug, pluginId);
    const { installation } = found;
    if (!this.isLeft(installation)) return { ...found, wasEnabling: false };
    const wasEnabling = installation.transition?.kind === "enable";
    // What is asked for now comes before what was: a plugin is not started on the way to being stopped.
    if (wasEnabling) {
      await this.#giveUpEnabling(installation);
      await this.#context.runtime.retire(installation.id);
    } else await this.#recoverOne(installation);
    return { ...(await this.#context.findWritable(principal, slug, pluginId)), wasEnabling };
  }

  /** Settles what a crash of this node, or the end of another one, interrupted. To be called at start and from time to time. */
  async recover(isAbandoned: (installation: Installation) => boolean): Promise<void> {
    for (const installation of await this.#context.database.installations.listInTransition()) {
      if (!isAbandoned(installation)) continue;
      await this.#recoverOne(installation).catch((error: unknown) => {
        this.#context.world.log.warn(
          { plugin: installation.pluginId, error: String(error) },
          "an interrupted change could not be settled",
        );
      });
    }
  }

  async #giveUpEnabling(installation: Installation): Promise<Installation> {
    return await this.#context.change(installation, { state: "disabled", transition: null }, null);
  }

  async #recoverOne(installation: Installation): Promise<void> {
    const { transition } = installation;
    if (transition === null) return;
    if (transition.kind === "enable") {
      const enabled = await this.#enable(await this.#giveUpEnabling(installation), SYSTEM_ACTOR);
      await this.#tellThoseWaiting([enabled]);
      return;
    }
    // What was off is changed without a transition, and what is blocked is found to be so again.
    const state = transition.wasEnabled ? "enabled" : "error";
    const detail = { version: installation.version, given_up: transition.toVersion };
    await this.#context.change(
      installation,
      { state, transition: null },
      { actor: SYSTEM_ACTOR, action: "plugin.update_interrupted", detail },
      (stores) => restoreVersionSettings(stores, installation),
    );
  }

  async #enableWithNeeded(access: Access, installation: Installation, actor: Actor): Promise<Installation> {
    const { database, world } = this.#context;
    requireIdle(installation);
    const chosen = await this.#context.packageOf(installation);
    const graph = await InstalledGraph.load(database, installation.organizationId);
    const first = toEnableFirst(graph, chosen);
    requireOwn(access, installation.pluginId, first);
    for (const one of [...first, installation]) requireAllowed(access.policy, one);
    for (const one of [...first, installation]) {
      const version = await this.#context.packageOf(one);
      requireSigned(access.policy, version, await this.#context.trust.judge(version));
      await requireStartable(this.#context, one, version, one.grants);
    }
    const switches = {
      enable: (one: Installation) => this.#enable(one, actor),
      disable: (one: Installation) => this.#disable(one, actor),
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

  async #disable(installation: Installation, actor: Actor): Promise<Installation> {
    if (installation.state === "disabled") return installation;
    requireIdle(installation);
    const change = { state: "disabled", lastError: null } as const;
    const step = { actor, action: "plugin.disabled" as const };
    const disabled = await this.#context.change(installation, change, step, async (stores) =>
      requireNotRelied(await this.#lockedGraph(stores, installation), installation.pluginId),
    );
    await this.#context.runtime.retire(installation.id);
    return disabled;
  }

  /** Who needs whom; stays so until the transaction of `stores` is over. */
  async #lockedGraph(stores: Stores, { organizationId }: Installation): Promise<InstalledGraph> {
    await stores.installations.lockAll(organizationId);
    return await InstalledGraph.load(stores, organizationId);
  }

  /** Whether a change of the installation is written down as this node's, and this process is not at it. */
  isLeft({ id, transition }: Pick<Installation, "id" | "transition">): boolean {
    return transition?.nodeId === this.#context.world.nodeId && !this.#underWay.has(id);
  }

  async #during<T>({ id }: Installation, work: () => Promise<T>): Promise<T> {
    if (this.#underWay.has(id)) return await work();
    this.#underWay.add(id);
    try {
      return await work();
    } finally {
      this.#underWay.delete(id);
    }
  }

  async #enable(installation: Installation, actor: Actor): Promise<Installation> {
    return await this.#during(installation, () => this.#start(installation, actor));
  }

  async #start(installation: Installation, actor: Actor): Promise<Installation> {
    requireIdle(installation);
    const chosen = await this.#context.packageOf(installation);
    await requireStartable(this.#context, installation, chosen, installation.grants);
    const transition = transitionOf(this.#context.world, "enable", installation, chosen, installation.grants);
    const enabling = await this.#context.change(
      installation,
      { state: "enabling", transition },
      null,
      async (stores) => requireOn(await this.#lockedGraph(stores, installation), chosen),
    );
    const spec = specOf(installation, chosen);
    try {
      await this.#context.trust.requireGood(chosen);
      this.#context.runtime.forgive(installation.id);
      if (spec !== null) await this.#context.runtime.start(spec);
    } catch (error) {
      const failure = asFailure(error);
      const lastError = lastErrorOf(installation, failure, this.#context.world.now());
      const step = {
        actor,
        action: "plugin.enable_failed" as const,
        detail: { version: chosen.version, code: failure.code, message: failure.message },
      };
      await this.#context.change(enabling, { state: "error", transition: null, lastError }, step);
      throw error;
    }
    const step = { actor, action: "plugin.enabled" as const, detail: { version: chosen.version } };
    return await this.#context.change(
      enabling,
      { state: "enabled", transition: null, lastError: null },
      step,
    );
  }

  async #changeVersion(
    installation: Installation,
    actor: Actor,
    plan: VersionChange,
    { together = new Map(), settings }: WithVersionChange = {},
  ): Promise<Installation> {
    const { target, grants, action } = plan;
    checkEngine(target.manifest, this.#context.world.patchbayVersion);
    this.#context.blocks.requireUnblocked(target);
    await this.#context.trust.requireGood(target);
    const committed = {
      version: target.version,
      previous: previousOf(installation, target.version),
      grants,
      source: target.source,
      badge: target.badge,
      lastError: null,
      transition: null,
    } as const;
    const step = { actor, action, detail: { from: installation.version, to: target.version, grants } };
    const check = async (stores: Stores) =>
      requireChangeable(
        (await this.#lockedGraph(stores, installation)).changedTo(together),
        installation,
        target,
      );
    if (installation.state === "disabled")
      return await this.#context.change(installation, committed, step, async (stores) => {
        await check(stores);
        await applyVersionSettings(this.#context, stores, installation, plan, settings);
        await this.#finishSettings(stores, installation, actor, plan, settings);
      });
    await requireStartable(this.#context, installation, target, grants, settings);
    const transition = transitionOf(this.#context.world, "update", installation, target, grants);
    const updating = await this.#context.change(
      installation,
      async (stores) => {
        await check(stores);
        const before = await applyVersionSettings(this.#context, stores, installation, plan, settings);
        return {
          state: "updating",
          transition: { ...transition, ...(before && { settingsBefore: before }) },
        };
      },
      null,
    );
    const spec = specOf(installation, target);
    try {
      this.#context.runtime.forgive(installation.id);
      if (spec !== null) await this.#context.runtime.start(spec);
    } catch (error) {
      await this.#keepOldVersion(installation, updating, actor, plan, asFailure(error));
      throw error;
    }
    const enabled = { ...committed, state: "enabled" } as const;
    const changed = await this.#context.change(updating, enabled, step, async (stores) => {
      await this.#finishSettings(stores, installation, actor, plan, settings);
      await notifyThoseWaiting(stores, installation, target.manifest.name);
    });
    await this.#context.runtime.retire(installation.id, spec ?? undefined);
    return changed;
  }

  /** With the outcome of a change of version. */
  async #finishSettings(
    stores: Stores,
    installation: Installation,
    actor: Actor,
    { action, hostsOf }: VersionChange,
    settings: JsonObject | undefined,
  ): Promise<void> {
    if (action === "plugin.rolled_back") await this.#context.settings.bind(stores, installation.id, hostsOf);
    if (settings === undefined) return;
    const detail = { project: null, keys: Object.keys(settings) };
    await this.#context.record(stores, installation, { actor, action: "settings.changed", detail });
  }

  async #keepOldVersion(
    before: Installation,
    updating: Installation,
    actor: Actor,
    plan: VersionChange,
    failure: PatchbayError,
  ): Promise<void> {
    // What is blocked goes on saying why; the history has the failure.
    const isBlocked = before.state === "blocked";
    const lastError = isBlocked ? before.lastError : lastErrorOf(before, failure, this.#context.world.now());
    const detail = {
      from: before.version,
      to: plan.target.version,
      code: failure.code,
      message: failure.message,
    };
    await this.#context.change(
      updating,
      { state: before.state, transition: null, lastError },
      { actor, action: plan.failedAction, detail },
      (stores) => restoreVersionSettings(stores, updating),
    );
  }
}
