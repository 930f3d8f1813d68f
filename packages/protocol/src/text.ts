/**
 * The rule for all short texts that strangers write and people read: names, descriptions, reasons. What cannot be seen, changes the
 * order of what is seen, or covers its neighbours is refused.
 */

/** Formats of schemas that stand for this rule: a line, and several lines. */
export const TEXT = "patchbay-text";
export const LINES = "patchbay-lines";

/** Marks on one letter. Every living script gets along with them; more of them paint over other lines. */
const MAX_MARKS = 4;

const SURPLUS_MARKS = new RegExp(`(\\p{M}{${MAX_MARKS}})\\p{M}+`, "gu");
const TOO_MANY_MARKS = new RegExp(`\\p{M}{${MAX_MARKS + 1}}`, "u");
const CONTROL = /\p{Cc}/u;
const CONTROL_BUT_LINES = /[^\P{Cc}\n\t\r]/u;
/** Those that turn the direction of writing, and the two that break lines without being a line's end. */
const DIRECTION = /[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;
/** Nothing to see, but for joiners and the selectors of a letter's form. The blank Braille cell is a sign by its class. */
const INVISIBLE =
  /(?!\u200c|\u200d|\ufe0e|\ufe0f)\p{Default_Ignorable_Code_Point}|\u2800|\p{Co}|\p{Noncharacter_Code_Point}/u;
/** Joiners have a meaning between letters of some scripts and in pictures; elsewhere they only make names differ. */
const NO_JOINING = "\\s|\\p{P}|\\p{Nd}|\\p{Script=Latin}|\\p{Script=Greek}|\\p{Script=Cyrillic}";
const JOINER = "(?:\\u200c|\\u200d)";
const JOINERS = new RegExp(`${JOINER}|\\ufe0e|\\ufe0f`, "u");
const IDLE_JOINER = new RegExp(`(?:^|${NO_JOINING}|${JOINER})${JOINER}|${JOINER}(?:$|${NO_JOINING})`, "u");
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;
const WORDS = /[\p{L}\p{M}\p{N}]+/gu;
/** Scripts whose letters look like each other's. */
const ALIKE = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u] as const;

export interface TextRule {
  /** Line ends and tabs are fine. */
  readonly hasLines?: boolean;
}

/** What is wrong with a text, going on after "It", such as "has control characters"; null when nothing is. */
export const textFault = (text: string, { hasLines = false }: TextRule = {}): string | null => {
  if (!text.isWellFormed()) return "has half of a character";
  if ((hasLines ? CONTROL_BUT_LINES : CONTROL).test(text)) return "has control characters";
  if (DIRECTION.test(text)) return "has characters that change the direction of writing";
  if (INVISIBLE.test(text) || IDLE_JOINER.test(text)) return "has invisible characters";
  if (TOO_MANY_MARKS.test(text)) return `has more than ${MAX_MARKS} marks on one letter`;
  return VISIBLE.test(text) ? null : "shows nothing";
};

/**
 * What may be shown of a stranger's text: without what is refused, and cut after `most` characters. null for what is no text, and when
 * nothing is left that shows.
 */
export const plainText = (text: unknown, most: number, rule: TextRule = {}): string | null => {
  if (typeof text !== "string") return null;
  const signs = [...text.slice(0, most * 4).toWellFormed()].filter((sign) => isAllowed(sign, rule));
  const joined = shortened(signs, most);
  if (textFault(joined, rule) === null) return joined;
  const plain = shortened(
    signs.filter((sign) => !JOINERS.test(sign)),
    most,
  );
  return textFault(plain, rule) === null ? plain : null;
};

const isAllowed = (sign: string, { hasLines = false }: TextRule): boolean =>
  !(hasLines ? CONTROL_BUT_LINES : CONTROL).test(sign) && !DIRECTION.test(sign) && !INVISIBLE.test(sign);

const shortened = (signs: readonly string[], most: number): string =>
  signs.join("").replaceAll(SURPLUS_MARKS, "$1").trim().slice(0, most).toWellFormed();

/** Whether a word of the name mixes letters of alphabets that look alike, as nobody writes who does not want to deceive. */
export const mixesAlphabets = (name: string): boolean =>
  (name.match(WORDS) ?? []).some((word) => ALIKE.filter((script) => script.test(word)).length > 1);
