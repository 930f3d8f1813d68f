import { escapePointer, isJsonObject } from "@patchbay/protocol";
import { ownValue } from "../own-value.ts";
import { resolveSchema } from "./json-schema.ts";

/** Pointers of required values that are not there, at every depth of objects that are there. Secrets count by what was entered. */
export const missingValues = (
  schema: unknown,
  value: unknown,
  root: unknown = schema,
  pointer = "",
): string[] => {
  const { properties = {}, required = [] } = resolveSchema(schema, root);
  const values = isJsonObject(value) ? value : {};
  return Object.entries(properties).flatMap(([name, node]) => {
    const at = `${pointer}/${escapePointer(name)}`;
    const own = ownValue(values, name);
    if (own === undefined || own === null) return required.includes(name) ? [at] : [];
    return isJsonObject(own) ? missingValues(node, own, root, at) : [];
  });
};
