import type { FieldError } from "./errors.ts";
import { SECRET_HOST_PATTERN, secretHostFault, settingOfHost } from "./hosts.ts";
import { escapePointer, isJsonObject } from "./json.ts";
import { linearPattern } from "./linear-pattern.ts";
import { KEYWORD_KINDS, keywordFaults } from "./schema-keywords.ts";
import { valueFaults } from "./schema-values.ts";
import { textFault } from "./text.ts";
import { VALUE_FORMATS, valueFormat } from "./value-formats.ts";

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
const NUMBERS = [...COMMON, "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
const KEYWORDS: Readonly<Record<string, readonly string[]>> = {
  object: [...COMMON, "properties", "required", "additionalProperties"],
  array: [...COMMON, "items", "minItems", "maxItems", "uniqueItems"],
  string: [...COMMON, "minLength", "maxLength", "pattern", "format", "hosts", "multiline"],
  number: NUMBERS,
  integer: NUMBERS,
  boolean: COMMON,
};
const KINDS = { ...KEYWORD_KINDS, additionalProperties: "boolean", multiline: "boolean" } as const;

/** Deeper forms are unusable, and every level costs the validator. */
const MAX_DEPTH = 8;
const MAX_NODES = 500;
/** Hosts of one secret; a service with more has a name for all of them. */
const MAX_SECRET_HOSTS = 20;
/** Steps of all patterns together: compiling a package's patterns takes some tens of milliseconds at most. */
const MAX_PATTERN_STEPS_TOGETHER = 6_000;
/** Faults that are told; more say nothing new. */
const MAX_FAULTS = 50;

interface Budget {
  nodes: number;
  steps: number;
}

/** Every fault of a settings schema; pointers start at `pointer`. An empty list means it can be used. */
export const checkSettingsSchema = (schema: unknown, pointer = "/settings"): FieldError[] => {
  const errors: FieldError[] = [];
  const budget = { nodes: MAX_NODES, steps: MAX_PATTERN_STEPS_TOGETHER };
  if (isJsonObject(schema) && schema.type !== "object") {
    errors.push({ pointer: `${pointer}/type`, message: 'Settings are an object: write "type": "object".' });
    return errors;
  }
  checkNode(schema, pointer, 0, budget, errors);
  if (errors.length === 0) errors.push(...secretSettingFaults(schema as SettingsSchema, pointer));
  return errors.slice(0, MAX_FAULTS);
};

/** Pointers of all secret settings, as lists of property names. Secrets live in objects, never in lists. */
export const secretPaths = (schema: SettingsSchema | undefined, path: readonly string[] = []): string[][] => {
  if (schema === undefined) return [];
  if (schema.type === "string" && schema.format === "secret") return [[...path]];
  return Object.entries(schema.properties ?? {}).flatMap(([name, child]) =>
    secretPaths(child, [...path, name]),
  );
};

const SAYS_HOST = new Set(["uri", "hostname"]);

/** What keeps a host list's `{setting}` from being one, going on after its name; null when nothing does, or when it names none. */
export const hostSettingFault = (host: string, schema: SettingsSchema | undefined): string | null => {
  const name = settingOfHost(host);
  const setting = name
    ?.split(".")
    .reduce<SettingsSchema | undefined>(
      (node, part) => (Object.hasOwn(node?.properties ?? {}, part) ? node?.properties?.[part] : undefined),
      schema,
    );
  if (name === null || (setting?.type === "string" && SAYS_HOST.has(setting.format ?? ""))) return null;
  return `names no setting: {${name}} must be among the settings, a string with "format": "uri" or "hostname".`;
};

const secretSettingFaults = (schema: SettingsSchema, pointer: string): FieldError[] =>
  secretPaths(schema).flatMap((path) => {
    const secret = path.reduce<SettingsSchema | undefined>((node, name) => node?.properties?.[name], schema);
    const place = path.map((name) => `/properties/${escapePointer(name)}`).join("");
    return (secret?.hosts ?? []).flatMap((host, index) => {
      const fault = hostSettingFault(host, schema);
      return fault === null
        ? []
        : [{ pointer: `${pointer}${place}/hosts/${index}`, message: `"${host}" ${fault}` }];
    });
  });

const checkNode = (
  node: unknown,
  pointer: string,
  depth: number,
  budget: Budget,
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
  errors.push(...keywordFaults(node, KINDS, pointer));
  const before = errors.length;
  if (type === "string") checkString(node, pointer, budget, errors);
  if (type === "object") checkProperties(node, pointer, depth, budget, errors);
  if (type === "array") checkItems(node, pointer, depth, budget, errors);
  if (errors.length === before) errors.push(...ownValueFaults(node, pointer));
};

/** Faults of values that the schema itself gives: its default and the choices that it offers. */
const ownValueFaults = (node: Record<string, unknown>, pointer: string): FieldError[] => {
  const rules = { isSettings: true, required: "later" } as const;
  const { enum: choices, default: given, ...rest } = node;
  const ofDefault =
    given === undefined || node.format === "secret" ? [] : valueFaults(node, given, rules).slice(0, 1);
  const wrong = Array.isArray(choices)
    ? choices.findIndex((choice) => valueFaults(rest, choice, rules).length > 0)
    : -1;
  return [
    ...ofDefault.map((fault) => ({
      pointer: `${pointer}/default`,
      message: `The default does not fit the setting${fault.pointer && ` at ${fault.pointer}`}: ${fault.message}`,
    })),
    ...(wrong === -1
      ? []
      : [
          {
            pointer: `${pointer}/enum/${wrong}`,
            message: "This choice does not fit the rest of the setting.",
          },
        ]),
  ];
};

const checkString = (
  node: Record<string, unknown>,
  pointer: string,
  budget: Budget,
  errors: FieldError[],
): void => {
  if (node.format !== undefined && valueFormat(node.format) === undefined) {
    errors.push({
      pointer: `${pointer}/format`,
      message: `The format must be one of ${VALUE_FORMATS.join(", ")}.`,
    });
  }
  const pattern = patternFault(node.pattern, budget);
  if (pattern !== null) errors.push({ pointer: `${pointer}/pattern`, message: pattern });
  const isSecret = node.format === "secret";
  const hosts = node.hosts;
  if (isSecret) errors.push(...secretHostFaults(hosts, `${pointer}/hosts`));
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

/** Patterns are matched in linear time, by a matcher that does not have all that JavaScript has. */
const patternFault = (pattern: unknown, budget: Budget): string | null => {
  if (typeof pattern !== "string" || budget.steps < 0) return null;
  try {
    budget.steps -= linearPattern(pattern).steps;
  } catch (error) {
    return `The pattern cannot be used: ${error instanceof Error ? error.message : String(error)}. Look-ahead, look-behind and back references are not available.`;
  }
  return budget.steps < 0 ? "The patterns are too large together; simplify them." : null;
};

const secretHostFaults = (hosts: unknown, pointer: string): FieldError[] => {
  if (!Array.isArray(hosts) || hosts.length === 0 || hosts.length > MAX_SECRET_HOSTS) {
    return [
      {
        pointer,
        message: `A secret names the hosts that it is for, at most ${MAX_SECRET_HOSTS}: "hosts": ["api.example.com"].`,
      },
    ];
  }
  return hosts.flatMap((host: unknown, index) => {
    const fault = secretHostFault(host);
    const named = JSON.stringify(host) ?? "";
    const shown = named.length > 60 ? `${named.slice(0, 57)}…` : named;
    return fault === null ? [] : [{ pointer: `${pointer}/${index}`, message: `${shown} ${fault}.` }];
  });
};

const checkProperties = (
  node: Record<string, unknown>,
  pointer: string,
  depth: number,
  budget: Budget,
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
    const fault = textFault(name);
    if (fault !== null) errors.push({ pointer: childPointer, message: `The name ${fault}.` });
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
  budget: Budget,
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

const schemaOfKeyword = (keyword: string): object => {
  if (keyword === "type") return { enum: TYPES };
  if (keyword === "format") return { enum: VALUE_FORMATS };
  if (keyword === "properties") return { type: "object", additionalProperties: { $ref: "#/$defs/setting" } };
  if (keyword === "items") return { $ref: "#/$defs/setting" };
  if (keyword === "hosts")
    return {
      type: "array",
      items: { type: "string", pattern: SECRET_HOST_PATTERN },
      maxItems: MAX_SECRET_HOSTS,
    };
  const forms: Readonly<Record<string, object>> = {
    boolean: { type: "boolean" },
    count: { type: "integer", minimum: 0 },
    list: { type: "array", minItems: 1 },
    names: { type: "array", items: { type: "string" } },
    number: { type: "number" },
    positive: { type: "number", exclusiveMinimum: 0 },
    string: { type: "string" },
    text: { type: "string" },
  };
  return forms[KINDS[keyword as keyof typeof KINDS] ?? "any"] ?? {};
};

/** What an editor completes below `settings`, as a definition named `setting`. */
export const publicSettingSchema = (): object => {
  const keywords = [...new Set(Object.values(KEYWORDS).flat())];
  return {
    type: "object",
    description: "a setting: a JSON Schema with a type",
    required: ["type"],
    additionalProperties: false,
    properties: Object.fromEntries(keywords.map((keyword) => [keyword, schemaOfKeyword(keyword)])),
  };
};
