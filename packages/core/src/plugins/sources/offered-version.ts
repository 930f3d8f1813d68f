import { supportsEngine } from "@patchbay/artifact";
import {
  type Badge,
  compareVersions,
  isNewerVersion,
  isPrerelease,
  type Manifest,
  type RegistryPackageDto,
} from "@patchbay/protocol";
import type { PackageVersion } from "../../ports/catalog-store.ts";
import type { ProjectScope } from "../../ports/installation-store.ts";
import type { Offer } from "../../ports/offer-store.ts";

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
    place,
    pluginId: plugin,
    version,
    badge,
    digest,
    sizeBytes,
    manifest,
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

/** The projects that a version has to be for: those of the installation that goes over to it; `any` where nothing is installed with it. */
export type Reaching = ProjectScope | "any";

export const reaches = (version: Pick<PackageVersion, "broughtFor">, scope: Reaching): boolean =>
  scope === "any" || isFor(version, scope);

/**
 * Versions of the catalog together with those that are offered, newest first, without what nobody should come to by itself:
 * withdrawn ones, blocked ones and pre-releases, wherever they are, those that were brought for fewer projects than `scope` has, and offered ones for another version of Patchbay. What is
 * named or installed is kept. Blocked ones, pre-releases and those for another Patchbay are there when there is nothing else.
 */
export const union = (
  rows: readonly PackageVersion[],
  offers: readonly Offer[],
  keep: {
    readonly patchbayVersion: string;
    readonly named?: string;
    readonly installed?: string;
    readonly scope: Reaching;
    readonly isBlocked: (version: AvailableVersion) => boolean;
  },
): AvailableVersion[] => {
  const isKept = ({ version }: { readonly version: string }) =>
    version === keep.named || version === keep.installed;
  const withdrawn = new Set(offers.filter(({ yanked }) => yanked !== null).map(({ version }) => version));
  // What people brought themselves is theirs, whatever has its id elsewhere.
  const isWithdrawn = (one: AvailableVersion) =>
    (isOffered(one) || one.source === "marketplace") && withdrawn.has(one.version);
  const reaching = rows.filter((one) => isKept(one) || reaches(one, keep.scope));
  const known = new Set(reaching.map(({ version }) => version));
  const all = [...reaching, ...offers.filter(({ version }) => !known.has(version)).flatMap(toOffered)].filter(
    (one) => isKept(one) || !isWithdrawn(one),
  );
  const fits = (one: AvailableVersion) =>
    !isOffered(one) || supportsEngine(one.manifest, keep.patchbayVersion);
  const runs = (one: AvailableVersion) => !keep.isBlocked(one);
  const isReleased = ({ version }: AvailableVersion) => isEarly(keep.installed) || !isEarly(version);
  return [fits, runs, isReleased]
    .reduce((left, isGood) => preferring(left, isGood, isKept), all)
    .toSorted(newestFirst);
};

/** Whether an installation may go over to the version without being told to. */
export const isFor = (
  { broughtFor }: Pick<PackageVersion, "broughtFor">,
  { projects }: ProjectScope,
): boolean =>
  broughtFor === null || (projects !== "all" && projects.every((slug) => broughtFor.includes(slug)));

/** Those that are good and those that are kept; all of them when none is. */
const preferring = (
  versions: readonly AvailableVersion[],
  isGood: (version: AvailableVersion) => boolean,
  isKept: (version: AvailableVersion) => boolean,
): AvailableVersion[] => {
  const good = versions.filter((one) => isKept(one) || isGood(one));
  return good.length === 0 ? [...versions] : good;
};

const isEarly = (version: string | undefined): boolean => version !== undefined && isPrerelease(version);

/** Whether a version comes after another one; after none, every one does unless it is a pre-release. */
export const isNewer = (version: string, than: string | undefined): boolean =>
  than === undefined ? !isEarly(version) : isNewerVersion(version, than);

const newestFirst = (a: { readonly version: string }, b: { readonly version: string }): number =>
  compareVersions(b.version, a.version);
