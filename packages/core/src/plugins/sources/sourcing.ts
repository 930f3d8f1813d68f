import { checkEngine } from "@patchbay/artifact";
import type { Grant, PermissionName } from "@patchbay/protocol";
import type { Authority } from "../../access/authority.ts";
import { requireAllowed, requireGrantable } from "../../access/policy-rules.ts";
import type { PackageVersion } from "../../ports/catalog-store.ts";
import type { Database } from "../../ports/database.ts";
import type { Installation, ProjectScope } from "../../ports/installation-store.ts";
import type { Marketplace } from "../../ports/marketplace.ts";
import { type Offer, placeOf } from "../../ports/offer-store.ts";
import type { World } from "../../world.ts";
import { requireChangeable } from "../dependencies/checks.ts";
import { InstalledGraph } from "../dependencies/installed-graph.ts";
import { type PlanningStores, planInstall } from "../dependencies/planning.ts";
import { grantAll } from "../plans/granted-version.ts";
import { planUpdate, type UpdateRequest } from "../plans/version-change.ts";
import type { PluginSettings } from "../settings/plugin-settings.ts";
import type { BlockList } from "../trust/block-list.ts";
import type { GithubImports } from "./github-imports.ts";
import { isMarketplaceFault, type Marketplaces } from "./marketplaces.ts";
import {
  type AvailableVersion,
  isOffered,
  newestOffers,
  offersOf,
  type Reaching,
  reaches,
  union,
} from "./offered-version.ts";
import type { PackageFetcher } from "./package-fetcher.ts";

/** What stays among the versions whatever speaks against it. */
interface Keep {
  readonly named?: string;
  readonly installed?: string;
  /** Of the installation that is there or to be made: only what may reach all of it is chosen. */
  readonly scope: Reaching;
  /** Somebody asks for this very plugin: where nothing else is to be had, they may have what was brought for fewer projects. */
  readonly isAsked?: boolean;
}

interface WantedPlugin {
  readonly plugin: string;
  readonly version?: string;
  readonly scope?: ProjectScope;
  readonly grants?: readonly (PermissionName | Grant)[];
  readonly dependencies?: Readonly<Record<string, { readonly grants?: readonly (PermissionName | Grant)[] }>>;
}

/** The versions that a plan has chosen, by plugin. All of them are in the catalog. */
export type ChosenVersions = ReadonlyMap<string, string>;

/**
 * Looks beyond the catalog: what is to be installed and is not in it comes from the marketplaces. A plugin that people have
 * brought themselves, or that came from a marketplace which is not asked any more, is never taken from elsewhere unless someone
 * names a version that only a marketplace has: whoever registers its id there must not get in.
 */
export class Sourcing {
  readonly #database: Database;
  readonly #marketplaces: Marketplaces;
  readonly #fetcher: PackageFetcher;
  readonly #imports: GithubImports;
  readonly #blocks: BlockList;
  readonly #settings: Pick<PluginSettings, "given">;
  readonly #world: World;

  constructor(parts: {
    database: Database;
    marketplaces: Marketplaces;
    fetcher: PackageFetcher;
    imports: GithubImports;
    blocks: BlockList;
    settings: Pick<PluginSettings, "given">;
    world: World;
  }) {
    this.#database = parts.database;
    this.#marketplaces = parts.marketplaces;
    this.#fetcher = parts.fetcher;
    this.#imports = parts.imports;
    this.#blocks = parts.blocks;
    this.#settings = parts.settings;
    this.#world = parts.world;
  }

  /** To plan over the catalog and the marketplaces; `wanted` is what somebody asked for, in the version that they named. */
  storesFor(wanted: Pick<WantedPlugin, "plugin" | "version" | "scope">): PlanningStores<AvailableVersion> {
    const { installations, catalog } = this.#database;
    const listVersions = async (organizationId: string, pluginId: string) => {
      const installed = await installations.find(organizationId, pluginId);
      const isAsked = pluginId === wanted.plugin;
      return await this.versions(organizationId, pluginId, {
        ...(isAsked && wanted.version !== undefined && { named: wanted.version }),
        ...(installed !== null && { installed: installed.version }),
        scope: installed?.scope ?? wanted.scope ?? { projects: "all" },
        isAsked,
      });
    };
    return {
      installations,
      catalog: { listInstalled: (organizationId) => catalog.listInstalled(organizationId), listVersions },
    };
  }

