type Schema = Readonly<Record<string, unknown>>;

/** How deep a value is made: schemas may contain themselves. */
const MAX_DEPTH = 16;

/** The smallest value that fits a JSON Schema, with `text` wherever a text may stand. Keywords that few schemas have are not looked at. */
export const sampleOf = (
  schema: unknown,
  text: string,
  root: Schema = asSchema(schema),
  depth = 0,
): unknown => {
  const resolved = resolve(asSchema(schema), root);
  if (depth > MAX_DEPTH) return null;
  if ("const" in resolved) return resolved.const;
  if (Array.isArray(resolved.enum)) return resolved.enum[0];
  const [choice] = [resolved.anyOf, resolved.oneOf, resolved.allOf].flatMap((list) =>
    Array.isArray(list) ? list : [],
  );
  if (choice !== undefined) return sampleOf(choice, text, root, depth + 1);
  switch (typeOf(resolved)) {
    case "object":
      return objectOf(resolved, text, root, depth);
    case "array": {
      const length = Number(resolved.minItems ?? 0);
      return Array.from({ length }, () => sampleOf(resolved.items, text, root, depth + 1));
    }
    case "string":
      return text
        .slice(0, Number(resolved.maxLength ?? text.length))
        .padEnd(Number(resolved.minLength ?? 0), ".");
    case "integer":
    case "number":
      return Number(resolved.minimum ?? 0);
    case "boolean":
      return false;
    default:
      return null;
  }
};

const objectOf = (schema: Schema, text: string, root: Schema, depth: number): unknown => {
  const properties = asSchema(schema.properties);
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.fromEntries(
    required.map((name) => [name, sampleOf(properties[String(name)], text, root, depth + 1)]),
  );
};

const typeOf = ({ type, properties }: Schema): unknown => {
  if (type === undefined) return properties === undefined ? "null" : "object";
  return Array.isArray(type) ? type[0] : type;
};

/** What a `$ref` into the schema itself means. */
const resolve = (schema: Schema, root: Schema): Schema => {
  const { $ref } = schema;
  if (typeof $ref !== "string" || !$ref.startsWith("#/")) return schema;
  let found: unknown = root;
  for (const name of $ref.slice(2).split("/")) found = asSchema(found)[name];
  return asSchema(found);
};

const asSchema = (value: unknown): Schema =>
  typeof value === "object" && value !== null ? (value as Schema) : {};
