import { isDeepStrictEqual } from "node:util";
import {
  bindHost,
  boundHost,
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
import type { Stores } from "../../ports/database.ts";
import type { SettingsStore, StoredSettings } from "../../ports/settings-store.ts";
import { ReadThroughCache } from "../../read-through-cache.ts";
import {
  type EffectiveSecret,
  type EffectiveSettings,
  effectiveSecrets,
  effectiveSettings,
  type PlacedSecret,
  pointerOf,
  schemaAt,
  storedFaults,
} from "./effective-settings.ts";
import { getPath, type JsonObject, leaves, mergePatch, withPath } from "./json-merge.ts";
import { MAX_SETTINGS_BYTES, MAX_SETTINGS_DEPTH } from "./limits.ts";
import type { SecretBox } from "./secret-box.ts";
import { type GivenSecret, givenSecrets, splitStored, withHosts } from "./secret-hosts.ts";
import { WorkedOut } from "./worked-out.ts";

const PLACEHOLDER_PREFIX = "pbs_";
/** How placeholders look, wherever they turn up. */
export const PLACEHOLDER_PATTERN = /pbs_[0-9a-f]{40}/g;

/** Stands for a secret that is set where nothing but that matters; as long as a placeholder. */
const SOME_SECRET = `${PLACEHOLDER_PREFIX}${"0".repeat(40)}`;

/** The settings of installations: stored in levels, read as one. Secrets go in, placeholders come out. */
export class PluginSettings {
  readonly #store: SettingsStore;
  readonly #box: SecretBox;
  readonly #stored: ReadThroughCache<readonly StoredSettings[]>;
  readonly #worked = new WorkedOut();
  /** Clear texts, for as long as what they were stored as is held. */
  readonly #clear = new WeakMap<object, string>();

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

  /** Every level that was set. */
  async levels(installationId: string): Promise<readonly StoredSettings[]> {
    return await this.#stored.get(installationId);
  }

  async effective(
    installationId: string,
    manifest: Manifest,
    project: string | null,
  ): Promise<EffectiveSettings> {
    const stored = await this.#stored.get(installationId);
    return this.#worked.once("effective", { stored, manifest, project }, () =>
      effectiveSettings(schemaOf(manifest), stored, project),
    );
  }

  /** What plugin code sees: values, with a placeholder for every secret that is set. */
  async forPlugin(installationId: string, manifest: Manifest, project: string | null): Promise<JsonObject> {
    return this.#withPlaceholders(installationId, await this.effective(installationId, manifest, project));
  }

  /** The secrets whose placeholders may turn up in what the installation sends on behalf of a project. */
  async placedSecrets(
    installationId: string,
    manifest: Manifest,
    project: string | null,
  ): Promise<readonly PlacedSecret[]> {
    const schema = schemaOf(manifest);
    if (schema === undefined) return [];
    const stored = await this.#stored.get(installationId);
    return this.#worked.once("placed", { stored, manifest, project }, () =>
      this.#place(installationId, schema, stored, project),
    );
  }

  #place(
    installationId: string,
    schema: SettingsSchema,
    stored: readonly StoredSettings[],
    project: string | null,
  ): readonly PlacedSecret[] {
    const all = (project === null ? [null] : [null, project]).flatMap((level) =>
      boundSecrets(schema, stored, level).map((secret) => ({
        ...secret,
        givenFor: splitStored(secret.stored).hosts ?? secret.hosts,
        placeholder: this.#placeholder(installationId, secret),
      })),
    );
    return [...new Map(all.map((secret) => [secret.placeholder, secret])).values()];
  }

  /** Origins on this machine that the installation may reach on behalf of a project: those that were allowed and that the settings there still name. */
  async localOrigins(
    installationId: string,
    manifest: Manifest,
    project: string | null,
  ): Promise<readonly string[]> {
    const levels = await this.#stored.get(installationId);
    const local = levels.find((level) => level.project === null)?.local ?? {};
    if (Object.keys(local).length === 0) return [];
    const { values } = await this.effective(installationId, manifest, project);
    return Object.values(localIn(local, values)).map((address) => new URL(address).origin);
  }

  /** The clear text, for the host's own use. */
  reveal(installationId: string, secret: Pick<EffectiveSecret, "stored" | "project" | "pointer">): string {
    const known = this.#clear.get(secret);
    if (known !== undefined) return known;
    const { hosts, ciphertext } = splitStored(secret.stored);
    const clear = this.#box.open(
      ciphertext,
      contextOf(installationId, secret.project, secret.pointer, hosts),
    );
    this.#clear.set(secret, clear);
    return clear;
  }

  /** The secrets that are set at any level, with the hosts that each was given for. */
  async given(installationId: string): Promise<GivenSecret[]> {
    return givenSecrets(await this.#stored.get(installationId));
  }

  /** Gives every stored secret of the installation the hosts that `hostsOf` says; undefined leaves one as it is. `manifest` is the version's that comes. */
  async bind(
    { settings }: Pick<Stores, "settings">,
    installationId: string,
    manifest: Manifest,
    hostsOf: (secret: GivenSecret) => readonly string[] | undefined,
  ): Promise<void> {
    const levels = await settings.list(installationId);
    for (const level of levels) {
      const { project } = level;
      const applying = effectiveSettings(schemaOf(manifest), levels, project).values;
      const changed = givenSecrets([level]).flatMap((secret): [string, string][] => {
        const { pointer } = secret;
        const named = hostsOf(secret);
        const stored = level.secrets[pointer];
        if (named === undefined || stored === undefined) return [];
        const hosts = boundHosts(named, applying);
        if (isDeepStrictEqual(hosts, secret.hosts)) return [];
        const plaintext = this.reveal(installationId, { project, pointer, stored });
        return [[pointer, this.#seal(plaintext, installationId, project, pointer, hosts)]];
      });
      const secrets = { ...level.secrets, ...Object.fromEntries(changed) };
      if (changed.length > 0) await settings.put(installationId, { ...level, secrets });
    }
  }

  /**
   * Merges `patch` into one level (null in it unsets) and stores the result through `stores`. Throws `settings_invalid` and
   * stores nothing when what the patch sets does not fit the schema; a value that was stored for another version and does
   * not fit this one stays as it is until it is mended itself. `allowed`: addresses on this machine that the installation may reach from
   * now on, by the settings that name them; earlier ones go when their setting says something else.
   */
  async put(
    stores: Stores,
    installationId: string,
    manifest: Manifest,
    project: string | null,
    patch: JsonObject,
    allowed: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const schema = schemaOf(manifest) ?? { type: "object" };
    const levels = await stores.settings.list(installationId);
    const before = levels.find((level) => level.project === project);
    requireSettable(manifest, before?.values ?? {}, patch);
    const merged = mergePatch(before?.values ?? {}, withoutSecrets(schema, patch));
    const applying = effectiveSettings(
      schema,
      patchedLevels(manifest, levels, project, patch),
      project,
    ).values;
    const place = { installationId, schema, project, applying };
    const secrets = this.#mergeSecrets(place, before?.secrets ?? {}, patch);
    const local = localIn({ ...before?.local, ...allowed }, merged);
    await stores.settings.put(installationId, { project, values: merged, secrets, local });
  }

  /** Throws `settings_invalid` when something required is missing where the plugin applies. */
  async requireComplete(
    installationId: string,
    manifest: Manifest,
    projects: "all" | readonly string[],
    /** What is merged into the organization's values beforehand. */
    patch: JsonObject = {},
  ): Promise<void> {
    const stored = await this.#stored.get(installationId);
    requireCompleteLevels(manifest, patchedLevels(manifest, stored, null, patch), projects);
  }

  /** What does not fit or is missing at the first place where the plugin applies and anything is; else null. */
  async faultsOf(
    installationId: string,
    manifest: Manifest,
    projects: "all" | readonly string[],
  ): Promise<{ readonly errors: readonly FieldError[]; readonly project: string | null } | null> {
    return levelFaults(manifest, await this.#stored.get(installationId), projects);
  }

  #withPlaceholders(installationId: string, { values, secrets }: EffectiveSettings): JsonObject {
    return secrets.reduce(
      (placed, secret) =>
        withPath(placed, tokensOf(secret.pointer), this.#placeholder(installationId, secret)),
      values,
    );
  }

  #seal(
    plaintext: string,
    installationId: string,
    project: string | null,
    pointer: string,
    hosts: readonly string[],
  ): string {
    return withHosts(hosts, this.#box.seal(plaintext, contextOf(installationId, project, pointer, hosts)));
  }

  /** `applying`: the values of the level once the patch is in. */
  #mergeSecrets(
    place: {
      readonly installationId: string;
      readonly schema: SettingsSchema;
      readonly project: string | null;
      readonly applying: JsonObject;
    },
    before: Readonly<Record<string, string>>,
    patch: JsonObject,
  ) {
    const { installationId, schema, project, applying } = place;
    const secrets: Record<string, string> = { ...before };
    for (const path of secretPaths(schema)) {
      const pointer = pointerOf(path);
      const value = getPath(patch, path);
      if (value === null) delete secrets[pointer];
      const hosts = boundHosts(schemaAt(schema, path)?.hosts ?? [], applying);
      if (typeof value === "string")
        secrets[pointer] = this.#seal(value, installationId, project, pointer, hosts);
    }
    return secrets;
  }

  /** Names the ciphertext too, so that a changed secret has a new placeholder and the old one leads nowhere. */
  #placeholder(installationId: string, { project, pointer, stored }: EffectiveSecret): string {
    return `${PLACEHOLDER_PREFIX}${this.#box.name(`${contextOf(installationId, project, pointer, null)}\n${stored}`)}`;
  }
}

const schemaOf = (manifest: Manifest): SettingsSchema | undefined =>
  manifest.settings as SettingsSchema | undefined;

/** Hosts that settings say, as these say them; without those that they do not say. Bound ones stay as they are. */
const boundHosts = (hosts: readonly string[], settings: JsonObject): readonly string[] =>
  [...new Set(hosts.map((host) => (boundHost(host) === "" ? bindHost(host, settings) : host)))].filter(
    (host) => host !== null,
  );

/** Those of the addresses that the settings name. */
const localIn = (
  local: Readonly<Record<string, string>>,
  values: JsonObject,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(local).filter(([pointer, address]) => getPath(values, tokensOf(pointer)) === address),
  );

/** The secrets that are set, each with the hosts that the version in force sends it to under the settings of now. */
const boundSecrets = (
  schema: SettingsSchema,
  stored: readonly StoredSettings[],
  project: string | null,
): EffectiveSecret[] => {
  const secrets = effectiveSecrets(schema, stored, project);
  if (!secrets.some(({ hosts }) => hosts.some((host) => boundHost(host) === ""))) return secrets;
  const { values } = effectiveSettings(schema, stored, project);
  return secrets.map((secret) => ({ ...secret, hosts: boundHosts(secret.hosts, values) }));
};

/** What a ciphertext is bound to. Without `hosts` as it was before they were kept with secrets. */
const contextOf = (
  installationId: string,
  project: string | null,
  pointer: string,
  hosts: readonly string[] | null,
): string => JSON.stringify([installationId, project, pointer, ...(hosts === null ? [] : [hosts])]);

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

const levelFaults = (
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
