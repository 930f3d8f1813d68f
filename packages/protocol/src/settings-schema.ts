import type { FieldError } from "./errors.ts";
import { escapePointer, isJsonObject } from "./json.ts";

/**
 * The JSON Schema that a manifest may use for its settings: what a form can show and a person can fill in. Anything
 * else is refused at validation, so that host and console never meet a keyword that they do not handle.
 */
export interface SettingsSchema {
  readonly type: "object" | "array" | "string" | "number" | "integer" | "boolean";
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  /** Of a secret: the only hosts towards which the host puts it in. */
  readonly hosts?: readonly string[];
  readonly properties?: Readonly<Record<string, SettingsSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly items?: SettingsSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
}

const TYPES = ["object", "array", "string", "number", "integer", "boolean"];
const COMMON = ["type", "title", "description", "default", "enum", "examples", "$comment"];
const KEYWORDS: Readonly<Record<string, readonly string[]>> = {
  object: [...COMMON, "properties", "required", "additionalProperties"],
  array: [...COMMON, "items", "minItems", "maxItems", "uniqueItems"],
  string: [...COMMON, "minLength", "maxLength", "pattern", "format", "hosts", "multiline"],
  number: [...COMMON, "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
  integer: [...COMMON, "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
  boolean: COMMON,
};
const FORMATS = ["secret", "email", "uri", "date", "date-time", "time", "ipv4", "ipv6", "uuid", "hostname"];

/** Deeper forms are unusable, and every level costs the validator. */
const MAX_DEPTH = 8;
const MAX_NODES = 500;

/** Every fault of a settings schema; pointers start at `pointer`. An empty list means it can be used. */
export const checkSettingsSchema = (schema: unknown, pointer = "/settings"): FieldError[] => {
  const errors: FieldError[] = [];
  const budget = { nodes: MAX_NODES };
  if (isJsonObject(schema) && schema.type !== "object") {
    errors.push({ pointer: `${pointer}/type`, message: 'Settings are an object: write "type": "object".' });
    return errors;
  }
  checkNode(schema, pointer, 0, budget, errors);
  return errors;
};

/** Pointers of all secret settings, as lists of property names. Secrets live in objects, never in lists. */
export const secretPaths = (schema: SettingsSchema | undefined, path: readonly string[] = []): string[][] => {
  if (schema === undefined) return [];
  if (schema.type === "string" && schema.format === "secret") return [[...path]];
  return Object.entries(schema.properties ?? {}).flatMap(([name, child]) =>
    secretPaths(child, [...path, name]),
  );
};

const checkNode = (
  node: unknown,
  pointer: string,
  depth: number,
  budget: { nodes: number },
  errors: FieldError[],
): void => {
  budget.nodes -= 1;
  if (budget.nodes === -1)
    errors.push({ pointer, message: `There are more than ${MAX_NODES} settings; use fewer.` });
  if (budget.nodes < 0) return;
  if (depth > MAX_DEPTH) {
    errors.push({ pointer, message: `Settings are nested more than ${MAX_DEPTH} deep; flatten them.` });
    return;
  }
  if (!isJsonObject(node)) {
    errors.push({ pointer, message: "A schema must be an object." });
    return;
  }
  const type = node.type;
  if (typeof type !== "string" || !TYPES.includes(type)) {
    errors.push({ pointer: `${pointer}/type`, message: `The type must be one of ${TYPES.join(", ")}.` });
    return;
  }
  for (const keyword of Object.keys(node)) {
    if (KEYWORDS[type]?.includes(keyword)) continue;
    errors.push({
      pointer: `${pointer}/${escapePointer(keyword)}`,
      message: `"${keyword}" cannot be used in a setting of type ${type}.`,
    });
  }
  if (node.enum !== undefined && (!Array.isArray(node.enum) || node.enum.length === 0)) {
    errors.push({ pointer: `${pointer}/enum`, message: "An enum is a list of at least one value." });
  }
  if (type === "string") checkString(node, pointer, errors);
  if (type === "object") checkProperties(node, pointer, depth, budget, errors);
  if (type === "array") checkItems(node, pointer, depth, budget, errors);
};

const checkString = (node: Record<string, unknown>, pointer: string, errors: FieldError[]): void => {
  if (node.format !== undefined && !FORMATS.includes(String(node.format))) {
    errors.push({
      pointer: `${pointer}/format`,
      message: `The format must be one of ${FORMATS.join(", ")}.`,
    });
  }
  const isSecret = node.format === "secret";
  const hosts = node.hosts;
  if (
    isSecret &&
    !(
      Array.isArray(hosts) &&
      hosts.length > 0 &&
      hosts.every((host) => typeof host === "string" && host !== "*")
    )
  ) {
    errors.push({
      pointer: `${pointer}/hosts`,
      message: 'A secret names the hosts that it is for: "hosts": ["api.example.com"].',
    });
  }
  if (isSecret && node.default !== undefined) {
    errors.push({
      pointer: `${pointer}/default`,
      message: "A secret cannot have a default: everyone can read the package.",
    });
  }
  if (!isSecret && hosts !== undefined) {
    errors.push({
      pointer: `${pointer}/hosts`,
      message: 'Only a secret has hosts; add "format": "secret" or remove them.',
    });
  }
};

const checkProperties = (
  node: Record<string, unknown>,
  pointer: string,
  depth: number,
  budget: { nodes: number },
  errors: FieldError[],
): void => {
  const properties = node.properties ?? {};
  if (!isJsonObject(properties)) {
    errors.push({
      pointer: `${pointer}/properties`,
      message: "Properties are an object of schemas by name.",
    });
    return;
  }
  for (const [name, child] of Object.entries(properties)) {
    const childPointer = `${pointer}/properties/${escapePointer(name)}`;
    if (name === "__proto__" || name === "constructor" || name === "prototype") {
      errors.push({ pointer: childPointer, message: "This name cannot be used for a setting." });
      continue;
    }
    checkNode(child, childPointer, depth + 1, budget, errors);
  }
  for (const [index, name] of (Array.isArray(node.required) ? node.required : []).entries()) {
    if (typeof name === "string" && Object.hasOwn(properties, name)) continue;
    errors.push({
      pointer: `${pointer}/required/${index}`,
      message: `"${String(name)}" is required but not among the properties.`,
    });
  }
};

const checkItems = (
  node: Record<string, unknown>,
  pointer: string,
  depth: number,
  budget: { nodes: number },
  errors: FieldError[],
): void => {
  checkNode(node.items, `${pointer}/items`, depth + 1, budget, errors);
  if (isJsonObject(node.items) && containsSecret(node.items)) {
    errors.push({
      pointer: `${pointer}/items`,
      message: "A list cannot hold secrets; give each its own setting.",
    });
  }
};

const containsSecret = (node: Record<string, unknown>): boolean =>
  node.format === "secret" ||
  Object.values(isJsonObject(node.properties) ? node.properties : {}).some(
    (child) => isJsonObject(child) && containsSecret(child),
  ) ||
  (isJsonObject(node.items) && containsSecret(node.items));
