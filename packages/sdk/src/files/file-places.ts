import { atPointer, escapePointer, isFileSchema, isJsonObject } from "@patchbay/protocol";

type Node = Readonly<Record<string, unknown>>;

/** References may lead to references, or in a circle. */
const MAX_REFERENCES = 8;

/** A schema with its local references followed, and `x or nothing` read as x. */
export const resolved = (node: unknown, root: unknown): Node => {
  let current = node;
  for (let step = 0; step < MAX_REFERENCES && isJsonObject(current); step++) {
    const inner = innerOf(current, root);
    if (inner === undefined) return current;
    current = inner;
  }
  return isJsonObject(current) ? current : {};
};

const innerOf = ({ $ref, allOf, anyOf, oneOf }: Node, root: unknown): unknown => {
  if (typeof $ref === "string" && $ref.startsWith("#"))
    return atPointer(root, decodeURIComponent($ref.slice(1))) ?? {};
  if (Array.isArray(allOf) && allOf.length === 1) return allOf[0];
  const options = anyOf ?? oneOf;
  if (!Array.isArray(options)) return undefined;
  const real = options.filter((one) => !(isJsonObject(one) && one.type === "null"));
  return real.length === 1 ? real[0] : undefined;
};

/** The schema of a member of an object or a list; undefined when the schema says nothing of it. */
export const memberSchema = (schema: Node, key: string | number): unknown => {
  if (typeof key === "number") {
    const prefix: readonly unknown[] = Array.isArray(schema.prefixItems) ? schema.prefixItems : [];
    return prefix[key] ?? schema.items;
  }
  const { properties, additionalProperties } = schema;
  if (isJsonObject(properties) && Object.hasOwn(properties, key)) return properties[key];
  return additionalProperties;
};

/**
 * The value with `map`'s answer in each place for a file that the value has something in. What is not changed is the same as
 * before, and nothing is changed in place.
 */
export const mapFiles = (
  root: unknown,
  value: unknown,
  map: (value: unknown, schema: Node, pointer: string) => unknown,
): unknown => {
  const walk = (node: unknown, current: unknown, pointer: string): unknown => {
    if (current === undefined || current === null || !isJsonObject(node)) return current;
    const schema = resolved(node, root);
    if (isFileSchema(schema)) return map(current, schema, pointer);
    if (Array.isArray(current)) {
      if (schema.items === undefined && schema.prefixItems === undefined) return current;
      const members = current.map((member, index) =>
        walk(memberSchema(schema, index), member, `${pointer}/${index}`),
      );
      return members.some((member, index) => member !== current[index]) ? members : current;
    }
    if (!isJsonObject(current)) return current;
    const changed = describedKeys(schema, current).flatMap((key) => {
      const member = walk(memberSchema(schema, key), current[key], `${pointer}/${escapePointer(key)}`);
      return member === current[key] ? [] : [[key, member] as const];
    });
    return changed.length === 0 ? current : { ...current, ...Object.fromEntries(changed) };
  };
  return walk(root, value, "");
};

/** The members that the schema says something of. */
const describedKeys = ({ properties, additionalProperties }: Node, value: Node): string[] =>
  isJsonObject(additionalProperties)
    ? Object.keys(value)
    : Object.keys(isJsonObject(properties) ? properties : {}).filter((key) => Object.hasOwn(value, key));

/** The schema without rules for the texts that files stand for. */
export const withoutFileRules = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(withoutFileRules);
  if (!isJsonObject(schema)) return schema;
  if (isFileSchema(schema)) return { type: schema.type ?? "string" };
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withoutFileRules(value)]));
};
