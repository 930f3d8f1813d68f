import type { FieldError } from "./errors.ts";
import { canonicalJson, isMultiple } from "./exact-json.ts";
import { escapePointer, isJsonObject } from "./json.ts";
import { linearPattern } from "./linear-pattern.ts";
import { valueFormat } from "./value-formats.ts";

/** More faults than these say nothing new, and would be a large answer to a small mistake. */
export const MAX_VALUE_FAULTS = 20;
/** Values looked at in one go; beyond, a value is refused. Many times what fits into the largest settings. */
const MAX_CHECKS = 500_000;
/** What patterns may cost in one go: characters times steps of the pattern. Some tens of milliseconds. */
const MAX_MATCH_COST = 10_000_000;
/** Values of an enum that a message names. */
const MAX_SHOWN = 12;

export interface ValueRules {
  /** Objects take no other properties than the schema lists, unless it says so; formats are checked. For settings. */
  readonly isSettings: boolean;
  /** `later` passes over what is merely missing: a form may be filled in several goes. */
  readonly required: "now" | "later";
}

/**
 * The first faults of a JSON value against a JSON Schema, at most `MAX_VALUE_FAULTS`. Takes time in proportion to the value. Knows what settings may use, and allOf,
 * anyOf, oneOf (as anyOf) and const besides; a keyword that it does not know, `$ref` among them, refuses nothing.
 */
export const valueFaults = (schema: unknown, value: unknown, rules: ValueRules): FieldError[] => {
  const check: Check = { rules, faults: [], left: MAX_CHECKS, matchCost: MAX_MATCH_COST, enums: new Map() };
  checkValue(check, schema, value, "");
  return check.faults;
};

interface Check {
  readonly rules: ValueRules;
  readonly faults: FieldError[];
  left: number;
  matchCost: number;
  /** Each enum as the texts of its values, made once for each go. */
  readonly enums: Map<readonly unknown[], ReadonlySet<string>>;
}

type Node = Readonly<Record<string, unknown>>;

const isFull = ({ faults }: Check): boolean => faults.length >= MAX_VALUE_FAULTS;

const report = (check: Check, pointer: string, message: string): undefined => {
  if (!isFull(check)) check.faults.push({ pointer, message });
  return undefined;
};

const checkValue = (check: Check, schema: unknown, value: unknown, pointer: string): undefined => {
  if (isFull(check)) return;
  check.left -= 1;
  if (check.left === 0) report(check, pointer, "There are too many values.");
  if (check.left <= 0) return;
  if (schema === false) return report(check, pointer, "There must be no value here.");
  if (!isJsonObject(schema)) return;
  const { type } = schema;
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  if (type !== undefined && !types.some((one) => isOfType(one, value)))
    return report(check, pointer, `It must be ${types.map(nameType).join(" or ")}.`);
  checkChoice(check, schema, value, pointer);
  if (typeof value === "number") checkNumber(check, schema, value, pointer);
  if (typeof value === "string") checkText(check, schema, value, pointer);
  if (Array.isArray(value)) checkList(check, schema, value, pointer);
  else if (isJsonObject(value)) checkObject(check, schema, value, pointer);
  if (!check.rules.isSettings) checkCombined(check, schema, value, pointer);
};

const isOfType = (type: unknown, value: unknown): boolean => {
  switch (type) {
    case "object":
      return isJsonObject(value);
    case "array":
      return Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    case "null":
      return value === null;
    case "string":
    case "number":
    case "boolean":
      return typeof value === type;
    default:
      return true;
  }
};

const TYPE_NAMES: Readonly<Record<string, string>> = {
  object: "an object",
  array: "a list",
  string: "a text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
};
const nameType = (type: unknown): string => TYPE_NAMES[String(type)] ?? String(type);

const checkChoice = (check: Check, schema: Node, value: unknown, pointer: string): void => {
  if (Array.isArray(schema.enum)) {
    const known = check.enums.get(schema.enum) ?? new Set(schema.enum.map(canonicalJson));
    check.enums.set(schema.enum, known);
    if (!known.has(canonicalJson(value))) {
      const shown = schema.enum.slice(0, MAX_SHOWN).map(show).join(", ");
      const more = schema.enum.length > MAX_SHOWN ? ", …" : "";
      report(check, pointer, `It must be one of ${shown}${more}.`);
    }
  }
  if (schema.const !== undefined && canonicalJson(schema.const) !== canonicalJson(value))
    report(check, pointer, `It must be ${show(schema.const)}.`);
};

const show = (value: unknown): string => (typeof value === "string" ? value : canonicalJson(value));

