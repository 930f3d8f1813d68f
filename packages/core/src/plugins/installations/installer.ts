import { type Grant, PatchbayError, type PermissionName } from "@patchbay/protocol";
import { type Authority, authorize, requireScope } from "../../access/authority.ts";
import { actorOf, type Principal } from "../../access/caller.ts";
import {
  requireAllowed,
  requireDispensable,
  requireGrantable,
  requireInstallable,
} from "../../access/policy-rules.ts";
import { isScopeVisible, visibleOf } from "../../access/sight.ts";
import type { Stores } from "../../ports/database.ts";
import type { Installation, ProjectScope } from "../../ports/installation-store.ts";
import { requireUnneeded } from "../dependencies/checks.ts";
import { InstalledGraph } from "../dependencies/installed-graph.ts";
import { type Plan, type PlanningStores, planChange, planInstall } from "../dependencies/planning.ts";
import { requireIdle } from "../dependencies/require-idle.ts";
import { type GrantedVersion, grantAll } from "../plans/granted-version.ts";
import type { JsonObject } from "../settings/json-merge.ts";
import { type AvailableVersion, isOffered } from "../sources/offered-version.ts";
import type { ChosenVersions } from "../sources/sourcing.ts";
import type { InstallationContext } from "./installation-context.ts";

export interface InstallRequest {
  readonly plugin: string;
  /** The newest when absent. */
  readonly version?: string;
  readonly grants?: readonly (PermissionName | Grant)[];
  readonly scope?: ProjectScope;
  readonly settings?: JsonObject;
  /** What the plugins that come along may do, by their ids. */
  readonly dependencies?: Readonly<Record<string, { readonly grants?: readonly (PermissionName | Grant)[] }>>;
}

export interface Installed {
  readonly installation: Installation;
  /** What had to be installed with it, each after what it needs itself. */
  readonly along: readonly Installation[];
}

/** What an installation of a version would need, or a change to it. */
export interface ResolutionView extends Omit<Plan<AvailableVersion>, "graph"> {
  /** What it needs and is installed already, as far as the caller sees it. */
  readonly present: readonly Installation[];
}

/** Brings plugins into an organization and takes them out again. */
export class Installer {
  readonly #context: InstallationContext;

  constructor(context: InstallationContext) {
    this.#context = context;
  }

  /**
   * Installs a version, disabled, with all that it needs and that is not installed. All or nothing. Throws
   * `package_not_found`, `already_installed`, `grants_required` (422; with `missing`, and `dependencies` for those that come
   * along), `grant_invalid`, `settings_invalid`, `project_not_found`, `engine_mismatch`, `permission_unavailable`, `policy_blocked`, `package_modified`,
   * `signature_revoked`, `dependency_missing`, `dependency_conflict` or `dependency_cycle`; what the catalog does not have is
   * got from the marketplaces first, and then also `marketplace_unavailable` or `marketplace_invalid`.
   */
  async install(principal: Principal, slug: string, request: InstallRequest): Promise<Installed> {
    const authority = authorize(principal, slug, "org.plugins.write");
    const scope = request.scope ?? { projects: "all" };
    requireScope(authority, scope);
    requireInstallable(authority.policy);
    return await this.installFor(authority, { ...request, scope });
  }

