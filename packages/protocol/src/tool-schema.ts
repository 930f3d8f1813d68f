import type { FieldError } from "./errors.ts";
import { atPointer, escapePointer, isJsonObject } from "./json.ts";
import { editDistance } from "./nearest-name.ts";
import { KEYWORD_KINDS, type KeywordKind, keywordFaults } from "./schema-keywords.ts";
import { valueFaults } from "./schema-values.ts";

const TYPES = ["object", "array", "string", "number", "integer", "boolean", "null"];
/** Keywords whose value is a schema, a list of them, or an object of them. */
const ONE = [
  "additionalProperties",
  "unevaluatedProperties",
  "propertyNames",
  "contains",
  "unevaluatedItems",
  "not",
  "if",
  "then",
  "else",
  "contentSchema",
];
const MANY = ["allOf", "anyOf", "oneOf", "prefixItems"];
const NAMED = ["properties", "patternProperties", "dependentSchemas", "$defs", "definitions"];
const KINDS: Readonly<Record<string, KeywordKind>> = {
  ...KEYWORD_KINDS,
  const: "any",
  minProperties: "count",
  maxProperties: "count",
  minContains: "count",
  maxContains: "count",
  dependentRequired: "any",
  contentEncoding: "string",
  contentMediaType: "string",
  deprecated: "boolean",
  readOnly: "boolean",
  writeOnly: "boolean",
  $schema: "string",
  $id: "string",
  $anchor: "string",
  $ref: "string",
};
const KNOWN = [...Object.keys(KINDS), ...ONE, ...MANY, ...NAMED, "type", "items"];
/** Annotations of other makers that look like a keyword gone wrong and are none. */
const ANNOTATIONS = new Set([
  "example",
  "definition",
  "dependencies",
  "additionalItems",
  "$recursiveRef",
  "$dynamicRef",
]);

/** Levels of a schema, and schemas in one: what validators and readers get along with. */
const MAX_DEPTH = 32;
const MAX_NODES = 2_000;
const MAX_FAULTS = 20;

/**
 * Every fault of a tool's schema by JSON Schema 2020-12, at most 20; pointers start at `pointer`. Other keywords are notes, as that standard has it, unless they are nearly
 * the name of one. Defaults must fit their own schema.
 */
export const checkToolSchema = (schema: unknown, pointer: string): FieldError[] => {
  const check: Check = { root: schema, errors: [], left: MAX_NODES };
  checkNode(check, schema, pointer, 0);
  return check.errors.slice(0, MAX_FAULTS);
};

interface Check {
  readonly root: unknown;
  readonly errors: FieldError[];
  left: number;
}

const checkNode = (check: Check, node: unknown, pointer: string, depth: number): void => {
  const report = (at: string, message: string) => check.errors.push({ pointer: `${pointer}${at}`, message });
  check.left -= 1;
  if (check.left === 0) report("", `There are more than ${MAX_NODES} schemas in one; use fewer.`);
  if (check.left <= 0 || check.errors.length > MAX_FAULTS || typeof node === "boolean") return;
  if (!isJsonObject(node)) return void report("", "A schema must be an object, true or false.");
  if (depth > MAX_DEPTH) return void report("", `The schema nests more than ${MAX_DEPTH} deep; flatten it.`);
  const before = check.errors.length;
  check.errors.push(...ownFaults(check, node, pointer));
  for (const [at, child] of childrenOf(node)) checkNode(check, child, `${pointer}${at}`, depth + 1);
  if (check.errors.length === before && node.default !== undefined) {
    const [fault] = valueFaults(node, node.default, { isSettings: false, required: "later" });
    if (fault !== undefined)
      report(
        "/default",
        `The default does not fit its own schema${fault.pointer && ` at ${fault.pointer}`}: ${fault.message}`,
      );
  }
};

type Child = readonly [at: string, schema: unknown];

