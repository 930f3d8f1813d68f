const DIGEST = /^[0-9a-f]{64}$/;
const SHOWN_OF_DIGEST = 12;

/** A fact of an event in a few words: names of what has one, with what else is said of it, such as by what a permission is narrowed; the beginning of a digest. */
export const factText = (value: unknown): string => {
  if (typeof value === "string") return DIGEST.test(value) ? `${value.slice(0, SHOWN_OF_DIGEST)}…` : value;
  if (Array.isArray(value)) return value.length === 0 ? "–" : value.map(factText).join(", ");
  if (typeof value !== "object" || value === null) return String(value);
  if (!("name" in value)) return partsText(value);
  const { name, ...rest } = value;
  return Object.keys(rest).length === 0 ? factText(name) : `${factText(name)} (${partsText(rest)})`;
};

const partsText = (value: object): string =>
  Object.entries(value)
    .map(([name, part]) => `${name} ${factText(part)}`)
    .join(", ");
