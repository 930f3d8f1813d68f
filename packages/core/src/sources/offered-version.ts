import { supportsEngine } from "@patchbay/artifact";
import {
  type Badge,
  compareVersions,
  isNewerVersion,
  isPrerelease,
  type Manifest,
  type RegistryPackageDto,
} from "@patchbay/protocol";
import type { PackageVersion } from "../ports/catalog-store.ts";
import type { Offer } from "../ports/offer-store.ts";

/** A version that is in no catalog here yet and can be got. */
export interface OfferedVersion {
  readonly pluginId: string;
  readonly version: string;
  readonly manifest: Manifest;
  readonly source: Offer["source"];
  readonly badge: Badge;
  readonly place: string;
  readonly digest: string | null;
  readonly sizeBytes: number | null;
  readonly yanked: string | null;
}

/** What can be installed: from the catalog, or from elsewhere. */
export type AvailableVersion = PackageVersion | OfferedVersion;

export const isOffered = (version: AvailableVersion): version is OfferedVersion => "place" in version;

/** Newest versions of a plugin that are kept in mind. Those who want an older one name it. */
const MAX_OFFERS = 50;

/** What a marketplace's page of a plugin offers. */
export const offersOf = (
  { plugin, badge, versions }: RegistryPackageDto,
  place: string,
  seenAt: Date,
): Offer[] =>
  versions.map(({ version, digest, sizeBytes, manifest, yanked, publishedAt }) => ({
    organizationId: null,
    source: "marketplace",
    ...{ place, pluginId: plugin, version, badge, digest, sizeBytes, manifest },
    yanked: yanked?.reason ?? null,
    publishedAt: new Date(publishedAt),
    seenAt,
  }));

/** The newest of them, without those of a version that came twice. */
export const newestOffers = (offers: readonly Offer[]): Offer[] => {
  const byVersion = new Map(offers.map((offer) => [offer.version, offer]));
  return [...byVersion.values()].sort(newestFirst).slice(0, MAX_OFFERS);
};

export const toOffered = ({ manifest, ...offer }: Offer): OfferedVersion[] =>
  manifest === null ? [] : [{ ...offer, manifest }];

/**
 * Versions of the catalog together with those that are offered, newest first. Withdrawn ones are not among them unless the
 * one that is named is; nor are offered pre-releases, or those for another version of Patchbay, unless there is nothing else
 * or one is named or installed.
 */
export const union = (
  rows: readonly PackageVersion[],
  offers: readonly Offer[],
  keep: { readonly patchbayVersion: string; readonly named?: string; readonly installed?: string },
): AvailableVersion[] => {
  const isKept = (version: string) => version === keep.named || version === keep.installed;
  const yanked = new Set(offers.filter((offer) => offer.yanked !== null).map(({ version }) => version));
  const here = rows.filter(
    ({ version, source }) => source !== "marketplace" || !yanked.has(version) || isKept(version),
  );
  const known = new Set(rows.map(({ version }) => version));
  const offered = offers
    .filter(({ version }) => !known.has(version) && (!yanked.has(version) || isKept(version)))
    .flatMap(toOffered);
  const fit = offered.filter(
    (one) => isKept(one.version) || supportsEngine(one.manifest, keep.patchbayVersion),
  );
  const elsewhere = here.length + fit.length === 0 ? offered : fit;
  const wantsEarly =
    isEarly(keep.installed) || [...here, ...elsewhere].every(({ version }) => isEarly(version));
  const usable = elsewhere.filter(({ version }) => wantsEarly || isKept(version) || !isEarly(version));
  return [...here, ...usable].sort(newestFirst);
};

const isEarly = (version: string | undefined): boolean => version !== undefined && isPrerelease(version);

/** Whether a version comes after another one; after none, every one does unless it is a pre-release. */
export const isNewer = (version: string, than: string | undefined): boolean =>
  than === undefined ? !isEarly(version) : isNewerVersion(version, than);

const newestFirst = (a: { readonly version: string }, b: { readonly version: string }): number =>
  compareVersions(b.version, a.version);
