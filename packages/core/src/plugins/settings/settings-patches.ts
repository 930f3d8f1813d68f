import {
  type FieldError,
  isJsonObject,
  type Manifest,
  nestsDeeper,
  PatchbayError,
  type SettingsSchema,
  secretPaths,
  tokensOf,
  valueFaults,
} from "@patchbay/protocol";
import type { StoredSettings } from "../../ports/settings-store.ts";
import { effectiveSettings, pointerOf, storedFaults } from "./effective-settings.ts";
import { getPath, type JsonObject, leaves, mergePatch, withPath } from "./json-merge.ts";
import { MAX_SETTINGS_BYTES, MAX_SETTINGS_DEPTH } from "./limits.ts";
import { PLACEHOLDER_PATTERN, SOME_SECRET } from "./placeholders.ts";

export const schemaOf = (manifest: Manifest): SettingsSchema | undefined =>
  manifest.settings as SettingsSchema | undefined;

/** What is wrong with the values that a patch leads to, without what was wrong before in places that it does not touch. */
const patchFaults = (
  schema: SettingsSchema,
  before: JsonObject,
  merged: JsonObject,
  patch: JsonObject,
): FieldError[] => {
  const old = new Set(storedFaults(schema, before).map(({ pointer, message }) => `${pointer} ${message}`));
  const touched = leaves(patch).map(({ path }) => pointerOf(path));
  const isOld = ({ pointer, message }: FieldError) =>
    old.has(`${pointer} ${message}`) &&
    !touched.some((one) => pointer === one || pointer.startsWith(`${one}/`));
  const rules = { isSettings: true, required: "later" } as const;
  const faults = valueFaults(schema, merged, rules).filter((fault) => !isOld(fault));
  return [...faults, ...secretErrors(schema, patch)];
};

/** Throws `settings_invalid` when `patch` cannot be merged into a level with these values: for those who do it, and for plans. */
export const requireSettable = (manifest: Manifest, before: JsonObject, patch: JsonObject): void => {
  const schema = schemaOf(manifest) ?? { type: "object" };
  requireBounded(patch);
  const merged = mergePatch(before, withoutSecrets(schema, patch));
  requireBounded(merged);
  const faults = patchFaults(schema, before, merged, patch);
  if (faults.length > 0) throw settingsInvalid(faults);
};

export const withoutSecrets = (schema: SettingsSchema, values: JsonObject): JsonObject =>
  secretPaths(schema).reduce((rest, path) => withPath(rest, path, undefined), values);

const secretErrors = (schema: SettingsSchema, patch: JsonObject): FieldError[] =>
  secretPaths(schema).flatMap((path) => {
    const value = getPath(patch, path);
    if (value === undefined || value === null) return [];
    const pointer = pointerOf(path);
    if (typeof value !== "string" || value === "")
      return [{ pointer, message: "A secret is a text that is not empty; null removes it." }];
    if (value.match(PLACEHOLDER_PATTERN) !== null)
      return [{ pointer, message: "This is a placeholder, not the secret itself." }];
    return [];
  });

/** The levels as they are once one of them has taken over the patch. Secrets that it sets are only marked as set. */
export const patchedLevels = (
  manifest: Manifest,
  levels: readonly StoredSettings[],
  project: string | null,
  patch: JsonObject,
): readonly StoredSettings[] => {
  const schema = schemaOf(manifest) ?? { type: "object" };
  const before = levels.find((level) => level.project === project);
  const secrets = new Map(Object.entries(before?.secrets ?? {}));
  for (const path of secretPaths(schema)) {
    const value = getPath(patch, path);
    if (value === null) secrets.delete(pointerOf(path));
    if (typeof value === "string") secrets.set(pointerOf(path), SOME_SECRET);
  }
  const values = mergePatch(before?.values ?? {}, withoutSecrets(schema, patch));
  const level = { project, values, secrets: Object.fromEntries(secrets) };
  return [...levels.filter((one) => one.project !== project), level];
};

/** Throws `settings_invalid` when something required is missing in one of the projects: for a start, and for plans. */
export const requireCompleteLevels = (
  manifest: Manifest,
  levels: readonly StoredSettings[],
  projects: "all" | readonly string[],
): void => {
  const faults = levelFaults(manifest, levels, projects);
  if (faults !== null) throw settingsInvalid(faults.errors, faults.project);
};

export const levelFaults = (
  manifest: Manifest,
  levels: readonly StoredSettings[],
  projects: "all" | readonly string[],
): { readonly errors: readonly FieldError[]; readonly project: string | null } | null => {
  const schema = schemaOf(manifest);
  if (schema === undefined) return null;
  for (const project of projects === "all" || projects.length === 0 ? [null] : projects) {
    const { values, secrets } = effectiveSettings(schema, levels, project);
    const all = secrets.reduce(
      (placed, { pointer }) => withPath(placed, tokensOf(pointer), SOME_SECRET),
      values,
    );
    const errors = valueFaults(schema, all, { isSettings: true, required: "now" });
    if (errors.length > 0) return { errors, project };
  }
  return null;
};

/** Before anything else is done with them: whoever sends settings chooses their size. Throws `settings_invalid`. */
const requireBounded = (values: JsonObject): void => {
  if (nestsDeeper(values, MAX_SETTINGS_DEPTH))
    throw settingsInvalid([
      { pointer: "", message: `They nest more than ${MAX_SETTINGS_DEPTH} levels deep; flatten them.` },
    ]);
  const bytes = Buffer.byteLength(JSON.stringify(values));
  if (bytes > MAX_SETTINGS_BYTES)
    throw settingsInvalid([
      {
        pointer: "",
        message: `They have ${bytes} bytes; ${MAX_SETTINGS_BYTES} are allowed. Keep what is larger in the plugin's storage.`,
      },
    ]);
};

const settingsInvalid = (errors: readonly FieldError[], project: string | null = null): PatchbayError => {
  const where = project === null ? "" : ` for project "${project}"`;
  const first = errors[0];
  return new PatchbayError(
    "settings_invalid",
    `The settings${where} do not fit: ${first?.pointer ?? ""} ${first?.message ?? ""}`,
    { errors },
  );
};

/** The body of a settings change: an object. Throws `settings_invalid`. */
export const settingsPatch = (body: unknown): JsonObject => {
  if (isJsonObject(body)) return body;
  throw settingsInvalid([{ pointer: "", message: "Send an object of settings by name." }]);
};
