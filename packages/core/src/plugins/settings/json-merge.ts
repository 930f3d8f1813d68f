import { isJsonObject } from "@patchbay/protocol";

export type JsonObject = Readonly<Record<string, unknown>>;

/** `patch` over `base` as RFC 7396 has it: objects merge, null removes, everything else replaces. Changes neither. */
export const mergePatch = (base: JsonObject, patch: JsonObject): JsonObject => {
  const merged: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else if (isJsonObject(value)) {
      const before = merged[name];
      merged[name] = mergePatch(isJsonObject(before) ? before : {}, value);
    } else merged[name] = value;
  }
  return merged;
};

/** What a path of property names leads to, or undefined. */
export const getPath = (value: unknown, path: readonly string[]): unknown => {
  let current = value;
  for (const name of path) {
    if (!isJsonObject(current) || !Object.hasOwn(current, name)) return undefined;
    current = current[name];
  }
  return current;
};

/** A copy of `value` with `path` set, or removed when `to` is undefined. */
export const withPath = (value: JsonObject, path: readonly string[], to: unknown): JsonObject => {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  const copy: Record<string, unknown> = { ...value };
  if (rest.length === 0) {
    if (to === undefined) delete copy[name];
    else copy[name] = to;
    return copy;
  }
  const child = copy[name];
  if (to === undefined && !isJsonObject(child)) return copy;
  copy[name] = withPath(isJsonObject(child) ? child : {}, rest, to);
  return copy;
};

/** Every leaf (anything but an object with properties) with its path. */
export const leaves = (
  value: JsonObject,
  path: readonly string[] = [],
): { path: readonly string[]; value: unknown }[] =>
  Object.entries(value).flatMap(([name, child]) =>
    isJsonObject(child) && Object.keys(child).length > 0
      ? leaves(child, [...path, name])
      : [{ path: [...path, name], value: child }],
  );
