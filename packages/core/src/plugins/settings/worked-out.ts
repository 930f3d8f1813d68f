import type { Manifest } from "@patchbay/protocol";
import type { StoredSettings } from "../../ports/settings-store.ts";
import type { EffectiveSettings, PlacedSecret } from "./effective-settings.ts";

interface Worked {
  readonly effective: EffectiveSettings;
  readonly placed: readonly PlacedSecret[];
}

/** What is to be read as one: as it is stored, for a version, in a project. */
interface Levels {
  readonly stored: readonly StoredSettings[];
  readonly manifest: Manifest;
  readonly project: string | null;
}

/** What settings come to, which every call wants to know: worked out once for what is stored and the version that reads it, and held as long as they are. */
export class WorkedOut {
  readonly #held = new WeakMap<
    readonly StoredSettings[],
    WeakMap<Manifest, Map<string | null, Partial<Worked>>>
  >();

  once<Name extends keyof Worked>(
    name: Name,
    { stored, manifest, project }: Levels,
    work: () => Worked[Name],
  ): Worked[Name] {
    const ofStored = getOrSet(this.#held, stored, () => new WeakMap());
    const ofVersion = getOrSet(ofStored, manifest, () => new Map<string | null, Partial<Worked>>());
    const there = ofVersion.get(project) ?? {};
    const value = there[name] ?? work();
    ofVersion.set(project, { ...there, [name]: value });
    return value;
  }
}

const getOrSet = <Key extends object, Value>(
  map: { get(key: Key): Value | undefined; set(key: Key, value: Value): unknown },
  key: Key,
  make: () => Value,
): Value => {
  const there = map.get(key);
  if (there !== undefined) return there;
  const made = make();
  map.set(key, made);
  return made;
};
