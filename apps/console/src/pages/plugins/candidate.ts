import type { MarketplacePluginDto, TrustDto, VersionDto } from "@patchbay/protocol";
import { compareVersions, PatchbayError, requestsOf } from "@patchbay/protocol";
import { queryOptions } from "@tanstack/react-query";
import { clientOf } from "../../api/client.ts";

/** A version that could be installed: it is in the catalog, or a marketplace has it. */
export interface Candidate extends Omit<VersionDto, "trust"> {
  /** null of what a marketplace has: its signature is looked at when it arrives. */
  readonly trust: TrustDto | null;
  /** Name of the marketplace that has it; null when it is in the catalog. */
  readonly marketplace: string | null;
  /** Why the marketplace withdrew it. */
  readonly yanked?: string;
}

/** A plugin with what could be installed of it, newest first. */
export interface Offered {
  readonly plugin: string;
  /** The installed version, or null. */
  readonly installed: string | null;
  readonly versions: readonly Candidate[];
}

/**
 * A plugin of the catalog; of a marketplace when the catalog does not have it, or not in this `version`. Fails with the catalog's
 * or the marketplace's words.
 */
export const offeredQuery = (org: string, plugin: string, version?: string) =>
  queryOptions({
    queryKey: [org, "catalog", plugin, "offered", version ?? null],
    queryFn: () => offeredOf(org, plugin, version),
    staleTime: 0,
    retry: false,
  });

const offeredOf = async (org: string, plugin: string, version: string | undefined): Promise<Offered> => {
  const here = await catalogOf(org, plugin);
  const isHere =
    here !== null && (version === undefined || here.versions.some((one) => one.version === version));
  if (isHere) return here;
  const there = fromMarketplace(await clientOf(org).marketplace.get(plugin), org);
  if (version !== undefined && !there.versions.some((one) => one.version === version))
    throw new PatchbayError("package_not_found", `There is no version ${version} of "${plugin}".`);
  return here === null ? there : merged(here, there);
};

/**
 * The same with all versions of the marketplaces that were not withdrawn, or are `named`; without those when they do not answer.
 */
export const updatesQuery = (org: string, plugin: string, named?: string) =>
  queryOptions({
    queryKey: [org, "catalog", plugin, "offered updates", named ?? null],
    queryFn: async () => {
      const [here, there] = await Promise.all([
        clientOf(org).catalog.plugin(plugin).then(fromCatalog),
        clientOf(org)
          .marketplace.get(plugin)
          .then((found) => fromMarketplace(found, org))
          .catch(unlessNothingThere),
      ]);
      if (there === null) return here;
      const isUsable = ({ version, yanked }: Candidate) => yanked === undefined || version === named;
      return merged(here, { ...there, versions: there.versions.filter(isUsable) });
    },
    staleTime: 0,
  });

const QUIET = new Set(["package_not_found", "marketplace_unavailable", "marketplace_invalid"]);

const unlessNothingThere = (error: unknown): null => {
  if (error instanceof PatchbayError && QUIET.has(error.code)) return null;
  throw error;
};

const catalogOf = async (org: string, plugin: string): Promise<Offered | null> => {
  try {
    return fromCatalog(await clientOf(org).catalog.plugin(plugin));
  } catch (error) {
    if (error instanceof PatchbayError && error.code === "package_not_found") return null;
    throw error;
  }
};

const fromCatalog = ({
  plugin,
  installed,
  versions,
}: Omit<Offered, "versions"> & CatalogVersions): Offered => ({
  plugin,
  installed,
  versions: versions.map((one) => ({ ...one, marketplace: null })),
});

interface CatalogVersions {
  readonly versions: readonly VersionDto[];
}

const fromMarketplace = (found: MarketplacePluginDto, org: string): Offered => {
  const { plugin, installed, badge, marketplace, latest } = found;
  const usable = found.versions.filter(({ yanked }) => yanked === undefined);
  const newest = usable.find(({ version }) => version === latest) ?? usable[0];
  const first = newest === undefined ? [] : [newest];
  const versions = [...first, ...found.versions.filter((one) => one !== newest)];
  return {
    plugin,
    installed,
    versions: versions.map(({ publishedAt, yanked, signedBy: _signedBy, ...one }) => ({
      ...one,
      plugin,
      badge,
      source: "marketplace" as const,
      createdAt: publishedAt,
      trust: null,
      marketplace: marketplace.name,
      permissions: requestsOf(one.manifest),
      ...(one.manifest.icon !== undefined && { icon: iconAddress(org, plugin, one.version) }),
      ...(yanked !== undefined && { yanked: yanked.reason }),
    })),
  };
};

const iconAddress = (org: string, plugin: string, version: string): string =>
  `/api/orgs/${org}/marketplace/${plugin}/versions/${encodeURIComponent(version)}/icon`;

/** What is here, and what only the marketplace has, newest first. */
const merged = (here: Offered, there: Offered): Offered => {
  const known = new Set(here.versions.map(({ version }) => version));
  const versions = [...here.versions, ...there.versions.filter(({ version }) => !known.has(version))];
  return { ...here, versions: versions.toSorted((a, b) => compareVersions(b.version, a.version)) };
};
