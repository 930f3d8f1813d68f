import type { OsvDto } from "@patchbay/protocol";
import { isNewerVersion } from "@patchbay/protocol";

/** Versions from `introduced` on (null: from the first) up to but without `fixed`, or up to and with `last`. */
export interface AffectedRange {
  readonly introduced: string | null;
  readonly fixed: string | null;
  readonly last: string | null;
}

/** The ranges and the single versions of a plugin that an advisory names. */
export const affectedOf = (
  { affected }: OsvDto,
  plugin: string,
): { readonly ranges: readonly AffectedRange[]; readonly versions: readonly string[] } => {
  const own = affected.filter((one) => one.package.name === plugin);
  return {
    ranges: own.flatMap(({ ranges = [] }) => ranges.flatMap(({ events }) => rangesOf(events))),
    versions: own.flatMap(({ versions = [] }) => versions),
  };
};

type Events = NonNullable<OsvDto["affected"][number]["ranges"]>[number]["events"];

/** Each `introduced` begins a range, which the next event ends. */
const rangesOf = (events: Events): AffectedRange[] => {
  const ranges: AffectedRange[] = [];
  let begun: string | null | undefined;
  const end = (fixed: string | null, last: string | null) => {
    if (begun !== undefined) ranges.push({ introduced: begun, fixed, last });
    begun = undefined;
  };
  for (const { introduced, fixed, last_affected: last } of events) {
    if (introduced !== undefined) {
      end(null, null);
      begun = introduced === "0" ? null : introduced;
    }
    if (fixed !== undefined) end(fixed, null);
    else if (last !== undefined) end(null, last);
  }
  end(null, null);
  return ranges;
};

/** Whether an advisory that was not withdrawn is about this version of the plugin. */
export const touches = (advisory: OsvDto, plugin: string, version: string): boolean => {
  if (advisory.withdrawn !== undefined) return false;
  const { ranges, versions } = affectedOf(advisory, plugin);
  const isWithin = ({ introduced, fixed, last }: AffectedRange) =>
    (introduced === null || !isNewerVersion(introduced, version)) &&
    (fixed === null || isNewerVersion(fixed, version)) &&
    (last === null || !isNewerVersion(version, last));
  return versions.includes(version) || ranges.some(isWithin);
};
