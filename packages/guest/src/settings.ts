import type { SettingsValues } from "@patchbay/sdk";

type Listener = (values: SettingsValues) => void;

/** The settings of each project in use, as the host last sent them. */
export class Settings {
  readonly #byProject = new Map<string, SettingsValues>();
  readonly #listeners = new Set<Listener>();
  readonly #report: (thrown: unknown) => void;

  /** `report` hears what a listener throws. */
  constructor(report: (thrown: unknown) => void) {
    this.#report = report;
  }

  of(project: string): SettingsValues {
    return this.#byProject.get(project) ?? {};
  }

  /** Takes new values; tells the listeners unless they are the first of the project. */
  put(project: string, values: SettingsValues): void {
    const before = this.#byProject.get(project);
    this.#byProject.set(project, deepFreeze(values));
    if (before === undefined || JSON.stringify(before) === JSON.stringify(values)) return;
    for (const listener of this.#listeners) {
      try {
        listener(values);
      } catch (thrown) {
        this.#report(thrown);
      }
    }
  }

  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

const deepFreeze = <T>(value: T): T => {
  if (typeof value !== "object" || value === null) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
};
