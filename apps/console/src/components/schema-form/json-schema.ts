import { atPointer, isFileSchema, isJsonObject } from "@patchbay/protocol";

/** What a form reads of a JSON Schema: that of settings, or of a tool's input in any dialect. */
export interface FormSchema {
  readonly type?: unknown;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly contentMediaType?: string;
  readonly multiline?: boolean;
  readonly hosts?: readonly string[];
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly items?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly examples?: readonly unknown[];
}

/** The control that suits a schema. `json` takes whatever has no control of its own. */
export type FieldKind =
  | "choice"
  | "choices"
  | "object"
  | "list"
  | "text"
  | "file"
  | "secret"
  | "number"
  | "boolean"
  | "json";

/** References may lead to references, or in a circle. */
const MAX_REFERENCES = 8;

/** The schema with its local references followed, and `x or nothing` read as x. */
export const resolveSchema = (node: unknown, root: unknown): FormSchema => {
  let current = node;
  for (let step = 0; step < MAX_REFERENCES && isJsonObject(current); step += 1) {
    const inner = innerOf(current, root);
    if (inner === undefined) return current as FormSchema;
    const { $ref: _ref, anyOf: _any, oneOf: _one, allOf: _all, ...rest } = current;
    current = { ...(isJsonObject(inner) ? inner : {}), ...rest };
  }
  return isJsonObject(current) ? (current as FormSchema) : {};
};

const innerOf = (node: Record<string, unknown>, root: unknown): unknown => {
  if (typeof node.$ref === "string") return atReference(node.$ref, root);
  if (Array.isArray(node.allOf) && node.allOf.length === 1) return node.allOf[0];
  const options = node.anyOf ?? node.oneOf;
  if (!Array.isArray(options)) return undefined;
  const real = options.filter((one) => !(isJsonObject(one) && one.type === "null"));
  if (real.length === 1) return real[0];
  const isChoice = real.length > 0 && real.every((one) => isJsonObject(one) && Object.hasOwn(one, "const"));
  return isChoice ? { enum: real.map((one: { const: unknown }) => one.const) } : undefined;
};

const atReference = (reference: string, root: unknown): unknown =>
  reference.startsWith("#/") ? (atPointer(root, decodeURIComponent(reference.slice(1))) ?? {}) : {};

export const typeOf = ({ type }: FormSchema): unknown => {
  if (!Array.isArray(type)) return type;
  const real = type.filter((one) => one !== "null");
  return real.length === 1 ? real[0] : undefined;
};

export const fieldKindOf = (schema: FormSchema, root: unknown): FieldKind => {
  if (Array.isArray(schema.enum) || Object.hasOwn(schema, "const")) return "choice";
  switch (typeOf(schema)) {
    case "boolean":
      return "boolean";
    case "number":
    case "integer":
      return "number";
    case "string":
      if (isFileSchema(schema)) return "file";
      return schema.format === "secret" ? "secret" : "text";
    case "array":
      return listKindOf(schema, root);
    case "object":
      return Object.keys(schema.properties ?? {}).length > 0 ? "object" : "json";
    case undefined:
      return schema.properties === undefined ? "json" : "object";
    default:
      return "json";
  }
};

const listKindOf = (schema: FormSchema, root: unknown): FieldKind => {
  if (!isJsonObject(schema.items)) return "json";
  const items = resolveSchema(schema.items, root);
  if (Array.isArray(items.enum) && schema.uniqueItems === true) return "choices";
  return fieldKindOf(items, root) === "json" ? "json" : "list";
};

/** What a new member of a list or a new form starts with: what the schema gives, and nothing else. */
export const startValue = (schema: FormSchema, root: unknown): unknown => {
  if (schema.default !== undefined) return schema.default;
  switch (fieldKindOf(schema, root)) {
    case "object":
      return defaultsOf(schema, root);
    case "text":
      return "";
    case "list":
    case "choices":
      return [];
    case "boolean":
      return false;
    default:
      return undefined;
  }
};

/** The defaults that a schema of an object gives, nested ones included. */
export const defaultsOf = (schema: unknown, root: unknown = schema): Record<string, unknown> => {
  const values = new Map<string, unknown>();
  for (const [name, node] of Object.entries(resolveSchema(schema, root).properties ?? {})) {
    const child = resolveSchema(node, root);
    if (child.default !== undefined) values.set(name, child.default);
    else if (fieldKindOf(child, root) === "object") {
      const nested = defaultsOf(child, root);
      if (Object.keys(nested).length > 0) values.set(name, nested);
    }
  }
  return Object.fromEntries(values);
};
