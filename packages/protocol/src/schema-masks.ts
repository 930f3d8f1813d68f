import { isFileSchema } from "./files.ts";
import { atPointer, isJsonObject } from "./json.ts";

/** Levels of a schema in which secrets are looked for, and parts of it, as tools may have. */
const MAX_SCHEMA_DEPTH = 32;
const MAX_SCHEMA_NODES = 4_000;

/** What stands in the place of something. */
export type Mask = "[secret]" | "[file]";

/** What of a value is not kept. */
export interface Masks {
  /** In the place of all of it. */
  readonly whole: Mask | null;
  /** By the names of properties, wherever they stand: rather too much than what a reference or a choice of schemas hides. */
  readonly named: ReadonlyMap<string, Mask>;
}

export const NO_MASKS: Masks = { whole: null, named: new Map() };
const ALL: Masks = { whole: "[secret]", named: new Map() };

/** Keywords under which the schema of the same value stands, or of what the value holds without a name of its own. */
const PARTS = [
  ...["allOf", "anyOf", "oneOf", "prefixItems", "items", "contains", "if", "then", "else"],
  ...["additionalProperties", "unevaluatedProperties", "unevaluatedItems"],
];
const NAMED_PARTS = ["patternProperties", "dependentSchemas"];
const SECRET_FORMATS: readonly unknown[] = ["secret", "password"];

const known = new WeakMap<object, Masks>();

/** What a schema marks as a secret (`format: "secret"` or `"password"`, `writeOnly`) or as a file. Of one that is too large to be looked through, all. */
export const masksOf = (schema: unknown): Masks => {
  if (!isJsonObject(schema)) return NO_MASKS;
  const held = known.get(schema);
  if (held !== undefined) return held;
  const masks = new Search(schema).run();
  known.set(schema, masks);
  return masks;
};

class Search {
  readonly #root: Readonly<Record<string, unknown>>;
  readonly #named = new Map<string, Mask>();
  readonly #met = new Set<object>();
  #left = MAX_SCHEMA_NODES;

  constructor(root: Readonly<Record<string, unknown>>) {
    this.#root = root;
  }

  run(): Masks {
    const whole = this.#maskOf(this.#root, 0, new Set());
    this.#collect(this.#root, 0);
    return this.#left <= 0 ? ALL : { whole, named: this.#named };
  }

  /** The names of all properties in it that are masked. */
  #collect(node: unknown, depth: number): void {
    if (typeof node !== "object" || node === null || this.#met.has(node)) return;
    this.#met.add(node);
    this.#left -= 1;
    if (depth > MAX_SCHEMA_DEPTH * 2) this.#left = 0;
    if (this.#left <= 0) return;
    const { properties } = node as Record<string, unknown>;
    if (isJsonObject(properties))
      for (const [name, schema] of Object.entries(properties)) {
        const mask = this.#maskOf(schema, 0, new Set());
        if (mask !== null) this.#named.set(name, mask);
      }
    for (const child of Object.values(node)) this.#collect(child, depth + 1);
  }

  /** What stands in the place of a value of this schema: where it may be a secret, or holds one that no name of a property tells. */
  #maskOf(schema: unknown, depth: number, way: Set<object>): Mask | null {
    if (!isJsonObject(schema) || way.has(schema)) return null;
    this.#left -= 1;
    if (depth > MAX_SCHEMA_DEPTH) this.#left = 0;
    if (this.#left <= 0) return "[secret]";
    if (SECRET_FORMATS.includes(schema.format) || schema.writeOnly === true) return "[secret]";
    if (isFileSchema(schema)) return "[file]";
    way.add(schema);
    for (const part of this.#partsOf(schema)) {
      const mask = this.#maskOf(part, depth + 1, way);
      if (mask !== null) return mask;
    }
    return null;
  }

  #partsOf(schema: Readonly<Record<string, unknown>>): unknown[] {
    const { $ref } = schema;
    return [
      ...PARTS.flatMap((keyword) => schema[keyword]),
      ...NAMED_PARTS.flatMap((keyword) =>
        isJsonObject(schema[keyword]) ? Object.values(schema[keyword]) : [],
      ),
      ...(typeof $ref === "string" ? [this.#referred($ref)] : []),
    ];
  }

  /** What cannot be followed may be a secret. */
  #referred(reference: string): unknown {
    if (reference === "#") return this.#root;
    const place = reference.startsWith("#/") ? atPointer(this.#root, decoded(reference.slice(1))) : undefined;
    return place ?? { format: "secret" };
  }
}

const decoded = (pointer: string): string => {
  try {
    return decodeURIComponent(pointer);
  } catch {
    return pointer;
  }
};
