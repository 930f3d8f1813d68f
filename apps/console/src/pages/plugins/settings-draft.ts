import { escapePointer, isJsonObject } from "@patchbay/protocol";

type Values = Readonly<Record<string, unknown>>;

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/**
 * What a change of settings has to send so that `before` becomes `after`: changed values, and null for those that are gone. Lists
 * count as one value. `unset` holds pointers of values that go back to what they inherit, whatever stands there now.
 */
export const settingsPatchOf = (
  before: Values,
  after: Values,
  unset: ReadonlySet<string> = new Set(),
  pointer = "",
): Record<string, unknown> => {
  const patch: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const at = `${pointer}/${escapePointer(name)}`;
    const [old, next] = [before[name], after[name]];
    if (unset.has(at)) patch[name] = null;
    else if (isJsonObject(next)) {
      const inner = settingsPatchOf(isJsonObject(old) ? old : {}, next, unset, at);
      if (Object.keys(inner).length > 0) patch[name] = inner;
    } else if (isJsonObject(old) && next === undefined) {
      const inner = settingsPatchOf(old, {}, unset, at);
      if (Object.keys(inner).length > 0) patch[name] = inner;
    } else if (next === undefined) {
      if (old !== undefined) patch[name] = null;
    } else if (next === null || !isSame(old, next)) patch[name] = next;
  }
  return patch;
};
