import { checkEngine } from "@patchbay/artifact";
import type { PatchbayError } from "@patchbay/protocol";
import { type Authority, authorize, requireScope } from "../../access/authority.ts";
import { actorOf, type Principal } from "../../access/caller.ts";
import type { PackageVersion } from "../../ports/catalog-store.ts";
import type { Stores } from "../../ports/database.ts";
import type { Installation, InstallationChange } from "../../ports/installation-store.ts";
import { requireChangeable } from "../dependencies/checks.ts";
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
import type { InstallationContext, Step } from "./installation-context.ts";
import { specOf } from "./installation-directory.ts";
import { requireChangeAllowed, requireStartable } from "./start-checks.ts";
import type { Transitions } from "./transitions.ts";
import { applyVersionSettings, restoreVersionSettings } from "./version-settings.ts";

/** What other plugins are about to go over to, where a version does not fit what they are now. */
type VersionsToCome = ReadonlyMap<string, Pick<PackageVersion, "version" | "manifest">>;

/** A change of version with who makes it and what happens together with it. */
interface Going {
  readonly authority: Authority;
  readonly plan: VersionChange;
  readonly together: VersionsToCome;
  /** Merged into the organization's values. */
  readonly settings: JsonObject | undefined;
}

/** Moves installations between versions. The old one serves until the new one answers, and stays when it does not. */
export class VersionChanges {
  readonly #context: InstallationContext;
  readonly #transitions: Transitions;

  constructor(context: InstallationContext, transitions: Transitions) {
    this.#context = context;
    this.#transitions = transitions;
  }

  /**
   * Changes the version; to the newest without `version`. When the new one does not start the error is thrown and kept as
   * `lastError`. Throws `package_not_found`, `same_version`, `engine_mismatch`, `permission_unavailable`,
   * `grants_required` (with `missing`), `grant_invalid`, `settings_invalid`, `plugin_busy`; `dependency_conflict` when an
   * installed plugin cannot do with the new version, `dependency_missing` or `dependency_disabled` when it needs more;
   * `marketplace_*` and `github_*` when it has to be got from there.
   */
  async update(
    principal: Principal,
    slug: string,
    pluginId: string,
    request: UpdateRequest,
    together?: VersionsToCome,
  ): Promise<Installation> {
    const { authority, installation } = await this.#transitions.findSettled(principal, slug, pluginId);
    if (request.settings !== undefined)
      requireScope(authorize(principal, slug, "org.plugins.configure"), { projects: "all" });
    return await this.updateFor(authority, installation, request, together);
  }

