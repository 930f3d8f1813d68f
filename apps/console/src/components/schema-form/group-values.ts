import { escapePointer, isJsonObject } from "@patchbay/protocol";
import { ownValue } from "../own-value.ts";
import { fieldKindOf, resolveSchema } from "./json-schema.ts";

/** A form with more groups than this shows those in which nothing is set folded. */
const MANY_GROUPS = 3;

/** Whether a form has so many groups that they fold. */
export const hasManyGroups = (root: unknown): boolean =>
  Object.values(resolveSchema(root, root).properties ?? {}).filter(
    (node) => fieldKindOf(resolveSchema(node, root), root) === "object",
  ).length > MANY_GROUPS;

/** Whether anything in a group is other than its default, or `isMarked` says so of the field at a pointer. */
export const isAnythingSet = (
  group: { readonly schema: unknown; readonly pointer: string; readonly value: unknown },
  root: unknown,
  isMarked: (pointer: string) => boolean,
): boolean => {
  const values = isJsonObject(group.value) ? group.value : {};
  return Object.entries(resolveSchema(group.schema, root).properties ?? {}).some(([name, node]) => {
    const schema = resolveSchema(node, root);
    const pointer = `${group.pointer}/${escapePointer(name)}`;
    const value = ownValue(values, name);
    if (isMarked(pointer)) return true;
    if (fieldKindOf(schema, root) === "object")
      return isAnythingSet({ schema, pointer, value }, root, isMarked);
    return value !== undefined && JSON.stringify(value) !== JSON.stringify(schema.default);
  });
};
