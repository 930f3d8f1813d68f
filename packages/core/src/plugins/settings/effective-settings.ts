import {
  atPointer,
  escapePointer,
  type FieldError,
  isJsonObject,
  type SettingsSchema,
  secretPaths,
  valueFaults,
} from "@patchbay/protocol";
import type { StoredSettings } from "../../ports/settings-store.ts";
import { type JsonObject, leaves, mergePatch } from "./json-merge.ts";

export type SettingOrigin = "default" | "organization" | "project";

/** A secret that is set somewhere: where, and its ciphertext with the level that it is bound to. */
export interface EffectiveSecret {
  readonly pointer: string;
  readonly origin: SettingOrigin;
  /** Level at which it was set; null is the organization's. */
  readonly project: string | null;
  /** As it is stored, with the hosts that it was given for. */
  readonly stored: string;
  /** Where the version in force sends it. */
  readonly hosts: readonly string[];
}

/** An effective secret with the placeholder that stands for it in plugin code. */
export interface PlacedSecret extends EffectiveSecret {
  readonly placeholder: string;
  /** What it was given for: it goes nowhere else, whatever a later version names. */
  readonly givenFor: readonly string[];
}

/** A stored value that the version in force does not accept: it is kept, and does not apply. */
export interface StoredFault {
  readonly pointer: string;
  readonly message: string;
  readonly origin: Exclude<SettingOrigin, "default">;
  /** undefined where something is missing. */
  readonly value: unknown;
}

export interface EffectiveSettings {
  /** Everything but secrets. */
  readonly values: JsonObject;
  /** Where each value comes from, by JSON pointer. */
  readonly origins: Readonly<Record<string, SettingOrigin>>;
  readonly secrets: readonly EffectiveSecret[];
  readonly faults: readonly StoredFault[];
}

/**
 * What applies in a project (null: without one): the manifest's defaults, over them the organization's values, over
 * them the project's. A stored value that the schema no longer accepts is left out, not lost: the next version may.
 */
export const effectiveSettings = (
  schema: SettingsSchema | undefined,
  stored: readonly StoredSettings[],
  project: string | null,
): EffectiveSettings => {
  if (schema === undefined) return { values: {}, origins: {}, secrets: [], faults: [] };
  const levels = [
    { origin: "default" as const, values: defaultsOf(schema) },
    ...levelsOf(stored, project).map(({ origin, settings }) => ({
      origin,
      values: fitting(schema, settings.values),
    })),
  ];
  let values: JsonObject = {};
  const origins: Record<string, SettingOrigin> = {};
  for (const level of levels) {
    values = mergePatch(values, level.values);
    for (const leaf of leaves(level.values)) origins[pointerOf(leaf.path)] = level.origin;
  }
  const faults = levelsOf(stored, project).flatMap(({ origin, settings }) =>
    storedFaults(schema, settings.values).map((fault) => ({ ...fault, origin })),
  );
  return { values, origins, secrets: effectiveSecrets(schema, stored, project), faults };
};

/** What of one level's values the schema does not accept. */
export const storedFaults = (
  schema: SettingsSchema,
  values: JsonObject,
): (FieldError & { readonly value: unknown })[] => {
  const secrets = new Set(secretPaths(schema).map(pointerOf));
  return valueFaults(schema, values, { isSettings: true, required: "later" }).map((fault) => ({
    ...fault,
    // What another version had in clear may be a secret in this one.
    value: secrets.has(fault.pointer) ? undefined : atPointer(values, fault.pointer),
  }));
};

export const pointerOf = (path: readonly string[]): string =>
  path.map((name) => `/${escapePointer(name)}`).join("");

const levelsOf = (stored: readonly StoredSettings[], project: string | null) => {
  const organization = stored.find((settings) => settings.project === null);
  const own = project === null ? undefined : stored.find((settings) => settings.project === project);
  return [
    ...(organization === undefined ? [] : [{ origin: "organization" as const, settings: organization }]),
    ...(own === undefined ? [] : [{ origin: "project" as const, settings: own }]),
  ];
};

/** The secrets that are set, without a look at the other values. */
export const effectiveSecrets = (
  schema: SettingsSchema,
  stored: readonly StoredSettings[],
  project: string | null,
): EffectiveSecret[] =>
  secretPaths(schema).flatMap((path) => {
    const pointer = pointerOf(path);
    const level = levelsOf(stored, project).findLast(
      ({ settings }) => settings.secrets[pointer] !== undefined,
    );
    const found = level?.settings.secrets[pointer];
    if (level === undefined || found === undefined) return [];
    const hosts = schemaAt(schema, path)?.hosts ?? [];
    return [{ pointer, origin: level.origin, project: level.settings.project, stored: found, hosts }];
  });

export const schemaAt = (schema: SettingsSchema, path: readonly string[]): SettingsSchema | undefined =>
  path.reduce<SettingsSchema | undefined>((node, name) => node?.properties?.[name], schema);

/** The defaults that the schema gives, nested ones included. */
export const defaultsOf = (schema: SettingsSchema): JsonObject => {
  const own = isJsonObject(schema.default) ? schema.default : {};
  const ofProperties: Record<string, unknown> = {};
  for (const [name, child] of Object.entries(schema.properties ?? {})) {
    if (child.type === "object") {
      const nested = defaultsOf(child);
      if (Object.keys(nested).length > 0) ofProperties[name] = nested;
    } else if (child.default !== undefined) ofProperties[name] = child.default;
  }
  return mergePatch(ofProperties, own);
};

/** What of the values the schema accepts. A list with a fault is left out as a whole. */
const fitting = (schema: SettingsSchema, values: JsonObject): JsonObject => {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    const child = Object.hasOwn(schema.properties ?? {}, name) ? schema.properties?.[name] : undefined;
    if (child === undefined) {
      if (schema.additionalProperties === true) kept[name] = value;
    } else if (child.type === "object" && isJsonObject(value)) kept[name] = fitting(child, value);
    else if (valueFaults(child, value, { isSettings: true, required: "later" }).length === 0)
      kept[name] = value;
  }
  return kept;
};
