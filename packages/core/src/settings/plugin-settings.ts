import {
  type FieldError,
  isJsonObject,
  type Manifest,
  nestsDeeper,
  PatchbayError,
  type SettingsSchema,
  secretPaths,
  valueFaults,
} from "@patchbay/protocol";
import type { Stores } from "../ports/database.ts";
import type { SettingsStore, StoredSettings } from "../ports/settings-store.ts";
import { ReadThroughCache } from "../read-through-cache.ts";
import {
  type EffectiveSecret,
  type EffectiveSettings,
  effectiveSecrets,
  effectiveSettings,
  pathOf,
  pointerOf,
} from "./effective-settings.ts";
import { getPath, type JsonObject, mergePatch, withPath } from "./json-merge.ts";
import { MAX_SETTINGS_BYTES, MAX_SETTINGS_DEPTH } from "./limits.ts";
import type { SecretBox } from "./secret-box.ts";

const PLACEHOLDER_PREFIX = "pbs_";
/** How placeholders look, wherever they turn up. */
export const PLACEHOLDER_PATTERN = /pbs_[0-9a-f]{40}/g;

/** An effective secret with the placeholder that stands for it in plugin code. */
export interface PlacedSecret extends EffectiveSecret {
  readonly placeholder: string;
}

/** The settings of installations: stored in levels, read as one. Secrets go in, placeholders come out. */
export class PluginSettings {
  readonly #store: SettingsStore;
  readonly #box: SecretBox;
  readonly #stored: ReadThroughCache<readonly StoredSettings[]>;

  constructor(store: SettingsStore, box: SecretBox) {
    this.#store = store;
    this.#box = box;
    this.#stored = new ReadThroughCache((installationId) => this.#store.list(installationId));
  }

  forget(installationId: string): void {
    this.#stored.invalidate(installationId);
  }

  forgetAll(): void {
    this.#stored.clear();
  }

  async effective(
    installationId: string,
    manifest: Manifest,
    project: string | null,
  ): Promise<EffectiveSettings> {
    return effectiveSettings(schemaOf(manifest), await this.#stored.get(installationId), project);
  }

  /** What plugin code sees: values, with a placeholder for every secret that is set. */
  async forPlugin(installationId: string, manifest: Manifest, project: string | null): Promise<JsonObject> {
    const settings = await this.effective(installationId, manifest, project);
    let values = settings.values;
    for (const secret of settings.secrets) {
      values = withPath(values, pathOf(secret.pointer), this.#placeholder(installationId, secret));
    }
    return values;
  }

  /** The secrets whose placeholders may turn up in what the installation sends on behalf of a project. */
  async placedSecrets(
    installationId: string,
    manifest: Manifest,
    project: string | null,
  ): Promise<PlacedSecret[]> {
    const schema = schemaOf(manifest);
    if (schema === undefined) return [];
    const stored = await this.#stored.get(installationId);
    const ofProject = project === null ? [] : effectiveSecrets(schema, stored, project);
    const all = [...effectiveSecrets(schema, stored, null), ...ofProject].map((secret) => ({
      ...secret,
      placeholder: this.#placeholder(installationId, secret),
    }));
    return [...new Map(all.map((secret) => [secret.placeholder, secret])).values()];
  }

  /** The clear text, for the host's own use. */
  reveal(
    installationId: string,
    secret: Pick<EffectiveSecret, "ciphertext" | "project" | "pointer">,
  ): string {
    return this.#box.open(secret.ciphertext, contextOf(installationId, secret.project, secret.pointer));
  }

  /**
   * Merges `patch` into one level (null in it unsets) and stores the result through `stores`. Throws
   * `settings_invalid` and stores nothing when the level would not fit the schema.
   */
  async put(
    stores: Stores,
    installationId: string,
    manifest: Manifest,
    project: string | null,
    patch: JsonObject,
  ): Promise<void> {
    const schema = schemaOf(manifest) ?? { type: "object" };
    requireBounded(patch);
    const before = (await stores.settings.list(installationId)).find((level) => level.project === project);
    const merged = mergePatch(before?.values ?? {}, withoutSecrets(schema, patch));
    requireBounded(merged);
    const rules = { isSettings: true, required: "later" } as const;
    const errors = [...valueFaults(schema, merged, rules), ...secretErrors(schema, patch)];
    if (errors.length > 0) throw settingsInvalid(errors);
    const secrets = this.#mergeSecrets(installationId, schema, project, before?.secrets ?? {}, patch);
    await stores.settings.put(installationId, { project, values: merged, secrets });
  }

  /** Throws `settings_invalid` when something required is missing where the plugin applies. */
  async requireComplete(
    installationId: string,
    manifest: Manifest,
    projects: "all" | readonly string[],
  ): Promise<void> {
    const faults = await this.faultsOf(installationId, manifest, projects);
    if (faults !== null) throw settingsInvalid(faults.errors, faults.project);
  }

  /** What does not fit or is missing at the first place where the plugin applies and anything is; else null. */
  async faultsOf(
    installationId: string,
    manifest: Manifest,
    projects: "all" | readonly string[],
  ): Promise<{ readonly errors: readonly FieldError[]; readonly project: string | null } | null> {
    const schema = schemaOf(manifest);
    if (schema === undefined) return null;
    for (const project of projects === "all" || projects.length === 0 ? [null] : projects) {
      const values = await this.forPlugin(installationId, manifest, project);
      const errors = valueFaults(schema, values, { isSettings: true, required: "now" });
      if (errors.length > 0) return { errors, project };
    }
    return null;
  }

  #mergeSecrets(
    installationId: string,
    schema: SettingsSchema,
    project: string | null,
    before: Readonly<Record<string, string>>,
    patch: JsonObject,
  ) {
    const secrets: Record<string, string> = { ...before };
    for (const path of secretPaths(schema)) {
      const pointer = pointerOf(path);
      const value = getPath(patch, path);
      if (value === null) delete secrets[pointer];
      if (typeof value === "string")
        secrets[pointer] = this.#box.seal(value, contextOf(installationId, project, pointer));
    }
    return secrets;
  }

  /** Names the ciphertext too, so that a changed secret has a new placeholder and the old one leads nowhere. */
  #placeholder(installationId: string, { project, pointer, ciphertext }: EffectiveSecret): string {
    return `${PLACEHOLDER_PREFIX}${this.#box.name(`${contextOf(installationId, project, pointer)}\n${ciphertext}`)}`;
  }
}

const schemaOf = (manifest: Manifest): SettingsSchema | undefined =>
  manifest.settings as SettingsSchema | undefined;

const contextOf = (installationId: string, project: string | null, pointer: string): string =>
  JSON.stringify([installationId, project, pointer]);

const withoutSecrets = (schema: SettingsSchema, values: JsonObject): JsonObject =>
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
