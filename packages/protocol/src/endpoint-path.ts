/** Paths that endpoints of plugins answer at, below their address: `/`, `/orders/{id}`, `/files/*`. */

/** The longest pattern, and the most parts that one has. */
export const MAX_PATTERN_LENGTH = 200;
const MAX_PARTS = 16;

const LITERAL = /^[A-Za-z0-9._~-]+$/;
const NAMED = /^\{([A-Za-z][A-Za-z0-9_]{0,31})\}$/;
/** Under which name the rest of a path is, where the pattern ends in a star. */
const REST = "*";

/** What is wrong with a pattern; null for a good one. */
export const pathPatternFault = (pattern: string): string | null => {
  if (!pattern.startsWith("/")) return `"${pattern}" does not begin with a slash.`;
  const parts = partsOf(pattern);
  if (pattern.length > MAX_PATTERN_LENGTH || parts.length > MAX_PARTS)
    return `A path has at most ${MAX_PATTERN_LENGTH} characters and ${MAX_PARTS} parts.`;
  const names = new Set<string>();
  for (const [index, part] of parts.entries()) {
    const isRest = part === REST && index === parts.length - 1;
    const name = NAMED.exec(part)?.[1];
    if (name !== undefined && names.has(name)) return `"${pattern}" names {${name}} twice.`;
    if (name !== undefined) names.add(name);
    else if (!isRest && (!LITERAL.test(part) || isDots(part)))
      return `"${part}" is no part of a path: use letters, digits and . _ ~ -, a {name}, or * at the end.`;
  }
  return null;
};

/**
 * What the parts of a path as it was sent stand for, decoded; null for a path that the pattern does not fit, that is not well encoded,
 * or that leads upwards.
 */
export const matchPath = (pattern: string, path: string): Readonly<Record<string, string>> | null => {
  const wanted = partsOf(pattern);
  const given = partsOf(path).map(decoded);
  if (given.some((part) => part === null || isDots(part))) return null;
  const parts = given as readonly string[];
  const hasRest = wanted.at(-1) === REST;
  const fixed = hasRest ? wanted.slice(0, -1) : wanted;
  if (parts.length < fixed.length || (!hasRest && parts.length > fixed.length)) return null;
  const found: Record<string, string> = {};
  for (const [index, part] of fixed.entries()) {
    const value = parts[index] ?? "";
    const name = NAMED.exec(part)?.[1];
    if (name === undefined ? value !== part : value === "") return null;
    if (name !== undefined) found[name] = value;
  }
  if (hasRest) found[REST] = parts.slice(fixed.length).join("/");
  return found;
};

/** None of `/`. */
const partsOf = (path: string): string[] => (path === "/" || path === "" ? [] : path.slice(1).split("/"));

const isDots = (part: string): boolean => part === "." || part === "..";

const decoded = (part: string): string | null => {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
};