const checkNumber = (check: Check, schema: Node, value: number, pointer: string): void => {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  if (typeof minimum === "number" && value < minimum) report(check, pointer, `It must be >= ${minimum}.`);
  if (typeof maximum === "number" && value > maximum) report(check, pointer, `It must be <= ${maximum}.`);
  if (typeof exclusiveMinimum === "number" && value <= exclusiveMinimum)
    report(check, pointer, `It must be > ${exclusiveMinimum}.`);
  if (typeof exclusiveMaximum === "number" && value >= exclusiveMaximum)
    report(check, pointer, `It must be < ${exclusiveMaximum}.`);
  if (typeof multipleOf === "number" && multipleOf > 0 && !isMultiple(value, multipleOf))
    report(check, pointer, `It must be a multiple of ${multipleOf}.`);
};

const checkText = (check: Check, schema: Node, text: string, pointer: string): void => {
  const { minLength, maxLength, pattern, format } = schema;
  const length = minLength === undefined && maxLength === undefined ? 0 : codePoints(text);
  if (typeof minLength === "number" && length < minLength)
    report(check, pointer, `It must have at least ${minLength} characters.`);
  if (typeof maxLength === "number" && length > maxLength)
    report(check, pointer, `It must have at most ${maxLength} characters.`);
  if (typeof pattern === "string") checkPattern(check, pattern, text, pointer);
  const known = check.rules.isSettings ? valueFormat(format) : undefined;
  if (known !== undefined && !known.fits(text)) report(check, pointer, `It must be ${known.wanted}.`);
};

const codePoints = (text: string): number => {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
};

const checkPattern = (check: Check, pattern: string, text: string, pointer: string): undefined => {
  let compiled: ReturnType<typeof linearPattern>;
  try {
    compiled = linearPattern(pattern);
  } catch {
    // Only of tools, whose own validator knows more: settings with such a pattern are refused with the package.
    return;
  }
  check.matchCost -= text.length * compiled.steps;
  if (check.matchCost < 0) return report(check, pointer, "It is too long to be compared with its pattern.");
  if (!compiled.test(text)) report(check, pointer, `It must match ${pattern}.`);
};

const checkList = (check: Check, schema: Node, list: readonly unknown[], pointer: string): void => {
  const { minItems, maxItems, items, prefixItems, uniqueItems } = schema;
  if (typeof minItems === "number" && list.length < minItems)
    report(check, pointer, `It must have at least ${minItems} items.`);
  if (typeof maxItems === "number" && list.length > maxItems)
    report(check, pointer, `It must have at most ${maxItems} items.`);
  if (uniqueItems === true && new Set(list.map(canonicalJson)).size < list.length)
    report(check, pointer, "It must not have the same item twice.");
  const prefix: readonly unknown[] = Array.isArray(prefixItems) ? prefixItems : [];
  for (const [index, item] of list.entries()) {
    if (isFull(check)) return;
    checkValue(check, index < prefix.length ? prefix[index] : items, item, `${pointer}/${index}`);
  }
};

const checkObject = (check: Check, schema: Node, value: Node, pointer: string): void => {
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  const isClosed =
    schema.additionalProperties === false || (check.rules.isSettings && schema.additionalProperties !== true);
  if (check.rules.required === "now") {
    for (const name of Array.isArray(schema.required) ? schema.required : []) {
      if (typeof name === "string" && !Object.hasOwn(value, name))
        report(check, `${pointer}/${escapePointer(name)}`, "This setting is required.");
    }
  }
  for (const name of Object.keys(value)) {
    if (isFull(check)) return;
    if (Object.hasOwn(properties, name) || schema.patternProperties !== undefined) continue;
    const at = `${pointer}/${escapePointer(name)}`;
    if (isClosed) report(check, at, "The plugin has no such setting.");
    else checkValue(check, schema.additionalProperties, value[name], at);
  }
  for (const [name, child] of Object.entries(properties)) {
    if (Object.hasOwn(value, name))
      checkValue(check, child, value[name], `${pointer}/${escapePointer(name)}`);
  }
};

const checkCombined = (check: Check, schema: Node, value: unknown, pointer: string): void => {
  for (const part of Array.isArray(schema.allOf) ? schema.allOf : []) checkValue(check, part, value, pointer);
  for (const parts of [schema.anyOf, schema.oneOf]) {
    if (!Array.isArray(parts)) continue;
    const fits = parts.some((part) => {
      const attempt: Check = { ...check, faults: [] };
      checkValue(attempt, part, value, pointer);
      check.left = attempt.left;
      check.matchCost = attempt.matchCost;
      return attempt.faults.length === 0;
    });
    if (!fits) report(check, pointer, "It fits none of the forms that are allowed.");
  }
};