const childrenOf = (node: Readonly<Record<string, unknown>>): Child[] => {
  const children: Child[] = [];
  for (const keyword of [...ONE, "items"]) {
    const child = node[keyword];
    // Lists of items are of older drafts.
    if (child !== undefined && !Array.isArray(child)) children.push([`/${keyword}`, child]);
  }
  for (const keyword of [...MANY, "items"]) {
    const list = node[keyword];
    if (!Array.isArray(list)) continue;
    for (const [index, child] of list.entries()) children.push([`/${keyword}/${index}`, child]);
  }
  for (const keyword of NAMED) {
    const named = node[keyword];
    if (!isJsonObject(named)) continue;
    for (const [name, child] of Object.entries(named))
      children.push([`/${keyword}/${escapePointer(name)}`, child]);
  }
  return children;
};

const ownFaults = (check: Check, node: Readonly<Record<string, unknown>>, pointer: string): FieldError[] => {
  const errors = keywordFaults(node, KINDS, pointer);
  const report = (keyword: string, message: string) =>
    errors.push({ pointer: `${pointer}/${escapePointer(keyword)}`, message });
  for (const keyword of Object.keys(node)) {
    const meant = misspelt(keyword);
    if (meant !== undefined)
      report(keyword, `"${keyword}" is no keyword of JSON Schema; did you mean "${meant}"?`);
  }
  const types: readonly unknown[] = Array.isArray(node.type) ? node.type : [node.type];
  if (node.type !== undefined && (types.length === 0 || types.some((type) => !TYPES.includes(String(type)))))
    report("type", `The type must be one of ${TYPES.join(", ")}, or a list of them.`);
  for (const keyword of MANY) {
    if (node[keyword] !== undefined && !(Array.isArray(node[keyword]) && node[keyword].length > 0))
      report(keyword, `"${keyword}" must be a list of schemas.`);
  }
  for (const keyword of NAMED) {
    if (node[keyword] !== undefined && !isJsonObject(node[keyword]))
      report(keyword, `"${keyword}" must be an object of schemas by name.`);
  }
  for (const pattern of [
    node.pattern,
    ...Object.keys(isJsonObject(node.patternProperties) ? node.patternProperties : {}),
  ]) {
    if (typeof pattern === "string" && !isRegExp(pattern))
      report("pattern", `${JSON.stringify(pattern).slice(0, 100)} is no regular expression.`);
  }
  const reference = referenceFault(check.root, node.$ref);
  if (reference !== null) report("$ref", reference);
  return errors;
};

const isRegExp = (pattern: string): boolean => {
  try {
    return new RegExp(pattern, "u").source !== "";
  } catch {
    return false;
  }
};

/** Names by anchor or id are left to the validator; a place in the schema itself must be there. */
const referenceFault = (root: unknown, reference: unknown): string | null => {
  if (typeof reference !== "string") return null;
  if (/^https?:/i.test(reference) && !reference.startsWith("https://json-schema.org/"))
    return "A schema cannot refer to another server; copy what is meant into $defs.";
  if (!reference.startsWith("#/")) return null;
  let path: string;
  try {
    path = decodeURIComponent(reference.slice(1));
  } catch {
    return `"${reference.slice(0, 100)}" is no reference.`;
  }
  return atPointer(root, path) === undefined
    ? `There is nothing at ${reference.slice(0, 100)} in this schema.`
    : null;
};

/** The keyword that a name was probably meant to be. Short names are too near to each other to say. */
const misspelt = (name: string): string | undefined => {
  if (
    KNOWN.includes(name) ||
    ANNOTATIONS.has(name) ||
    name.length < 4 ||
    name.length > 32 ||
    name.startsWith("x-")
  )
    return undefined;
  const allowed = name.length < 8 ? 1 : 2;
  return KNOWN.find(
    (known) => known.length >= 4 && editDistance(name.toLowerCase(), known.toLowerCase()) <= allowed,
  );
};
