import { RE2JS } from "re2js";

/** Longer patterns say nothing that a person could check. */
export const MAX_PATTERN_CHARACTERS = 500;
/** Steps of the compiled pattern: `{1000}` repeats what it follows. Matching costs this much for each character. */
export const MAX_PATTERN_STEPS = 1_500;
/** Compiled patterns that are kept, by their text; each has some kilobytes. */
const MAX_KEPT = 500;

/** What JavaScript means by `\s`; the matcher's own has ASCII alone. */
const SPACES =
  "\\t-\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}";
const NO_SPACES =
  "\\x{0}-\\x{8}\\x{e}-\\x{1f}!-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}" +
  "\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}";
const NO_LINE_END = "[^\\n\\r\\x{2028}\\x{2029}]";

export interface LinearPattern {
  /** Of the compiled pattern: what one character of a text costs. */
  readonly steps: number;
  /** Whether it matches anywhere in the text. */
  test(text: string): boolean;
}

const kept = new Map<string, LinearPattern>();

/**
 * A regular expression as JavaScript reads it, on a matcher whose time is linear in the text: no pattern of a package can hang
 * whoever matches it. Throws `SyntaxError` for what such a matcher does not have, as look-ahead, and for what is too large.
 */
export const linearPattern = (pattern: string): LinearPattern => {
  const known = kept.get(pattern);
  if (known !== undefined) return known;
  const made = compile(pattern);
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(pattern, made);
  return made;
};

const compile = (pattern: string): LinearPattern => {
  if (pattern.length > MAX_PATTERN_CHARACTERS)
    throw new SyntaxError(`it has more than ${MAX_PATTERN_CHARACTERS} characters`);
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(asJavaScriptMeans(RE2JS.translateRegExp(pattern)));
  } catch (error) {
    throw new SyntaxError(error instanceof Error ? error.message : String(error), { cause: error });
  }
  const steps = compiled.programSize();
  if (steps > MAX_PATTERN_STEPS) throw new SyntaxError("it repeats too much");
  return { steps, test: (text) => compiled.matcher(text).find() };
};

/** Writes out what the two dialects mean differently: `\s`, `\S` and the dot. */
const asJavaScriptMeans = (pattern: string): string => {
  let isInSet = false;
  return pattern.replace(/\\[pP]\{[^}]*\}|\\.|[[\].]/gs, (sign) => {
    if (sign === "\\s") return isInSet ? SPACES : `[${SPACES}]`;
    if (sign === "\\S") return isInSet ? NO_SPACES : `[${NO_SPACES}]`;
    if (sign === "." && !isInSet) return NO_LINE_END;
    if (sign === "[") isInSet = true;
    if (sign === "]") isInSet = false;
    return sign;
  });
};
