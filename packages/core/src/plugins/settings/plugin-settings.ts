import { isDeepStrictEqual } from "node:util";
import {
  bindHost,
  boundHost,
  type FieldError,
  type Manifest,
  type SettingsSchema,
  secretPaths,
  tokensOf,
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
} from "./effective-settings.ts";
import { getPath, type JsonObject, mergePatch, withPath } from "./json-merge.ts";
import { PLACEHOLDER_PREFIX } from "./placeholders.ts";
import type { SecretBox } from "./secret-box.ts";
import { type GivenSecret, givenSecrets, splitStored, withHosts } from "./secret-hosts.ts";
import {
  levelFaults,
  patchedLevels,
  requireCompleteLevels,
  requireSettable,
  schemaOf,
  withoutSecrets,
} from "./settings-patches.ts";
import { WorkedOut } from "./worked-out.ts";

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
