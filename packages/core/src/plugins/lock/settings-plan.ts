import { type LockedPluginDto, type Manifest, PatchbayError, tokensOf } from "@patchbay/protocol";
import { pointerOf } from "../settings/effective-settings.ts";
import { type JsonObject, withPath } from "../settings/json-merge.ts";
import { requireSettable } from "../settings/settings-patches.ts";
import { fromLockedSettings, patchBetween } from "./lock-settings.ts";
import type { PresentPlugin } from "./lock-state.ts";
import { blockedBy, type PlannedChange, type SettingsPatch } from "./planned-change.ts";

/** What a plan of settings depends on. */
export interface SettingsParts {
  /** Slugs of all there are. */
  readonly projects: ReadonlySet<string>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Clear text of a secret that is set now; undefined when it is not. */
  readonly currentSecret: (
    plugin: PresentPlugin,
    project: string | null,
    pointer: string,
  ) => string | undefined;
}

/** What has to change in an installation's settings, all levels together; none when they are so already. */
export const settingsChange = (
  parts: SettingsParts,
  id: string,
  wanted: LockedPluginDto,
  plugin: PresentPlugin | undefined,
  /** Of the version that the file names. */
  manifest: Manifest,
): PlannedChange[] => {
  const lacking: string[] = [];
  const patches = settingsPatches(parts, wanted, plugin, lacking);
  if (patches.length === 0 && lacking.length === 0) return [];
  const valuesOf = (project: string | null) =>
    plugin?.levels.find((level) => level.project === project)?.values ?? {};
  const blocked = blockedBy(() => {
    for (const { project, patch } of patches) {
      if (project !== null) requireProject(parts, project);
      requireSettable(manifest, valuesOf(project), patch);
    }
    if (lacking.length > 0) throw secretsMissing(id, lacking);
  });
  const to = patches.map(({ project, patch }) => ({
    ...(project !== null && { project }),
    names: Object.keys(patch).sort(),
  }));
  return [{ plugin: id, action: "settings", to, patches, ...blocked }];
};

/** What each level has to take over. Names of secrets whose values are neither given nor set go into `lacking`. */
export const settingsPatches = (
  parts: SettingsParts,
  wanted: LockedPluginDto,
  plugin: PresentPlugin | undefined,
  lacking: string[],
): SettingsPatch[] => {
  const levels = new Map<string | null, JsonObject>(Object.entries(wanted.projects ?? {}));
  levels.set(null, wanted.settings ?? {});
  for (const { project } of plugin?.levels ?? []) if (!levels.has(project)) levels.set(project, {});
  return [...levels].flatMap(([project, locked]): SettingsPatch[] => {
    const patch = levelPatch(parts, plugin, project, locked, lacking);
    return Object.keys(patch).length === 0 ? [] : [{ project, patch }];
  });
};

/** Secrets whose value is given are set when it differs; those without one have to be set already. */
const levelPatch = (
  { secrets, currentSecret }: SettingsParts,
  plugin: PresentPlugin | undefined,
  project: string | null,
  locked: JsonObject,
  lacking: string[],
): JsonObject => {
  const stored = plugin?.levels.find((level) => level.project === project);
  const { values, references } = fromLockedSettings(locked);
  const present = new Set(Object.keys(stored?.secrets ?? {}));
  let patch = patchBetween(stored?.values ?? {}, values);
  for (const { path, name } of references) {
    const pointer = pointerOf(path);
    const given = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
    const current = plugin === undefined ? undefined : currentSecret(plugin, project, pointer);
    if (given === undefined && !present.has(pointer)) lacking.push(name);
    if (given !== undefined && given !== current) patch = withPath(patch, path, given);
    present.delete(pointer);
  }
  for (const pointer of present) patch = withPath(patch, tokensOf(pointer), null);
  return patch;
};

const secretsMissing = (id: string, names: readonly string[]): PatchbayError =>
  new PatchbayError(
    "settings_invalid",
    `"${id}" needs secrets that are not set here: ${names.join(", ")}. Give their values.`,
    { facts: { secrets: names } },
  );

/** Throws `project_not_found`. */
export const requireProject = ({ projects }: Pick<SettingsParts, "projects">, slug: string): void => {
  if (!projects.has(slug))
    throw new PatchbayError("project_not_found", `There is no project "${slug}" in this organization.`);
};
