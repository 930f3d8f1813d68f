import { type FieldError, isJsonObject, type Manifest } from "@patchbay/protocol";
import { authorize, holds, type MemberAuthority } from "../../access/authority.ts";
import type { Principal } from "../../access/caller.ts";
import { visibleOf } from "../../access/sight.ts";
import type { AuditEvent, AuditQuery } from "../../ports/audit-store.ts";
import type { PackageVersion, Page } from "../../ports/catalog-store.ts";
import type { Installation } from "../../ports/installation-store.ts";
import type { LogQuery, StoredLogLine } from "../../ports/log-store.ts";
import type { Offer } from "../../ports/offer-store.ts";
import type { InstanceReport } from "../../ports/plugin-runtime.ts";
import { InstalledGraph } from "../dependencies/installed-graph.ts";
import type { CallMetrics, MinuteMetrics, UsageMetrics } from "../metrics/call-metrics.ts";
import type { ResourceSampler } from "../metrics/resource-sampler.ts";
import { availableUpdate, type Missing } from "../plans/version-change.ts";
import type { GivenSecret } from "../settings/secret-hosts.ts";
import { type AvailableVersion, isNewer, union } from "../sources/offered-version.ts";
import { continuations } from "../sources/sourcing.ts";
import type { Trust } from "../trust/package-trust.ts";
import { type Health, healthOf } from "./health.ts";
import type { InstallationContext } from "./installation-context.ts";
import { seenHistory } from "./seen-history.ts";
import { type StoredData, storedDataOf } from "./stored-data.ts";

export interface InstallationView {
  readonly installation: Installation;
  readonly manifest: Manifest;
  /** Digest of the installed version's icon; null when it has none. */
  readonly iconDigest: string | null;
  /** A newer version of the catalog, and what would have to be granted for it. */
  readonly update: { readonly version: string; readonly missing: readonly Missing[] } | null;
  readonly health: Health;
  readonly trust: Trust;
  /** Settings that keep it from being enabled, each with what is wrong. */
  readonly settingsFaults: readonly FieldError[];
}

/** What people see of installations. Project-scoped plugins are hidden from those who belong to none of the projects. */
export class Installations {
  readonly #context: InstallationContext;
  readonly #metrics: CallMetrics;
  readonly #sampler: ResourceSampler;

  constructor(context: InstallationContext, metrics: CallMetrics, sampler: ResourceSampler) {
    this.#context = context;
    this.#metrics = metrics;
    this.#sampler = sampler;
  }

  async list(principal: Principal, slug: string): Promise<InstallationView[]> {
    const authority = authorize(principal, slug, "org.plugins.read");
    const [installations, packages] = await this.#installedPackages(authority);
    const visible = visibleOf(authority, installations);
    const offers = await this.#offers(authority.organization.id, visible);
    return await Promise.all(
      visible.map((one) =>
        this.#viewWith(one, packages.get(one.pluginId) ?? [], offers.get(one.pluginId) ?? []),
      ),
    );
  }

  /** Throws `plugin_not_installed`. */
  async get(principal: Principal, slug: string, pluginId: string): Promise<InstallationView> {
    return await this.#view(
      (await this.#context.find(principal, slug, pluginId, "org.plugins.read")).installation,
    );
  }

  /** Installed plugin ids with their versions: what a catalog page marks as installed. */
  async installedVersions(authority: MemberAuthority): Promise<ReadonlyMap<string, string>> {
    const installations = await this.#context.database.installations.list(authority.organization.id);
    return new Map(visibleOf(authority, installations).map((one) => [one.pluginId, one.version]));
  }

