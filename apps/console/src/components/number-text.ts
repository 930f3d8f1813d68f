/** What stands in the way of reading a text as a number. */
export type NumberFault =
  | { readonly kind: "notNumber" }
  | { readonly kind: "notWhole" }
  /** Either of the two readings is unmistakable. */
  | { readonly kind: "ambiguous"; readonly whole: string; readonly fraction: string }
  /** A number has no room for so many digits: `kept` is what it would become. */
  | { readonly kind: "notExact"; readonly kept: string };

export interface NumberRules {
  /** What stands before the fraction in the reader's language. */
  readonly separator: "." | ",";
  readonly isInteger: boolean;
}

const NUMBER = /^([+-]?)(\d*)(?:([.,])(\d*))?(?:e([+-]?\d+))?$/i;
/** Three digits behind a foreign separator may as well be thousands. */
const THOUSANDS = /^[+-]?[1-9]\d{0,2}[.,]\d{3}$/;

/**
 * The number that somebody wrote, undefined for nothing, or why it is none. Point and comma both stand before a fraction where they
 * cannot be taken for thousands; nothing is left out of a text, and nothing is rounded.
 */
export const readNumber = (text: string, rules: NumberRules): number | undefined | NumberFault => {
  const written = text.trim().replace(/^[−–]/, "-");
  if (written === "") return undefined;
  const [, sign = "", whole = "", mark, fraction = "", exponent = "0"] = NUMBER.exec(written) ?? [];
  if (whole === "" && fraction === "") return { kind: "notNumber" };
  if (mark !== undefined && mark !== rules.separator && THOUSANDS.test(written))
    return {
      kind: "ambiguous",
      whole: `${sign}${whole}${fraction}`,
      fraction: `${sign}${whole}${rules.separator}${fraction}`,
    };
  const plain = `${sign}${whole === "" ? "0" : whole}.${fraction === "" ? "0" : fraction}e${exponent}`;
  const value = Number(plain);
  if (!isExact(plain)) return { kind: "notExact", kept: writeNumber(value, rules) };
  return rules.isInteger && !Number.isInteger(value) ? { kind: "notWhole" } : value;
};

/** A number as it is written in the reader's language, with every digit. */
export const writeNumber = (value: number, { separator }: Pick<NumberRules, "separator">): string =>
  String(value).replace(".", separator);

/** Whether a number, as JSON writes it, keeps all of its digits when it is read. */
export const isExact = (text: string): boolean => {
  const value = Number(text);
  return Number.isFinite(value) && digitsOf(text) === digitsOf(String(value));
};

/** The digits of a number without the zeros around them, and where its point is. */
const digitsOf = (text: string): string => {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^([+-]?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const all = `${whole}${fraction}`.replace(/^0+/, "");
  const digits = all.replace(/0+$/, "");
  if (digits === "") return "0";
  const power = Number(exponent) - fraction.length + (all.length - digits.length);
  return `${sign.replace("+", "")}${digits}e${power}`;
};

const NUMBER_IN_JSON = /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi;

/** The first number in a text of valid JSON that would lose digits when it is read; undefined when none would. */
export const inexactNumber = (json: string): string | undefined => {
  for (let at = 0; at < json.length; ) {
    const quote = json.indexOf('"', at);
    const numbers = json.slice(at, quote < 0 ? json.length : quote).match(NUMBER_IN_JSON) ?? [];
    const found = numbers.find((number) => !isExact(number));
    if (found !== undefined) return found;
    at = quote < 0 ? json.length : endOfText(json, quote);
  }
  return undefined;
};

/** Behind the closing quote. By hand: a pattern fails at texts of megabytes. */
const endOfText = (json: string, opening: number): number => {
  for (let close = json.indexOf('"', opening + 1); close >= 0; close = json.indexOf('"', close + 1)) {
    let first = close;
    while (json[first - 1] === "\\") first -= 1;
    if ((close - first) % 2 === 0) return close + 1;
  }
  return json.length;
};
