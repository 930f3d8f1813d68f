import { escapePointer, isJsonObject, PatchbayError, tokensOf } from "@patchbay/protocol";
import { ownValue } from "../own-value.ts";

export type Values = Readonly<Record<string, unknown>>;

export const isSame = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

export interface MergedValues {
  readonly values: Record<string, unknown>;
  /** Pointers of what only the others changed: theirs is in `values`. */
  readonly taken: readonly string[];
  /** Pointers of what both changed, and differently: mine is in `values`. */
  readonly conflicts: readonly string[];
}

/**
 * Two changes of the same values as one. Lists count as one value. `touched` holds pointers of values that I change in a way that
 * does not show in `mine`.
 */
export const mergeValues = (
  base: Values,
  mine: Values,
  theirs: Values,
  touched: ReadonlySet<string> = new Set(),
  pointer = "",
): MergedValues => {
  // By Map: a plain object would take a value called `__proto__` as its prototype.
  const values = new Map<string, unknown>();
  const [taken, conflicts]: [string[], string[]] = [[], []];
  for (const name of new Set([...Object.keys(theirs), ...Object.keys(mine), ...Object.keys(base)])) {
    const at = `${pointer}/${escapePointer(name)}`;
    const [old, my, their] = [ownValue(base, name), ownValue(mine, name), ownValue(theirs, name)];
    const isTouched = touched.has(at);
    let merged = my;
    // What I change as a whole stands against every change within it.
    if (!isTouched && isJsonObject(my) && isJsonObject(their) && (old === undefined || isJsonObject(old))) {
      const inner = mergeValues(isJsonObject(old) ? old : {}, my, their, touched, at);
      merged = inner.values;
      taken.push(...inner.taken);
      conflicts.push(...inner.conflicts);
    } else if (!isSame(old, their)) {
      const isMine = isTouched || !isSame(old, my);
      if (!isMine) {
        merged = their;
        taken.push(at);
      } else if (isTouched || !isSame(my, their)) conflicts.push(at);
    }
    if (merged !== undefined) values.set(name, merged);
  }
  return { values: Object.fromEntries(values), taken, conflicts };
};

/** The values with another one at a pointer; undefined takes it away. */
export const withValueAt = (values: Values, pointer: string, value: unknown): Record<string, unknown> =>
  withValue(values, tokensOf(pointer), value);

const withValue = (
  values: Values,
  [name = "", ...rest]: readonly string[],
  value: unknown,
): Record<string, unknown> => {
  const { [name]: _old, ...others } = values;
  if (rest.length > 0) {
    const old = ownValue(values, name);
    const inner = withValue(isJsonObject(old) ? old : {}, rest, value);
    return { ...values, [name]: inner };
  }
  return value === undefined ? others : { ...values, [name]: value };
};

/** Whether a change was refused because somebody else was faster: what they made of it has to be read first. */
export const isChangedMeanwhile = (error: unknown): boolean =>
  error instanceof PatchbayError && error.code === "revision_changed";
