import semver from "semver";

/**
 * The one place that says what a version and a range are. Everything that compares them asks here, and nothing here throws: a row that came
 * in before a rule was made, or from outside, sorts below all good ones and fits no range.
 */

/** Numbers of up to 15 digits are exact everywhere. */
const NUMBER = "(?:0|[1-9]\\d{0,14})";
const STAGE = `(?:${NUMBER}|\\d*[a-zA-Z-][0-9a-zA-Z-]*)`;
/**
 * A semantic version without build metadata: two versions that differ in it alone would have the same place in every order.
 */
export const VERSION_PATTERN = `^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-${STAGE}(?:\\.${STAGE})*)?$`;
export const MAX_VERSION_CHARACTERS = 100;
/** A range, or several of them with `||`. */
export const MAX_RANGE_CHARACTERS = 500;

/** The format of schemas that stands for `isVersionRange`. */
export const RANGE = "patchbay-range";

const VERSION = new RegExp(VERSION_PATTERN);

export const isVersion = (text: string): boolean =>
  text.length <= MAX_VERSION_CHARACTERS && VERSION.test(text);

/** The version that a tag such as v1.2.0 names; null when it names none that a package could have. */
export const versionOfTag = (tag: string): string | null => {
  const version = tag.startsWith("v") ? tag.slice(1) : tag;
  return isVersion(version) ? version : null;
};

/** Whether it has a place in the order, as versions from elsewhere may that no package here could have. */
export const isComparable = (version: string): boolean => semver.valid(version) !== null;

export const isVersionRange = (range: string): boolean =>
  range.length <= MAX_RANGE_CHARACTERS && semver.validRange(range) !== null;

/** Below zero, zero or above it, by precedence. What is no version comes before all that are. */
export const compareVersions = (one: string, other: string): number => {
  const [a, b] = [semver.parse(one), semver.parse(other)];
  if (a !== null && b !== null) return a.compare(b) || a.compareBuild(b);
  if (a === null && b === null) return one < other ? -1 : Number(one > other);
  return a === null ? -1 : 1;
};

export const isNewerVersion = (one: string, than: string): boolean => compareVersions(one, than) > 0;

export const isPrerelease = (version: string): boolean => (semver.parse(version)?.prerelease.length ?? 0) > 0;

/** Whether both are patches of the same minor version. */
export const isSameMinor = (one: string, other: string): boolean => {
  const [a, b] = [semver.parse(one), semver.parse(other)];
  return a !== null && b !== null && a.major === b.major && a.minor === b.minor;
};

/** Whether a version is within a range; a pre-release only where the range names one, unless they are to count like others. */
export const isWithin = (
  version: string,
  range: string,
  options: { readonly prereleases?: boolean } = {},
): boolean =>
  isVersionRange(range) &&
  semver.parse(version) !== null &&
  semver.satisfies(version, range, { includePrerelease: options.prereleases === true });

/** The release that a pre-release leads to; the version itself for a release. */
export const releaseOf = (version: string): string => {
  const parsed = semver.parse(version);
  return parsed === null ? version : `${parsed.major}.${parsed.minor}.${parsed.patch}`;
};
