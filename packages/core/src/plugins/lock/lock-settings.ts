import { isDeepStrictEqual } from "node:util";
import { isJsonObject, tokensOf } from "@patchbay/protocol";
import type { StoredSettings } from "../../ports/settings-store.ts";
import { getPath, type JsonObject, leaves, withPath } from "../settings/json-merge.ts";

const REFERENCE = "$secret";

/** A secret that a lock file names: where it belongs, and under which name its value is to be had. */
export interface SecretReference {
  readonly path: readonly string[];
  readonly name: string;
}

/** One level of settings as a lock file has it: values, with `{"$secret": name}` where a secret is set. */
export const toLockedSettings = (
  pluginId: string,
  { project, values, secrets }: StoredSettings,
): JsonObject =>
  Object.keys(secrets)
    .sort()
    .reduce<JsonObject>(
      (locked, pointer) =>
        withPath(locked, tokensOf(pointer), { [REFERENCE]: secretName(pluginId, project, pointer) }),
      values,
    );

/** The same the other way round. A value that only looks like a reference stays a value. */
export const fromLockedSettings = (
  locked: JsonObject,
): { readonly values: JsonObject; readonly references: readonly SecretReference[] } => {
  const references = leaves(locked).flatMap(({ path, value }): SecretReference[] => {
    const isReference = path.at(-1) === REFERENCE && typeof value === "string";
    const parent = getPath(locked, path.slice(0, -1));
    if (!isReference || !isJsonObject(parent) || Object.keys(parent).length !== 1) return [];
    return [{ path: path.slice(0, -1), name: value }];
  });
  const values = references.reduce<JsonObject>((rest, { path }) => withPath(rest, path, undefined), locked);
  return { values, references };
};

/** What has to be merged into `before` so that it becomes `after`: null for what goes. */
export const patchBetween = (before: JsonObject, after: JsonObject): JsonObject => {
  const patch: Record<string, unknown> = {};
  for (const name of Object.keys(before)) if (!Object.hasOwn(after, name)) patch[name] = null;
  for (const [name, value] of Object.entries(after)) {
    const old = before[name];
    if (isDeepStrictEqual(old, value)) continue;
    patch[name] = isJsonObject(old) && isJsonObject(value) ? patchBetween(old, value) : value;
  }
  return patch;
};

/** `acme.weather/apiKey`, and `acme.weather/apiKey@web` for a project's own. */
const secretName = (pluginId: string, project: string | null, pointer: string): string =>
  `${pluginId}${pointer}${project === null ? "" : `@${project}`}`;
