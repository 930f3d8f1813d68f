import * as protocol from "@patchbay/protocol";

/** Marks where a shared schema belongs until the document is put together: its maker does not know these references. */
export const SHARED = "x-shared-schema";
const COMPONENTS = "#/components/schemas/";

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * The schemas of the protocol by the names that the code gives them. Wherever a route's schema holds one of them, the document refers to
 * it, so that generated clients have one type for each, by the same name.
 */
export class SharedSchemas {
  readonly #schemas = new Map<string, Json>();
  readonly #byIdentity = new Map<unknown, string>();
  /** Marking a schema as optional copies it: such a copy is known by its content, where that has one name. */
  readonly #byContent = new Map<string, string | null>();
  readonly #used = new Set<string>();

  constructor() {
    for (const [name, schema] of Object.entries(protocol)) {
      if (!isObject(schema) || !("~kind" in schema)) continue;
      this.#schemas.set(name, schema);
      this.#byIdentity.set(schema, name);
      const content = JSON.stringify(schema);
      this.#byContent.set(content, this.#byContent.has(content) ? null : name);
    }
  }

  /** The schema with a mark in place of each shared one. */
  mark(schema: unknown): unknown {
    const name = this.#nameOf(schema);
    if (name === null) return this.#markParts(schema);
    this.#used.add(name);
    return { [SHARED]: name };
  }

  /** What was marked so far, and what that refers to itself, each with references in place of marks. */
  components(): Record<string, unknown> {
    const found: Record<string, unknown> = {};
    // What is found on the way is added to the set that is walked.
    for (const name of this.#used) found[name] = refer(this.#markParts(this.#schemas.get(name)));
    return Object.fromEntries(Object.entries(found).sort(([one], [other]) => (one < other ? -1 : 1)));
  }

  #nameOf(schema: unknown): string | null {
    if (!isObject(schema)) return null;
    return this.#byIdentity.get(schema) ?? this.#byContent.get(JSON.stringify(schema)) ?? null;
  }

  #markParts(schema: unknown): unknown {
    if (Array.isArray(schema)) return schema.map((one) => this.mark(one));
    if (!isObject(schema)) return schema;
    const { patternProperties, ...rest } = schema;
    const parts = Object.entries(rest).map(([key, value]) => [key, this.mark(value)] as const);
    return { ...Object.fromEntries(parts), ...this.#markRecord(patternProperties) };
  }

  /** A record by the keywords that generators know. */
  #markRecord(patternProperties: unknown): Json {
    const [record] = isObject(patternProperties) ? Object.entries(patternProperties) : [];
    if (record === undefined) return {};
    const [pattern, value] = record;
    const isAny = pattern === "^.*$";
    return { additionalProperties: this.mark(value), ...(!isAny && { propertyNames: { pattern } }) };
  }
}

/** With references in place of marks. */
export const refer = (marked: unknown): unknown => {
  if (Array.isArray(marked)) return marked.map(refer);
  if (!isObject(marked)) return marked;
  const name = marked[SHARED];
  if (typeof name === "string") return { $ref: `${COMPONENTS}${name}` };
  return Object.fromEntries(Object.entries(marked).map(([key, value]) => [key, refer(value)]));
};
