import { compareVersions, isComparable, OSV_ECOSYSTEM, type OsvDto } from "@patchbay/protocol";

type Affected = OsvDto["affected"][number];
type Range = NonNullable<Affected["ranges"]>[number];

/** Whether an advisory says that this version is affected. One that was withdrawn says nothing. (OSV schema, "Evaluation".) */
export const affects = (advisory: OsvDto, plugin: string, version: string): boolean =>
  advisory.withdrawn === undefined &&
  partsFor(advisory, plugin).some(
    ({ versions, ranges }) =>
      versions?.includes(version) === true || ranges?.some((range) => isInRange(range, version)) === true,
  );

/** The plugins that an advisory is about. */
export const pluginsOf = ({ affected }: OsvDto): string[] => [
  ...new Set(affected.filter(isOurs).map((one) => one.package.name)),
];

/** The versions in which the advisory says that it is mended, lowest first. */
export const fixesOf = (advisory: OsvDto, plugin: string): string[] =>
  partsFor(advisory, plugin)
    .flatMap(({ ranges }) => ranges ?? [])
    .flatMap(({ events }) => events.flatMap(({ fixed }) => fixed ?? []))
    .filter(isComparable)
    .toSorted(compareVersions);

const partsFor = (advisory: OsvDto, plugin: string): Affected[] =>
  advisory.affected.filter((one) => isOurs(one) && one.package.name === plugin);

const isOurs = (affected: Affected): boolean => affected.package.ecosystem === OSV_ECOSYSTEM;

/** Walks the events from the lowest version on; the last one at or below `version` decides. */
const isInRange = ({ type, events }: Range, version: string): boolean => {
  if (type !== "SEMVER" && type !== "ECOSYSTEM") return false;
  let isAffected = false;
  for (const { introduced, fixed, last_affected: last } of events.toSorted(byVersion)) {
    if (introduced !== undefined && (introduced === "0" || atLeast(version, introduced))) isAffected = true;
    if (fixed !== undefined && atLeast(version, fixed)) isAffected = false;
    if (last !== undefined && atLeast(version, last) && version !== last) isAffected = false;
  }
  return isAffected;
};

const atLeast = (version: string, least: string): boolean =>
  isComparable(version) && isComparable(least) && compareVersions(version, least) >= 0;

type Event = Range["events"][number];

/** At the same version a range begins before it ends. */
const byVersion = (one: Event, other: Event): number =>
  compareVersions(versionOf(one), versionOf(other)) || rankOf(one) - rankOf(other);

const versionOf = ({ introduced, fixed, last_affected: last }: Event): string => {
  const version = introduced ?? fixed ?? last ?? "0.0.0-0";
  return isComparable(version) ? version : "0.0.0-0";
};
const rankOf = ({ introduced }: Event): number => (introduced === undefined ? 1 : 0);
