import type { FieldError } from "./errors.ts";
import { escapePointer, isJsonObject } from "./json.ts";
import { textFault } from "./text.ts";

/** What the value of a keyword of JSON Schema must be. Those that hold schemas are walked by whoever checks them. */
export type KeywordKind =
  | "any"
  | "boolean"
  | "count"
  | "list"
  | "names"
  | "number"
  | "positive"
  | "string"
  | "text";

const KINDS: Readonly<
  Record<KeywordKind, { readonly fits: (value: unknown) => boolean; readonly wanted: string }>
> = {
  any: { fits: () => true, wanted: "a value" },
  boolean: { fits: (value) => typeof value === "boolean", wanted: "true or false" },
  count: {
    fits: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
    wanted: "a whole number from 0",
  },
  list: { fits: (value) => Array.isArray(value) && value.length > 0, wanted: "a list of at least one value" },
  names: {
    fits: (value) => Array.isArray(value) && value.every((name) => typeof name === "string"),
    wanted: "a list of names",
  },
  number: { fits: (value) => Number.isFinite(value), wanted: "a number" },
  positive: { fits: (value) => Number.isFinite(value) && Number(value) > 0, wanted: "a number above 0" },
  string: { fits: (value) => typeof value === "string", wanted: "a text" },
  text: { fits: (value) => typeof value === "string", wanted: "a text" },
};

/** Keywords that tools and settings have in common, with the form of their values. */
export const KEYWORD_KINDS: Readonly<Record<string, KeywordKind>> = {
  title: "text",
  description: "text",
  default: "any",
  examples: "list",
  enum: "list",
  $comment: "string",
  required: "names",
  minItems: "count",
  maxItems: "count",
  uniqueItems: "boolean",
  minLength: "count",
  maxLength: "count",
  pattern: "string",
  format: "string",
  minimum: "number",
  maximum: "number",
  exclusiveMinimum: "number",
  exclusiveMaximum: "number",
  multipleOf: "positive",
};

const RANGES = [
  ["minimum", "maximum"],
  ["minLength", "maxLength"],
  ["minItems", "maxItems"],
] as const;

/** Faults of keywords whose values hold no schemas: of a wrong form, or at odds with each other. */
export const keywordFaults = (
  node: Readonly<Record<string, unknown>>,
  kinds: Readonly<Record<string, KeywordKind>>,
  pointer: string,
): FieldError[] => {
  const errors: FieldError[] = [];
  for (const [keyword, value] of Object.entries(node)) {
    const kind = Object.hasOwn(kinds, keyword) ? kinds[keyword] : undefined;
    if (kind === undefined) continue;
    const { fits, wanted } = KINDS[kind];
    const at = `${pointer}/${escapePointer(keyword)}`;
    const fault =
      kind === "text" && typeof value === "string" && value !== ""
        ? textFault(value, { hasLines: true })
        : null;
    if (!fits(value)) errors.push({ pointer: at, message: `"${keyword}" must be ${wanted}.` });
    else if (fault !== null) errors.push({ pointer: at, message: `It ${fault}.` });
  }
  for (const [least, most] of RANGES) {
    if (Number(node[least]) > Number(node[most]))
      errors.push({
        pointer: `${pointer}/${most}`,
        message: `"${most}" is below "${least}": no value fits.`,
      });
  }
  return errors;
};

/** Whether a value nests deeper than so many levels. Looks no deeper than that. */
export const nestsDeeper = (value: unknown, levels: number): boolean =>
  (Array.isArray(value) || isJsonObject(value)) &&
  (levels === 0 || Object.values(value).some((part) => nestsDeeper(part, levels - 1)));
