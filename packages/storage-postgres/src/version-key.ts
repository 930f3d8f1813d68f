/** Shorter runs of digits are smaller numbers; three digits of length hold for anything that a version may contain. */
const LENGTH_DIGITS = 3;
/** Ends an identifier. It sorts before everything that an identifier may contain. */
const END = "!";

/** Text that sorts bytewise as semantic versions do. Build metadata does not count, as in the specification. */
export const versionKey = (version: string): string => {
  const [precedence = ""] = version.split("+", 1);
  const dash = precedence.indexOf("-");
  const core = dash < 0 ? precedence : precedence.slice(0, dash);
  const numbers = core.split(".").map(numberKey).join("");
  if (dash < 0) return `${numbers}1`;
  const identifiers = precedence.slice(dash + 1).split(".");
  return `${numbers}0${identifiers.map((identifier) => identifierKey(identifier) + END).join("")}`;
};

export const isPrerelease = (version: string): boolean => (version.split("+", 1)[0] ?? "").includes("-");

const numberKey = (digits: string): string => String(digits.length).padStart(LENGTH_DIGITS, "0") + digits;

/** Numbers come before names. */
const identifierKey = (identifier: string): string =>
  /^\d+$/.test(identifier) ? `0${numberKey(identifier)}` : `1${identifier}`;