  /**
   * What can be had of a plugin, newest first: what nobody should come to by itself is left out (`union`). Throws `marketplace_unavailable` or `marketplace_invalid` when it is in no
   * catalog and one of the marketplaces does not tell; otherwise the catalog is enough.
   */
  async versions(organizationId: string, pluginId: string, keep: Keep): Promise<AvailableVersion[]> {
    const all = await this.#database.catalog.listVersions(organizationId, pluginId);
    const rows = all.filter((row) => isWithinReach(row, keep));
    const anchor = rows.find(({ version }) => version === keep.installed) ?? rows[0];
    const isNamedHere = rows.some(({ version }) => version === keep.named);
    const offers = isNamedHere
      ? []
      : await this.#offers(organizationId, pluginId, anchor, keep.named !== undefined);
    const found = this.#choosable(rows, offers, keep);
    return found.length === 0 && keep.isAsked ? this.#choosable(all, offers, { scope: "any" }) : found;
  }

  /** The versions of the catalog that may be chosen by themselves, as far as is known without asking anybody; newest first. */
  async versionsHere(
    organizationId: string,
    pluginId: string,
    installed?: string,
  ): Promise<PackageVersion[]> {
    const rows = await this.#database.catalog.listVersions(organizationId, pluginId);
    const offers = await this.#database.offers.list(organizationId, [pluginId]);
    const all = this.#choosable(rows, offers, {
      ...(installed !== undefined && { installed }),
      scope: "any",
    });
    return all.filter((one): one is PackageVersion => !isOffered(one));
  }

  #choosable(
    rows: readonly PackageVersion[],
    offers: readonly Offer[],
    { named, installed, scope }: Keep,
  ): AvailableVersion[] {
    const { patchbayVersion } = this.#world;
    return union(rows, offers, {
      ...(named !== undefined && { named }),
      ...(installed !== undefined && { installed }),
      scope,
      patchbayVersion,
      isBlocked: (one) => this.#blocks.blockOf(one) !== null,
    });
  }

  /**
   * Gets what an installation needs and the catalog does not have, after policy and grants were looked at; nothing is
   * installed yet. Throws what installing throws, `marketplace_unavailable`, `marketplace_invalid`.
   */
  async bringInstall(authority: Authority, request: WantedPlugin): Promise<ChosenVersions> {
    const stores = this.storesFor(request);
    const plan = await planInstall(stores, authority, request, this.#world.patchbayVersion);
    const all = [...plan.along, plan.wanted];
    for (const one of all) if (isOffered(one)) this.#blocks.requireUnblocked(one);
    if (all.some(isOffered)) {
      for (const one of all) requireAllowed(authority.policy, one);
      const granted = grantAll(plan, request);
      for (const { version, grants } of [granted.wanted, ...granted.along])
        requireGrantable(authority, version.manifest, grants);
    }
    for (const one of all) if (isOffered(one)) await this.#bring(authority, one);
    return new Map(all.map(({ pluginId, version }) => [pluginId, version]));
  }

  /** The same for an update; tells the version to go over to, which is in the catalog then. */
  async bringUpdate(
    authority: Authority,
    installation: Installation,
    request: UpdateRequest,
    /** Whether other plugins change with it, so that it need not fit what they are now. */
    isTogether = false,
  ): Promise<string> {
    const { organizationId, pluginId } = installation;
    const { version: named } = request;
    await this.#importUnknown(authority, installation, named);
    const versions = await this.versions(organizationId, pluginId, {
      installed: installation.version,
      scope: installation.scope,
      ...(named && { named }),
    });
    const given = await this.#settings.given(installation.id);
    const { target, grants, carried } = planUpdate(installation, versions, request, given);
    if (!isOffered(target)) return target.version;
    this.#blocks.requireUnblocked(target);
    checkEngine(target.manifest, this.#world.patchbayVersion);
    requireAllowed(authority.policy, target);
    requireGrantable(authority, target.manifest, grants, carried);
    if (!isTogether) {
      const graph = await InstalledGraph.load(this.#database, organizationId, authority);
      requireChangeable(graph, installation, target);
    }
    await this.#bring(authority, target);
    return target.version;
  }

  async #bring(authority: Authority, offered: AvailableVersion): Promise<void> {
    if (!isOffered(offered)) return;
    if (offered.source === "github") {
      const { place: repository, pluginId, version } = offered;
      await this.#imports.fetch(authority, { repository, version, pluginId });
    } else await this.#fetcher.fetch(offered, authority);
  }

  /** A release on GitHub may tell what it is only once it is here; one that is not offered is looked for when it is named. */
  async #importUnknown(
    authority: Authority,
    installation: Installation,
    named: string | undefined,
  ): Promise<void> {
    const { organizationId, pluginId } = installation;
    if (installation.source !== "github") return;
    const rows = await this.#database.catalog.listVersions(organizationId, pluginId);
    const offers = await this.#database.offers.list(organizationId, [pluginId]);
    const own = offers.filter((offer) => isContinuedBy(rows.find(isRunning(installation)), offer));
    const wanted = own.find(({ version }) => named === undefined || version === named);
    const version = named ?? wanted?.version;
    const repository = wanted?.place ?? placeOf(rows.find(isRunning(installation))?.origin ?? null);
    if (version === undefined || repository === null || wanted?.manifest) return;
    if (rows.some((row) => row.version === version)) return;
    requireAllowed(authority.policy, { pluginId, source: "github", badge: "private" });
    await this.#imports.fetch(authority, { repository, version, pluginId });
  }

  async #offers(
    organizationId: string,
    pluginId: string,
    anchor: PackageVersion | undefined,
    isNamed: boolean,
  ): Promise<readonly Offer[]> {
    if (anchor === undefined) return await this.#ask(pluginId, undefined);
    if (anchor.organizationId === null) return [];
    if (anchor.source === "github") {
      const known = await this.#database.offers.list(organizationId, [pluginId]);
      return known.filter((offer) => isContinuedBy(anchor, offer));
    }
    const place = anchor.source === "marketplace" ? placeOf(anchor.origin) : null;
    const own = place === null ? undefined : this.#marketplaces.byKey(place);
    if (own === undefined && !isNamed) return [];
    try {
      return await this.#ask(pluginId, own);
    } catch (error) {
      // What is in the catalog can be installed whether or not anybody outside answers; a version that is not cannot.
      if (!isMarketplaceFault(error) || isNamed) throw error;
      this.#world.log.warn({ plugin: pluginId, reason: error.message }, "a marketplace could not be asked");
      return [];
    }
  }

  /** Asks where the plugin came from; all in order when it came from none that is there. */
  async #ask(pluginId: string, own: Marketplace | undefined): Promise<readonly Offer[]> {
    if (own !== undefined) {
      const found = await own.package(pluginId);
      return found === null ? [] : offersOf(found, own.key, this.#world.now());
    }
    const found = await this.#marketplaces.find(pluginId);
    return found === null ? [] : offersOf(found.package, found.marketplace.key, this.#world.now());
  }
}

const isWithinReach = (row: PackageVersion, { named, installed, scope }: Keep): boolean =>
  row.version === named || row.version === installed || reaches(row, scope);

const isRunning =
  ({ version }: Installation) =>
  (row: PackageVersion): boolean =>
    row.version === version;

/** Whether an offer is one of the place that a version was got from: others may use the same id for something else. */
export const isContinuedBy = (row: PackageVersion | undefined, { source, place }: Offer): boolean =>
  row !== undefined && row.source === source && placeOf(row.origin) === place;

/** What is known of a plugin's newer versions without asking anybody. */
export const continuations = (row: PackageVersion | undefined, offers: readonly Offer[]): Offer[] =>
  newestOffers(offers.filter((offer) => isContinuedBy(row, offer)));
