import { mixesAlphabets } from "@patchbay/protocol";
import type { PopularPackage } from "../../ports/registry-store.ts";
import { type PackageCheck, review } from "./check.ts";
import { WELL_KNOWN_INSTALLS } from "./limits.ts";

/** Names of which every letter counts: two short words differ by one letter all the time. */
const MIN_COMPARED_CHARACTERS = 5;
const CHARACTERS_FOR_TWO_EDITS = 10;

/** Signs that look like others, after accents and letters' forms have been taken off. */
const LOOK_ALIKES: readonly (readonly [sign: RegExp, as: string])[] = [
  [/rn/g, "m"],
  [/vv/g, "w"],
  [/cl/g, "d"],
  [/[0οо]/g, "o"],
  [/[1ıіι|]/g, "l"],
  [/i/g, "l"],
  [/[5ѕ]/g, "s"],
  [/[аα]/g, "a"],
  [/[еε]/g, "e"],
  [/[рρ]/g, "p"],
  [/с/g, "c"],
  [/[хχ]/g, "x"],
  [/у/g, "y"],
  [/[^\p{L}\p{N}]/gu, ""],
];

/** A new name, of a first version or a later one, that could be taken for that of a package which many know. */
export const similarNames: PackageCheck = {
  name: "similar-names",
  run: ({ packageFile: { manifest }, isNew, isRenamed, popular }) => {
    if (!isNew && !isRenamed) return [];
    if (mixesAlphabets(manifest.name))
      return [review(`Its name mixes letters of several alphabets that look alike: "${manifest.name}".`)];
    const match = popular.find(
      (other) => (isNew && isNear(manifest.id, other.plugin)) || isNamedLike(manifest.name, other),
    );
    return match === undefined
      ? []
      : [review(`Its name could be taken for "${match.name}" (${match.plugin}), which many people know.`)];
  },
};

const isNamedLike = (name: string, other: PopularPackage): boolean => {
  const isWellKnown = other.installs >= WELL_KNOWN_INSTALLS || other.badge !== "community";
  return isWellKnown && isNear(name, other.name);
};

const isNear = (one: string, other: string): boolean => {
  const [a, b] = [folded(one), folded(other)];
  if (a === b) return true;
  const length = Math.min(a.length, b.length);
  if (length < MIN_COMPARED_CHARACTERS) return false;
  return editsWithin(a, b, length < CHARACTERS_FOR_TWO_EDITS ? 1 : 2);
};

/** As somebody sees it who does not look closely. */
export const folded = (text: string): string => {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return LOOK_ALIKES.reduce((result, [sign, as]) => result.replace(sign, as), plain);
};

/** Whether so many letters left out, put in, changed or swapped with the next make one of the other. */
export const editsWithin = (a: string, b: string, limit: number): boolean => {
  if (Math.abs(a.length - b.length) > limit) return false;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let edits = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        edits = Math.min(edits, (before[j - 2] ?? 0) + 1);
      next.push(edits);
    }
    if (Math.min(...next) > limit) return false;
    before = row;
    row = next;
  }
  return (row[b.length] ?? limit + 1) <= limit;
};
