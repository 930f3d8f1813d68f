import {
  type BlockedDto,
  type OsvDto,
  PatchbayError,
  type RegistryPackageDto,
  type RegistryPublisherDto,
  type RegistrySummaryDto,
} from "@patchbay/protocol";
import type { Marketplace, MarketplaceQuery } from "../../ports/marketplace.ts";

/** How a marketplace answered. */
export interface MarketplaceState {
  readonly name: string;
  readonly url: string;
  readonly state: "ok" | "unavailable";
  readonly message?: string;
}

export interface FoundPackage {
  readonly marketplace: Marketplace;
  readonly package: RegistryPackageDto;
}

export interface MarketplaceSearch {
  readonly items: readonly { readonly marketplace: Marketplace; readonly summary: RegistrySummaryDto }[];
  readonly total: number;
  readonly facets: {
    readonly category: Readonly<Record<string, number>>;
    readonly badge: Readonly<Record<string, number>>;
  };
  readonly cursor?: string;
  readonly marketplaces: readonly MarketplaceState[];
}

/** What each marketplace says, with how it answered. */
export interface Gathered<T> {
  readonly items: readonly { readonly marketplace: Marketplace; readonly value: T }[];
  readonly marketplaces: readonly MarketplaceState[];
}

/** The marketplaces of this deployment, in order: what an earlier one has hides what a later one has under the same id. */
export class Marketplaces {
  readonly all: readonly Marketplace[];

  constructor(all: readonly Marketplace[]) {
    this.all = all;
  }

  /** What they say is asked for anew from now on. */
  expire(): void {
    for (const marketplace of this.all) marketplace.expire();
  }

  byKey(key: string): Marketplace | undefined {
    return this.all.find((one) => one.key === key);
  }

  /**
   * The first one that has the plugin. Throws `marketplace_unavailable` or `marketplace_invalid` when one that comes before
   * it, or all, cannot tell: a later one may have another plugin under the same id.
   */
  async find(pluginId: string): Promise<FoundPackage | null> {
    for (const marketplace of this.all) {
      const found = await marketplace.package(pluginId);
      if (found !== null) return { marketplace, package: found };
    }
    return null;
  }

  /** The same for a publisher. */
  async findPublisher(
    publisher: string,
  ): Promise<{ marketplace: Marketplace; publisher: RegistryPublisherDto } | null> {
    for (const marketplace of this.all) {
      const found = await marketplace.publisher(publisher);
      if (found !== null) return { marketplace, publisher: found };
    }
    return null;
  }

  /** All advisories that marketplaces know. */
  async advisories(): Promise<Gathered<readonly OsvDto[]>> {
    return await this.gather((marketplace) => marketplace.advisories());
  }

  async blocklists(): Promise<Gathered<readonly BlockedDto[]>> {
    return await this.gather((marketplace) => marketplace.blocklist());
  }

  /**
   * One page of what all of them find: those of the first come first. One that does not answer is passed over and told so.
   * Totals and facets are sums, in which a plugin that two of them have counts twice.
   */
  async search(query: MarketplaceQuery): Promise<MarketplaceSearch> {
    const start = readPosition(query.cursor);
    const { cursor: _cursor, ...words } = query;
    const answers = await Promise.all(
      this.all.map(async (marketplace, index) => {
        const cursor = index === start.index && start.cursor !== null ? { cursor: start.cursor } : {};
        const limit = index < start.index ? 1 : query.limit;
        return {
          index,
          ...(await attempt(marketplace, () => marketplace.search({ ...words, limit, ...cursor }))),
        };
      }),
    );
    const told = answers.flatMap(({ index, marketplace, value }) =>
      value ? [{ index, marketplace, value }] : [],
    );
    const items: MarketplaceSearch["items"][number][] = [];
    let position: Position | null = null;
    for (const { index, marketplace, value } of told.filter(({ index }) => index >= start.index)) {
      if (items.length > 0 && items.length + value.items.length > query.limit) {
        position = { index, cursor: index === start.index ? start.cursor : null };
        break;
      }
      for (const summary of value.items)
        if (!(await isHidden(summary.plugin, told, index))) items.push({ marketplace, summary });
      if (value.cursor !== undefined) {
        position = { index, cursor: value.cursor };
        break;
      }
    }
    return {
      items,
      total: told.reduce((sum, { value }) => sum + value.total, 0),
      facets: {
        category: sumOf(told.map(({ value }) => value.facets.category)),
        badge: sumOf(told.map(({ value }) => value.facets.badge)),
      },
      ...(position !== null && { cursor: writePosition(position) }),
      marketplaces: answers.map(({ state }) => state),
    };
  }

  /** Asks all of them at once. */
  async gather<T>(ask: (marketplace: Marketplace) => Promise<T>): Promise<Gathered<T>> {
    const answers = await Promise.all(
      this.all.map((marketplace) => attempt(marketplace, () => ask(marketplace))),
    );
    return {
      items: answers.flatMap(({ marketplace, value }) =>
        value === undefined ? [] : [{ marketplace, value }],
      ),
      marketplaces: answers.map(({ state }) => state),
    };
  }
}

/** Whether one of those that answered has the plugin too and comes earlier. One that did not answer hides nothing: this is a list. */
const isHidden = async (
  pluginId: string,
  told: readonly { readonly index: number; readonly marketplace: Marketplace }[],
  index: number,
): Promise<boolean> => {
  for (const { marketplace } of told.filter((one) => one.index < index)) {
    const { value } = await attempt(marketplace, () => marketplace.package(pluginId));
    if (value !== undefined && value !== null) return true;
  }
  return false;
};

interface Position {
  readonly index: number;
  readonly cursor: string | null;
}

const attempt = async <T>(
  marketplace: Marketplace,
  ask: () => Promise<T>,
): Promise<{ marketplace: Marketplace; value?: T; state: MarketplaceState }> => {
  try {
    const value = await ask();
    return { marketplace, value, state: { name: marketplace.name, url: marketplace.url, state: "ok" } };
  } catch (error) {
    if (!isMarketplaceFault(error)) throw error;
    const { name, url } = marketplace;
    return { marketplace, state: { name, url, state: "unavailable", message: error.message } };
  }
};

/** Whether it is the marketplace's fault, and not that of who asks. */
export const isMarketplaceFault = (error: unknown): error is PatchbayError =>
  error instanceof PatchbayError &&
  (error.code === "marketplace_unavailable" || error.code === "marketplace_invalid");

const sumOf = (facets: readonly Readonly<Record<string, number>>[]): Record<string, number> => {
  const sums = new Map<string, number>();
  for (const facet of facets)
    for (const [name, count] of Object.entries(facet)) sums.set(name, (sums.get(name) ?? 0) + count);
  return Object.fromEntries(sums);
};

const writePosition = (position: Position): string =>
  Buffer.from(JSON.stringify([position.index, position.cursor])).toString("base64url");

const readPosition = (cursor: string | undefined): Position => {
  if (cursor === undefined) return { index: 0, cursor: null };
  try {
    const [index, inner] = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")) as unknown[];
    if (Number.isInteger(index) && (inner === null || typeof inner === "string"))
      return { index: index as number, cursor: inner };
  } catch (error) {
    throw new PatchbayError("invalid_request", "The cursor is none that a list gave.", { cause: error });
  }
  throw new PatchbayError("invalid_request", "The cursor is none that a list gave.");
};