  /** The same for those who need not be asked whether they may install. */
  async installFor(
    authority: Authority,
    request: InstallRequest & { scope: ProjectScope },
    /** What has to happen with it, or not at all. */
    also?: (stores: Stores, installation: Installation) => Promise<void>,
  ): Promise<Installed> {
    const { database, trust, sourcing, world } = this.#context;
    const organizationId = authority.organization.id;
    // Not within the transaction: it holds a connection and locks, and this may take long or want another connection.
    const chosen = await sourcing.bringInstall(authority, request);
    const { wanted: first, along: others } = await planInstall(
      narrowed(database, chosen),
      authority,
      request,
      world.patchbayVersion,
    );
    for (const one of [first, ...others]) {
      this.#context.blocks.requireUnblocked(one);
      await trust.requireFit(one, authority.policy);
    }
    return await database.transaction(async (stores) => {
      await stores.installations.lockAll(organizationId);
      const plan = await planInstall(narrowed(stores, chosen), authority, request, world.patchbayVersion);
      requireFree(plan);
      for (const one of [plan.wanted, ...plan.along]) requireAllowed(authority.policy, one);
      const { wanted, along } = grantAll(plan, request);
      for (const { version, grants } of [wanted, ...along])
        requireGrantable(authority, version.manifest, grants);
      await this.#context.requireProjects(organizationId, request.scope, stores);
      const created: Installation[] = [];
      for (const one of along)
        created.push(await this.#create(stores, authority, one, request.scope, wanted));
      const installation = await this.#create(stores, authority, wanted, request.scope);
      if (request.settings !== undefined) {
        const { manifest } = wanted.version;
        await this.#context.settings.put(stores, installation.id, manifest, null, request.settings);
      }
      await also?.(stores, installation);
      for (const one of [installation, ...created]) await requireServer(stores, one);
      return { installation, along: created };
    });
  }

  /**
   * What an installation of this version, or a change to it when the plugin is installed, would need; nothing is changed.
   * Throws as those would, except that grants are not looked at.
   */
  async resolution(
    principal: Principal,
    slug: string,
    pluginId: string,
    version: string,
  ): Promise<ResolutionView> {
    const authority = authorize(principal, slug, "org.plugins.read");
    const { database, trust, sourcing, world } = this.#context;
    const { id } = authority.organization;
    const installed = await database.installations.find(id, pluginId);
    const stores = sourcing.storesFor({ plugin: pluginId, version });
    const { graph, ...plan } =
      installed !== null && isScopeVisible(authority, installed.scope)
        ? await planChange(stores, authority, installed, version, world.patchbayVersion)
        : await planInstall(stores, authority, { plugin: pluginId, version }, world.patchbayVersion);
    if (installed === null) requireInstallable(authority.policy);
    for (const one of [plan.wanted, ...plan.along]) {
      requireAllowed(authority.policy, one);
      this.#context.blocks.requireUnblocked(one);
      if (!isOffered(one)) await trust.requireFit(one, authority.policy);
    }
    const needed = new Set(plan.demands.map(({ plugin }) => plugin));
    const present = [...needed].flatMap((one) => graph.find(one)?.installation ?? []);
    return { ...plan, present: visibleOf(authority, present) };
  }

  /**
   * Removes an installation with its settings, grants and stored data. Throws `builtin`, `plugin_enabled` unless it is
   * disabled or may be, `plugin_busy`, `dependency_in_use`, `policy_blocked`.
   */
  async uninstall(
    principal: Principal,
    slug: string,
    pluginId: string,
    options: { disable: boolean },
  ): Promise<void> {
    const { authority, installation } = await this.#context.findWhole(
      principal,
      slug,
      pluginId,
      "org.plugins.write",
    );
    const actor = actorOf(principal);
    if (installation.source === "builtin") {
      throw new PatchbayError(
        "builtin",
        `"${pluginId}" is built in and cannot be uninstalled. Disable it instead.`,
      );
    }
    requireDispensable(authority.policy, pluginId);
    requireIdle(installation);
    if (installation.state === "enabled" && !options.disable) {
      throw new PatchbayError(
        "plugin_enabled",
        `"${pluginId}" is enabled. Disable it first, or add ?disable=true.`,
      );
    }
    const removed = await this.#context.database.pluginData.usage(installation.id);
    await this.#context.database.transaction(async (stores) => {
      requireUnneeded(await InstalledGraph.lock(stores, installation.organizationId, authority), pluginId);
      await stores.installations.remove(installation.id, installation.revision);
      const detail = { version: installation.version, removed };
      await this.#context.record(stores, installation, { actor, action: "plugin.uninstalled", detail });
    });
    this.#context.directory.forget(installation.id);
    this.#context.settings.forget(installation.id);
    await this.#context.runtime.retire(installation.id);
  }

  async #create(
    stores: Stores,
    authority: Authority,
    { version: chosen, grants }: GrantedVersion,
    scope: ProjectScope,
    /** Who needs it, for one that comes along. */
    neededBy?: GrantedVersion,
  ): Promise<Installation> {
    const { pluginId, version, digest, source, badge } = chosen;
    const organizationId = authority.organization.id;
    await stores.catalog.holdVersion(organizationId, chosen.pluginId, chosen.version);
    const installation = await stores.installations.create({
      id: this.#context.world.newId(),
      organizationId,
      pluginId,
      version,
      source,
      badge,
      scope,
      grants,
      previous: null,
      state: "disabled",
      transition: null,
      lastError: null,
    });
    const along = neededBy === undefined ? {} : { alongWith: neededBy.version.pluginId };
    const detail = { version, digest, grants, scope, ...along };
    const actor = actorOf(authority.caller);
    await this.#context.record(stores, installation, { actor, action: "plugin.installed", detail });
    return installation;
  }
}

/** Throws `forbidden` when the plugin is installed out of the caller's sight; what they can see was looked at before. */
const requireFree = ({ wanted: { pluginId }, graph }: Plan): void => {
  if (graph.find(pluginId) === undefined) return;
  throw new PatchbayError(
    "forbidden",
    `"${pluginId}" is not yours to install here. Ask an owner or administrator.`,
  );
};

/** Throws `not_available` for the plugin of a server that was not added with it: nobody would know where that is, or look at what it has. */
const requireServer = async (
  { mcpServers }: Stores,
  { id, pluginId, source }: Installation,
): Promise<void> => {
  if (source !== "bridge" || (await mcpServers.find(id)) !== null) return;
  throw new PatchbayError(
    "not_available",
    `"${pluginId}" is an MCP server. Add the server with its address, which makes it a plugin anew.`,
  );
};

/** The catalog with nothing but the chosen version of plugins for which one was: what was looked at is what is installed. */
const narrowed = (
  { installations, catalog }: Pick<Stores, "installations" | "catalog">,
  chosen: ChosenVersions,
): PlanningStores => ({
  installations,
  catalog: {
    listInstalled: (organizationId) => catalog.listInstalled(organizationId),
    listVersions: async (organizationId, pluginId) => {
      const versions = await catalog.listVersions(organizationId, pluginId);
      const only = chosen.get(pluginId);
      return only === undefined ? versions : versions.filter(({ version }) => version === only);
    },
  },
});