  /** What would be gone with the plugin, and which plugins could not do without it. */
  async storedData(
    principal: Principal,
    slug: string,
    pluginId: string,
  ): Promise<StoredData & { readonly usedBy: readonly string[] }> {
    const { authority, installation } = await this.#context.find(
      principal,
      slug,
      pluginId,
      "org.plugins.read",
    );
    const { database } = this.#context;
    const [data, graph] = await Promise.all([
      storedDataOf(database, installation),
      InstalledGraph.load(database, authority.organization.id, authority),
    ]);
    const dependents = graph.dependentsOf(pluginId).filter(({ isHidden }) => !isHidden);
    return { ...data, usedBy: dependents.map(({ installation: one }) => one.pluginId) };
  }

  async logs(
    principal: Principal,
    slug: string,
    pluginId: string,
    query: LogQuery,
  ): Promise<StoredLogLine[]> {
    const installation = await this.requireDebuggable(principal, slug, pluginId);
    return await this.#context.database.logs.list(installation.id, query);
  }

  /** Throws `plugin_not_installed`, except for those who may read the audit log: they see what is gone, too. */
  async history(
    principal: Principal,
    slug: string,
    pluginId: string,
    page: { limit: number; cursor?: string },
  ): Promise<Page<AuditEvent>> {
    const authority = authorize(principal, slug, "org.plugins.read");
    const { audit, installations } = this.#context.database;
    const { id } = authority.organization;
    // What was uninstalled is in sight of those who see everything.
    if (holds(principal, slug, "org.audit.read")) return await audit.list(id, { pluginId, ...page });
    await this.#context.find(principal, slug, pluginId, "org.plugins.read");
    const { items, ...rest } = await audit.list(id, { pluginId, ...page });
    const seen = new Set(visibleOf(authority, await installations.list(id)).map((one) => one.pluginId));
    return { ...rest, items: seenHistory(authority, items, (plugin) => seen.has(plugin)) };
  }

  async audit(principal: Principal, slug: string, query: AuditQuery): Promise<Page<AuditEvent>> {
    const authority = authorize(principal, slug, "org.audit.read");
    return await this.#context.database.audit.list(authority.organization.id, query);
  }

  /** The last hour on this node: by minute, and all of it; `since` when the node counts for less than an hour. */
  async metrics(
    principal: Principal,
    slug: string,
    pluginId: string,
  ): Promise<{ minutes: MinuteMetrics[]; total: UsageMetrics; since: Date | null }> {
    const { installation } = await this.#context.find(principal, slug, pluginId, "org.plugins.read");
    this.#sampler.sample();
    const now = this.#context.world.now();
    return {
      minutes: this.#metrics.of(installation.id, now),
      total: this.#metrics.total(installation.id, now),
      since: this.#metrics.countsSince(now),
    };
  }

  async instances(principal: Principal, slug: string, pluginId: string): Promise<InstanceReport[]> {
    const installation = await this.requireDebuggable(principal, slug, pluginId);
    return this.#context.runtime
      .instances()
      .filter(({ installationId }) => installationId === installation.id);
  }

  /**
   * The installation, when the caller may read its logs and instances: by role or policy, project managers of plugins of their own
   * projects. Throws `forbidden`, `organization_not_found` or `plugin_not_installed`.
   */
  async requireDebuggable(principal: Principal, slug: string, pluginId: string): Promise<Installation> {
    return (await this.#context.findWhole(principal, slug, pluginId, "org.plugins.debug")).installation;
  }

  async #installedPackages({ organization: { id } }: MemberAuthority) {
    const { installations, catalog } = this.#context.database;
    return await Promise.all([installations.list(id), catalog.listInstalled(id)]);
  }

  async #view(installation: Installation): Promise<InstallationView> {
    const { organizationId, pluginId } = installation;
    const versions = await this.#context.database.catalog.listVersions(organizationId, pluginId);
    const offers = await this.#offers(organizationId, [installation]);
    return await this.#viewWith(installation, versions, offers.get(pluginId) ?? []);
  }

  /** What was offered of them when it was last looked for, by plugin. */
  async #offers(
    organizationId: string,
    installations: readonly Installation[],
  ): Promise<ReadonlyMap<string, Offer[]>> {
    const ids = installations
      .filter(({ source }) => source === "marketplace" || source === "github")
      .map(({ pluginId }) => pluginId);
    return Map.groupBy(await this.#context.database.offers.list(organizationId, ids), (one) => one.pluginId);
  }

  /** `versions`, newest first, hold at least the newest and the installed one if the catalog has them. */
  async #viewWith(
    installation: Installation,
    versions: readonly PackageVersion[],
    offers: readonly Offer[],
  ): Promise<InstallationView> {
    const current =
      versions.find(({ version }) => version === installation.version) ??
      (await this.#context.packageOf(installation));
    const now = this.#context.world.now();
    return {
      installation,
      manifest: current.manifest,
      iconDigest: current.icon?.digest ?? null,
      update: updateTo(
        { installation, current, given: await this.#context.settings.given(installation.id) },
        versions,
        offers,
        this.#context,
      ),
      trust: await this.#context.trust.judge(current),
      settingsFaults: await this.#settingsFaults(installation, current.manifest),
      health: healthOf(
        installation,
        this.#metrics.lastHour(installation.id, now),
        this.#metrics.countsSince(now),
      ),
    };
  }

  /** Only a schema that requires something can keep a plugin from being enabled: other plugins cost no look into the store. */
  async #settingsFaults({ id, scope }: Installation, manifest: Manifest): Promise<readonly FieldError[]> {
    if (!requiresSettings(manifest.settings)) return [];
    return (await this.#context.settings.faultsOf(id, manifest, scope.projects))?.errors ?? [];
  }
}

const requiresSettings = (schema: unknown): boolean =>
  isJsonObject(schema) &&
  ((Array.isArray(schema.required) && schema.required.length > 0) ||
    (isJsonObject(schema.properties) && Object.values(schema.properties).some(requiresSettings)));

/** The newest version that can be had and is not blocked. Of one that GitHub has, what it asks for may show only once it is here. */
const updateTo = (
  {
    installation,
    current,
    given,
  }: { installation: Installation; current: PackageVersion; given: readonly GivenSecret[] },
  versions: readonly PackageVersion[],
  offers: readonly Offer[],
  { world: { patchbayVersion }, blocks }: InstallationContext,
): InstallationView["update"] => {
  const own = continuations(current, offers);
  const known = [current, ...versions.filter(({ version }) => version !== current.version)];
  const [newest] = own;
  const { pluginId, version: installed } = installation;
  const isBlockedHere = (one: AvailableVersion) => blocks.blockOf(one) !== null;
  const available = union(known, own, {
    installed,
    scope: installation.scope,
    patchbayVersion,
    isBlocked: isBlockedHere,
  });
  const unknown = newest?.manifest === null && newest.yanked === null ? newest.version : null;
  const isHere = known.some(({ version }) => version === unknown);
  const isBlocked =
    unknown !== null && blocks.blockOf({ pluginId, version: unknown, source: "github" }) !== null;
  if (unknown !== null && !isHere && !isBlocked && isNewer(unknown, available[0]?.version))
    return { version: unknown, missing: [] };
  return availableUpdate(installation, available, given);
};
