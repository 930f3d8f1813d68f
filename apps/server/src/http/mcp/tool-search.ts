import type { OfferedTool } from "@patchbay/core";

/** How many tools are found unless more are asked for, and at the most. */
export const DEFAULT_FOUND_TOOLS = 10;
export const MAX_FOUND_TOOLS = 25;

/** What a word counts for, by where it is found. */
const IN_NAME = 4;
const IN_TITLE = 3;
const IN_DESCRIPTION = 1;
/** More words than anybody looks for at once. */
const MAX_WORDS = 32;

/** Those whose names, titles and descriptions have the words, the best first: with the most of the words, and where they tell the most. All, by name, where there are no words. */
export const searchTools = (
  tools: readonly OfferedTool[],
  query: string,
  limit: number,
): readonly OfferedTool[] => {
  const wanted = [...new Set(wordsOf(query))].slice(0, MAX_WORDS);
  if (wanted.length === 0) return tools.slice(0, limit);
  return tools
    .map((tool) => ({ tool, ...rankOf(tool, wanted) }))
    .filter(({ found }) => found > 0)
    .sort((one, other) => other.found - one.found || other.score - one.score)
    .slice(0, limit)
    .map(({ tool }) => tool);
};

const rankOf = ({ name, entry }: OfferedTool, wanted: readonly string[]) => {
  const places = [
    [wordsOf(name), IN_NAME],
    [wordsOf(entry.title ?? ""), IN_TITLE],
    [wordsOf(entry.description), IN_DESCRIPTION],
  ] as const;
  let found = 0;
  let score = 0;
  for (const word of wanted) {
    const worth = places
      .filter(([words]) => words.some((one) => isAlike(one, word)))
      .reduce((sum, [, weight]) => sum + weight, 0);
    if (worth > 0) found += 1;
    score += worth;
  }
  return { found, score };
};

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** "forecast" finds "forecasts", and the other way round. */
const isAlike = (one: string, other: string): boolean =>
  one === other ||
  (Math.min(one.length, other.length) > 3 && (one.startsWith(other) || other.startsWith(one)));