  /** The same of an installation that was found, for whoever may change it. */
  async updateFor(
    authority: Authority,
    installation: Installation,
    request: UpdateRequest,
    together?: VersionsToCome,
  ): Promise<Installation> {
    requireIdle(installation);
    const { database, sourcing, settings } = this.#context;
    const { organizationId, pluginId } = installation;
    const pin = await this.#pinOf(authority, pluginId);
    if (request.version !== undefined) requireWithinPin(pin, installation, request.version);
    const version = await sourcing.bringUpdate(authority, installation, request, together !== undefined);
    const versions = await database.catalog.listVersions(organizationId, pluginId);
    const given = await settings.given(installation.id);
    const plan = planUpdate(installation, versions, { ...request, version }, given);
    requireWithinPin(pin, installation, plan.target.version);
    await requireChangeAllowed(this.#context, authority, plan);
    const going = { authority, plan, together: together ?? new Map(), settings: request.settings };
    return await this.#transitions.during(installation, () => this.#change(installation, going));
  }

  /** Back to the version before the last update, with the settings and data of now. Throws `no_rollback` and what `update` throws. */
  async rollback(principal: Principal, slug: string, pluginId: string): Promise<Installation> {
    const { authority, installation } = await this.#transitions.findSettled(principal, slug, pluginId);
    requireIdle(installation);
    const versions = await this.#context.database.catalog.listVersions(installation.organizationId, pluginId);
    const plan = planRollback(installation, versions);
    await requireChangeAllowed(this.#context, authority, plan);
    const going = { authority, plan, together: new Map(), settings: undefined };
    return await this.#transitions.during(installation, () => this.#change(installation, going));
  }

  /** The range that the organization keeps the plugin in. What comes with Patchbay is kept at Patchbay's version. */
  async #pinOf({ caller, organization }: Authority, pluginId: string): Promise<string | undefined> {
    if (caller.kind === "system" && caller.because === "builtins") return undefined;
    const rules = await this.#context.database.autoUpdates.findRules(organization.id);
    return rules?.plugins[pluginId]?.pin;
  }

  async #change(installation: Installation, going: Going): Promise<Installation> {
    const { target } = going.plan;
    checkEngine(target.manifest, this.#context.world.patchbayVersion);
    this.#context.blocks.requireUnblocked(target);
    await this.#context.trust.requireGood(target);
    return installation.state === "disabled"
      ? await this.#changeDisabled(installation, going)
      : await this.#changeRunning(installation, going);
  }

  async #changeDisabled(installation: Installation, going: Going): Promise<Installation> {
    const { plan, settings } = going;
    const change = committed(installation, plan);
    return await this.#context.change(installation, change, stepOf(installation, going), async (stores) => {
      await this.#requireChangeable(stores, installation, going);
      await applyVersionSettings(this.#context, stores, installation, plan, settings);
      await this.#finishSettings(stores, installation, going);
    });
  }

  async #changeRunning(installation: Installation, going: Going): Promise<Installation> {
    const { plan, settings } = going;
    const { target, grants } = plan;
    const { runtime } = this.#context;
    await requireStartable(this.#context, installation, target, grants, settings);
    const updating = await this.#writeDown(installation, going);
    const spec = specOf(installation, target);
    try {
      runtime.forgive(installation.id);
      if (spec !== null) await runtime.start(spec);
    } catch (error) {
      await this.#keepOldVersion(installation, updating, going, asFailure(error));
      throw error;
    }
    const enabled = { ...committed(installation, plan), state: "enabled" } as const;
    const step = stepOf(installation, going);
    const changed = await this.#context.change(updating, enabled, step, async (stores) => {
      await this.#finishSettings(stores, installation, going);
      await notifyThoseWaiting(stores, installation, target.manifest.name);
    });
    await runtime.retire(installation.id, spec ?? undefined);
    return changed;
  }

  /** That the update starts, with the settings as they were before it. */
  async #writeDown(installation: Installation, going: Going): Promise<Installation> {
    const { plan, settings } = going;
    const transition = transitionOf(this.#context.world, "update", installation, plan.target, plan.grants);
    return await this.#context.change(
      installation,
      async (stores) => {
        await this.#requireChangeable(stores, installation, going);
        const before = await applyVersionSettings(this.#context, stores, installation, plan, settings);
        return {
          state: "updating",
          transition: { ...transition, ...(before && { settingsBefore: before }) },
        };
      },
      null,
    );
  }

  async #requireChangeable(
    stores: Stores,
    installation: Installation,
    { authority, plan, together }: Going,
  ): Promise<void> {
    const graph = await InstalledGraph.lock(stores, installation.organizationId, authority);
    requireChangeable(graph.changedTo(together), installation, plan.target);
  }

  /** With the outcome of a change of version. */
  async #finishSettings(
    stores: Stores,
    installation: Installation,
    { authority, plan: { action, hostsOf, target }, settings }: Going,
  ): Promise<void> {
    if (action === "plugin.rolled_back")
      await this.#context.settings.bind(stores, installation.id, target.manifest, hostsOf);
    if (settings === undefined) return;
    const detail = { project: null, keys: Object.keys(settings) };
    const step = { actor: actorOf(authority.caller), action: "settings.changed" as const, detail };
    await this.#context.record(stores, installation, step);
  }

  async #keepOldVersion(
    before: Installation,
    updating: Installation,
    { authority, plan }: Going,
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
      { actor: actorOf(authority.caller), action: plan.failedAction, detail },
      (stores) => restoreVersionSettings(stores, updating),
    );
  }
}

const committed = (installation: Installation, { target, grants }: VersionChange) =>
  ({
    version: target.version,
    previous: previousOf(installation, target.version),
    grants,
    source: target.source,
    badge: target.badge,
    lastError: null,
    transition: null,
  }) satisfies InstallationChange;

const stepOf = ({ version: from }: Installation, { authority, plan }: Going): Step => ({
  actor: actorOf(authority.caller),
  action: plan.action,
  detail: { from, to: plan.target.version, grants: plan.grants },
});
