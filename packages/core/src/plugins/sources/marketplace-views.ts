import { supportsEngine } from "@patchbay/artifact";
import {
  isPrerelease,
  type OsvDto,
  PatchbayError,
  type RegistryPackageDto,
  type RegistryPublisherDto,
  type RegistrySummaryDto,
} from "@patchbay/protocol";
import { authorize, type MemberAuthority } from "../../access/authority.ts";
import type { Principal } from "../../access/caller.ts";
import { CHANGED_BY, type Objection, objectionTo, requireInstallable } from "../../access/policy-rules.ts";
import { isScopeVisible } from "../../access/sight.ts";
import type { Database } from "../../ports/database.ts";
import type { Marketplace, MarketplacePart, MarketplaceQuery } from "../../ports/marketplace.ts";
import type { World } from "../../world.ts";
import { publisherOf } from "../trust/publisher-keys.ts";
import type { MarketplaceSearch, MarketplaceState, Marketplaces } from "./marketplaces.ts";

/** What an organization's policy says against a plugin, and who can change that. */
export interface PolicyVerdict extends Objection {
  readonly changedBy: readonly string[];
}

/** A plugin of a marketplace, as an organization sees it. */
export interface SeenPlugin<T> {
  readonly marketplace: Marketplace;
  readonly found: T;
  readonly installed: string | null;
  readonly blocked: PolicyVerdict | null;
}

export interface SeenPackage extends SeenPlugin<RegistryPackageDto> {
  readonly publisher: RegistryPublisherDto | null;
  readonly advisories: readonly OsvDto[];
}

/** Shows people what marketplaces have, with what their organization has and allows of it. */
export class MarketplaceViews {
  readonly #database: Database;
  readonly #marketplaces: Marketplaces;
  readonly #world: Pick<World, "patchbayVersion">;

  constructor(database: Database, marketplaces: Marketplaces, world: Pick<World, "patchbayVersion">) {
    this.#database = database;
    this.#marketplaces = marketplaces;
    this.#world = world;
  }

  /** A page; marketplaces that do not answer are told so and spoil nothing. */
  async search(
    principal: Principal,
    slug: string,
    query: MarketplaceQuery,
  ): Promise<
    Omit<MarketplaceSearch, "items"> & { readonly items: readonly SeenPlugin<RegistrySummaryDto>[] }
  > {
    const authority = authorize(principal, slug, "org.plugins.read");
    const [{ items, ...page }, installed] = await Promise.all([
      this.#marketplaces.search(query),
      this.#installed(authority),
    ]);
    return {
      ...page,
      items: items.map(({ marketplace, summary }) => seen(authority, installed, marketplace, summary)),
    };
  }

  /**
   * With the newest version that can be used here as the latest one, if there is one. Throws `package_not_found`,
   * `marketplace_unavailable`, `marketplace_invalid`.
   */
  async get(principal: Principal, slug: string, pluginId: string): Promise<SeenPackage> {
    const authority = authorize(principal, slug, "org.plugins.read");
    const { marketplace, package: stated } = await this.#find(pluginId);
    const found = { ...stated, latest: this.#newestUsable(stated) ?? stated.latest };
    const [publisher, known, installed] = await Promise.all([
      marketplace.publisher(publisherOf(pluginId)),
      this.#database.advisories.listAdvisories([pluginId]),
      this.#installed(authority),
    ]);
    const advisories = known.map(({ advisory }) => advisory);
    return { ...seen(authority, installed, marketplace, found), publisher, advisories };
  }

  /** A text or the picture of a version. Throws `not_found`, `package_not_found`, `marketplace_*`. */
  async part(
    principal: Principal,
    slug: string,
    pluginId: string,
    version: string,
    part: MarketplacePart,
  ): Promise<{ readonly content: Buffer; readonly icon: string | null }> {
    authorize(principal, slug, "org.plugins.read");
    const { marketplace, package: found } = await this.#find(pluginId);
    const stated = found.versions.find((one) => one.version === version);
    if (stated === undefined)
      throw new PatchbayError("package_not_found", `No marketplace has version ${version} of "${pluginId}".`);
    const content = await marketplace.part(pluginId, version, part);
    if (content === null)
      throw new PatchbayError("not_found", `Version ${version} of "${pluginId}" came without ${part}.`);
    return { content, icon: stated.manifest.icon ?? null };
  }

  /** Throws `publisher_not_found`, `marketplace_*`. */
  async publisher(
    principal: Principal,
    slug: string,
    publisher: string,
  ): Promise<{ readonly marketplace: Marketplace; readonly publisher: RegistryPublisherDto }> {
    authorize(principal, slug, "org.plugins.read");
    const found = await this.#marketplaces.findPublisher(publisher);
    if (found !== null) return found;
    throw new PatchbayError("publisher_not_found", `No marketplace has a publisher "${publisher}".`);
  }

  /** The marketplaces in their order, with how each answers now. */
  async states(principal: Principal, slug: string): Promise<readonly MarketplaceState[]> {
    authorize(principal, slug, "org.plugins.read");
    return (await this.#marketplaces.gather((one) => one.describe())).marketplaces;
  }

  /** Neither withdrawn nor for another Patchbay; a pre-release only where there is nothing else. */
  #newestUsable({ versions }: RegistryPackageDto): string | undefined {
    const usable = versions.filter(
      ({ yanked, manifest }) => yanked === undefined && supportsEngine(manifest, this.#world.patchbayVersion),
    );
    return (usable.find(({ version }) => !isPrerelease(version)) ?? usable[0])?.version;
  }

  async #find(pluginId: string) {
    const found = await this.#marketplaces.find(pluginId);
    if (found !== null) return found;
    throw new PatchbayError("package_not_found", `No marketplace has a plugin "${pluginId}".`);
  }

  async #installed(authority: MemberAuthority): Promise<ReadonlyMap<string, string>> {
    const all = await this.#database.installations.list(authority.organization.id);
    const visible = all.filter(({ scope }) => isScopeVisible(authority, scope));
    return new Map(visible.map(({ pluginId, version }) => [pluginId, version]));
  }
}

const seen = <T extends RegistrySummaryDto>(
  authority: MemberAuthority,
  installed: ReadonlyMap<string, string>,
  marketplace: Marketplace,
  found: T,
): SeenPlugin<T> => ({
  marketplace,
  found,
  installed: installed.get(found.plugin) ?? null,
  blocked: verdictOn(authority, found),
});

const verdictOn = (
  { policy }: MemberAuthority,
  { plugin, badge }: RegistrySummaryDto,
): PolicyVerdict | null => {
  const objection =
    installing(policy) ?? objectionTo(policy, { pluginId: plugin, source: "marketplace", badge });
  return objection === null ? null : { ...objection, changedBy: CHANGED_BY };
};

/** Nobody may install anything: that is an objection to each plugin. */
const installing = (policy: MemberAuthority["policy"]): Objection | null => {
  try {
    requireInstallable(policy);
    return null;
  } catch (error) {
    if (!(error instanceof PatchbayError)) throw error;
    return { rule: "install", message: "Nobody may install plugins here." };
  }
};
