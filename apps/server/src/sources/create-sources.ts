import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  type BlockList,
  type CodeHost,
  type Database,
  GithubImports,
  type Marketplace,
  Marketplaces,
  MarketplaceViews,
  OfferRefresh,
  PackageFetcher,
  type PackageIntake,
  type PluginSettings,
  type PublisherKeys,
  type SecretBox,
  Sourcing,
  type WithFile,
  type World,
} from "@patchbay/core";
import type { HttpClient } from "@patchbay/egress";
import { OWN_REGISTRY, type SourceConfiguration } from "../config/source-configuration.ts";
import { GithubCodeHost } from "./github-code-host.ts";
import { HttpMarketplace } from "./http-marketplace.ts";

/** Where packages come from, besides people who bring them. */
export interface Sources {
  readonly marketplaces: Marketplaces;
  readonly imports: GithubImports;
  readonly sourcing: Sourcing;
  readonly refresh: OfferRefresh;
  readonly views: MarketplaceViews;
  /** With the path of a file for a package on its way into the catalog, which is gone with the work. */
  readonly withFile: WithFile;
}

/** Where this server listens, and where people find it; empty until it does. */
export interface OwnAddress {
  readonly listening: string;
  readonly address: string;
}

interface Parts {
  readonly database: Database;
  readonly intake: PackageIntake;
  readonly publisherKeys: PublisherKeys;
  readonly secrets: SecretBox;
  readonly blocks: BlockList;
  readonly settings: PluginSettings;
  readonly world: World;
  /** A folder for downloads on their way into the store. */
  readonly folder: string;
}

interface Network {
  readonly client: HttpClient;
  readonly own: OwnAddress;
}

/** The marketplaces and the GitHub that are configured. */
export const createSources = (configuration: SourceConfiguration, parts: Parts & Network): Sources => {
  const marketplaces = configuration.marketplaces.map((url) => marketplaceAt(url, parts));
  return sourcesOver(marketplaces, new GithubCodeHost(parts.client, configuration.githubApi), parts);
};

/** The same over any marketplaces and code host. */
export const sourcesOver = (all: readonly Marketplace[], host: CodeHost, parts: Parts): Sources => {
  const { database, intake, secrets, blocks, settings, world, publisherKeys: keys } = parts;
  const withFile = async <T>(work: (path: string) => Promise<T>): Promise<T> => {
    const folder = await mkdtemp(join(parts.folder, "download-"));
    try {
      return await work(join(folder, "package.zip"));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  const marketplaces = new Marketplaces(all);
  const imports = new GithubImports({ database, host, intake, secrets, withFile });
  const fetcher = new PackageFetcher({ marketplaces, intake, keys, withFile });
  return {
    marketplaces,
    imports,
    sourcing: new Sourcing({ database, marketplaces, fetcher, imports, blocks, settings, world }),
    refresh: new OfferRefresh({ database, marketplaces, host, imports, world }),
    views: new MarketplaceViews(database, marketplaces, world),
    withFile,
  };
};

/** The server's own registry is asked like any other: over HTTP. */
const marketplaceAt = (url: string, { client, own }: Network): Marketplace =>
  url === OWN_REGISTRY
    ? new HttpMarketplace({
        client,
        key: OWN_REGISTRY,
        base: () => `${own.listening}/registry/v1`,
        url: () => `${own.address}/registry/v1`,
      })
    : new HttpMarketplace({ client, key: url, base: () => url, url: () => url });
