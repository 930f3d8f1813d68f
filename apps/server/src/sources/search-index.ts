import type { MarketplaceQuery } from "@patchbay/core";
import {
  PatchbayError,
  type RegistryIndexDto,
  type RegistrySearchDto,
  type RegistrySummaryDto,
} from "@patchbay/protocol";

type Entry = RegistrySummaryDto;

/** What is looked through of a package, in lower case. */
interface Prepared {
  readonly entry: Entry;
  readonly id: string;
  readonly name: string;
  readonly names: readonly string[];
  readonly text: string;
}

/** Made once for each index, since an index is asked many times. */
const PREPARED = new WeakMap<RegistryIndexDto, readonly Prepared[]>();

/** Words this long may have one letter wrong, missing or too many; shorter ones are others then. */
const MIN_TYPO_LENGTH = 4;

/** Points of a word for where it was found: a whole name counts more than all words of a description together. */
const POINTS = { exact: 1000, word: 100, prefix: 75, keyword: 60, inside: 20, typo: 8 } as const;

/** What a registry does in its database, for one that is a file: exact names first, then beginnings, words and small typos. */
export const searchIndex = (index: RegistryIndexDto, query: MarketplaceQuery): RegistrySearchDto => {
  const words = wordsOf(query.q ?? "");
  const ranked = preparedOf(index)
    .filter(({ entry }) => query.publisher === undefined || entry.publisher === query.publisher)
    .map((one) => ({ entry: one.entry, points: words.length === 0 ? 1 : pointsOf(one, words) }))
    .filter(({ points }) => points > 0);
  const isOfCategory = ({ category }: Entry) => query.category === undefined || category === query.category;
  const isOfBadge = ({ badge }: Entry) => query.badge === undefined || badge === query.badge;
  const found = ranked
    .filter(({ entry }) => isOfCategory(entry) && isOfBadge(entry))
    .sort((a, b) => order(query, words.length > 0)(a, b) || compareIds(a.entry, b.entry));
  const start = positionOf(query.cursor);
  const items = found.slice(start, start + query.limit).map(({ entry }) => entry);
  const end = start + items.length;
  return {
    items,
    total: found.length,
    facets: {
      // Each facet counts what there would be if it alone were not chosen.
      category: countBy(ranked.map(({ entry }) => entry).filter(isOfBadge), ({ category }) => category),
      badge: countBy(ranked.map(({ entry }) => entry).filter(isOfCategory), ({ badge }) => badge),
    },
    ...(end < found.length && { cursor: String(end) }),
  };
};

interface Ranked {
  readonly entry: Entry;
  readonly points: number;
}

const order = (query: MarketplaceQuery, hasWords: boolean): ((a: Ranked, b: Ranked) => number) => {
  const sort = query.sort ?? (hasWords ? "relevance" : "installs");
  switch (sort) {
    case "installs":
      return (a, b) => b.entry.installs - a.entry.installs;
    case "updated":
      return (a, b) => Date.parse(b.entry.updatedAt) - Date.parse(a.entry.updatedAt);
    case "relevance":
      return (a, b) => rank(b) - rank(a);
    default:
      return sort satisfies never;
  }
};

/** Much used plugins come before others that fit as well. */
const rank = ({ entry, points }: Ranked): number => points * (1 + Math.log10(1 + entry.installs) / 10);

const preparedOf = (index: RegistryIndexDto): readonly Prepared[] => {
  const known = PREPARED.get(index);
  if (known !== undefined) return known;
  const prepared = index.items.map((entry) => {
    const id = entry.plugin.toLowerCase();
    const name = entry.name.toLowerCase();
    const { description, keywords, author } = entry;
    const text = `${id} ${name} ${description} ${keywords.join(" ")} ${author.name}`.toLowerCase();
    return { entry, id, name, names: [...wordsOf(name), ...wordsOf(id)], text };
  });
  PREPARED.set(index, prepared);
  return prepared;
};

/** 0 unless every word is found somewhere. */
const pointsOf = (one: Prepared, words: readonly string[]): number => {
  const whole = words.join(" ");
  const isExact = whole === one.id || whole === one.name || one.id.endsWith(`.${whole}`);
  let points = isExact ? POINTS.exact : 0;
  for (const word of words) {
    const found = pointsOfWord(one, word);
    if (found === 0) return 0;
    points += found;
  }
  return points;
};

const pointsOfWord = ({ entry, name, names, text }: Prepared, word: string): number => {
  if (names.includes(word)) return POINTS.word;
  if (name.startsWith(word) || names.some((one) => one.startsWith(word))) return POINTS.prefix;
  if (entry.keywords.some((keyword) => keyword.toLowerCase() === word)) return POINTS.keyword;
  if (text.includes(word)) return POINTS.inside;
  if (word.length < MIN_TYPO_LENGTH) return 0;
  return names.some((one) => isNear(one, word)) ? POINTS.typo : 0;
};

/** Whether one letter put in, left out, changed or two swapped make one of the other. */
export const isNear = (a: string, b: string): boolean => {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (long.length - short.length > 1) return false;
  let at = 0;
  while (at < short.length && short[at] === long[at]) at++;
  if (short.length < long.length) return short.slice(at) === long.slice(at + 1);
  const isSwapped =
    short[at] === long[at + 1] && short[at + 1] === long[at] && short.slice(at + 2) === long.slice(at + 2);
  return isSwapped || short.slice(at + 1) === long.slice(at + 1);
};

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

const countBy = (entries: readonly Entry[], of: (entry: Entry) => string): Record<string, number> => {
  const counts: Record<string, number> = Object.create(null);
  for (const entry of entries) counts[of(entry)] = (counts[of(entry)] ?? 0) + 1;
  return { ...counts };
};

const compareIds = (a: Entry, b: Entry): number => (a.plugin < b.plugin ? -1 : a.plugin > b.plugin ? 1 : 0);

const positionOf = (cursor: string | undefined): number => {
  if (cursor === undefined) return 0;
  if (/^\d{1,9}$/.test(cursor)) return Number(cursor);
  throw new PatchbayError("invalid_request", "The cursor is none that a list gave.");
};
