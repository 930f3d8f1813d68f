import { escapePointer, isJsonObject, tokensOf } from "@patchbay/protocol";
import { ownValue } from "../own-value.ts";
import { type FieldKind, fieldKindOf, resolveSchema } from "./json-schema.ts";

export interface FieldPlace {
  /** Of the field that holds the value: a list counts as one. */
  readonly pointer: string;
  /** Titles of the groups that it is in, and its own; names where there are none. */
  readonly titles: readonly string[];
  /** undefined where the schema has no such field. */
  readonly kind: FieldKind | undefined;
}

/** The field of a form that a pointer into its values leads to. */
export const fieldAt = (schema: unknown, pointer: string): FieldPlace => {
  let node = resolveSchema(schema, schema);
  let kind: FieldKind | undefined = "object";
  const [titles, names]: [string[], string[]] = [[], []];
  for (const name of tokensOf(pointer)) {
    if (kind !== "object") break;
    const child: unknown = ownValue(node.properties ?? {}, name);
    node = resolveSchema(child, schema);
    kind = isJsonObject(child) ? fieldKindOf(node, schema) : undefined;
    titles.push(node.title ?? name);
    names.push(`/${escapePointer(name)}`);
  }
  return { pointer: names.join(""), titles, kind };
};

/** What a value is called in its form, such as "Cache, Minutes"; empty for the whole of it. */
export const titleAt = (schema: unknown, pointer: string): string =>
  fieldAt(schema, pointer).titles.join(", ");
