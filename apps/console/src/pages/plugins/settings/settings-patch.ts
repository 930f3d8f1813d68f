import { escapePointer, isJsonObject } from "@patchbay/protocol";
import { ownValue } from "../../../components/own-value.ts";
import { isSame, type Values, withValueAt } from "../../../components/shared-draft/merge-values.ts";

/**
 * What a change of settings has to send so that `before` becomes `after`: changed values, and null for those that are gone. Lists
 * count as one value. `unset` holds pointers of values that go back to what they inherit, whatever stands there now.
 */
export const settingsPatchOf = (
  before: Values,
  after: Values,
  unset: ReadonlySet<string> = new Set(),
): Record<string, unknown> =>
  [...unset]
    .toSorted(deepestFirst)
    .reduce((patch, pointer) => withValueAt(patch, pointer, null), differenceOf(before, after, unset));

// What is unset as a whole is so with all within it.
const deepestFirst = (a: string, b: string): number => b.length - a.length;

const differenceOf = (
  before: Values,
  after: Values,
  unset: ReadonlySet<string>,
  pointer = "",
): Record<string, unknown> => {
  const patch = new Map<string, unknown>();
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const at = `${pointer}/${escapePointer(name)}`;
    const [old, next] = [ownValue(before, name), ownValue(after, name)];
    if (unset.has(at)) continue;
    if (isJsonObject(next) || (isJsonObject(old) && next === undefined)) {
      const inner = differenceOf(isJsonObject(old) ? old : {}, next ?? {}, unset, at);
      if (Object.keys(inner).length > 0) patch.set(name, inner);
    } else if (next === undefined) {
      if (old !== undefined) patch.set(name, null);
    } else if (next === null || !isSame(old, next)) patch.set(name, next);
  }
  return Object.fromEntries(patch);
};
