/** Values that were set at one level: `project` null is the organization's. Secrets are kept apart, encrypted. */
export interface StoredSettings {
  readonly project: string | null;
  readonly values: Readonly<Record<string, unknown>>;
  /** Ciphertext by JSON pointer of the setting. */
  readonly secrets: Readonly<Record<string, string>>;
  /**
   * Addresses on the server's own machine that an administrator of the deployment lets the installation reach, by JSON pointer of the
   * setting that names each. Of the organization's level alone, and only as long as the setting says the same.
   */
  readonly local?: Readonly<Record<string, string>>;
}

export interface SettingsStore {
  /** Every level that was set for the installation. */
  list(installationId: string): Promise<StoredSettings[]>;
  /** Replaces one level. */
  put(installationId: string, settings: StoredSettings): Promise<void>;
  /** Removes one level; null is the organization's, `"every"` all of them. */
  reset(installationId: string, project: string | null | "every"): Promise<void>;
  /** Removes the project's level of every installation of the organization; how many there were. */
  removeProject(organizationId: string, project: string): Promise<number>;
}
