export type SettingsValues = Readonly<Record<string, unknown>>;

/** The effective settings, defaults filled in. Needs no permission. Secret settings read as placeholders. */
export interface SettingsApi {
  /** All of them, for the project of the call at hand (the organization's without a project). */
  getAll(): Promise<SettingsValues>;
  /** One of them by name, or undefined when it has neither value nor default. */
  get<T = unknown>(name: string): Promise<T | undefined>;
  /** Calls `listener` with all values whenever those of a project in use change. Returns a function that ends it. */
  onChange(listener: (values: SettingsValues) => void): () => void;
}
