import { type LockFileDto, type Manifest, PatchbayError } from "@patchbay/protocol";
import { demandsOf, isMetBy } from "../dependencies/demand.ts";
import { inOrder } from "../dependencies/order.ts";
import { conflictOf, missingOf } from "../dependencies/resolution.ts";
import { isWantedOn, type LockedPackage, type PresentPlugins } from "./lock-state.ts";

/** How an organization will be when a lock file is applied. */
export interface FinalState {
  /** All plugins of now and then, each after what it needs itself. */
  readonly order: readonly string[];
  readonly plugins: ReadonlyMap<string, { readonly manifest: Manifest; readonly isOn: boolean }>;
}

export const finalStateOf = (
  {
    lock,
    present,
    packages,
  }: {
    readonly lock: LockFileDto;
    readonly present: PresentPlugins;
    readonly packages: ReadonlyMap<string, LockedPackage | PatchbayError>;
  },
  going: ReadonlySet<string>,
): FinalState => {
  const plugins = new Map<string, { manifest: Manifest; isOn: boolean }>();
  for (const [id, { installation, package: running }] of present)
    if (!going.has(id)) plugins.set(id, { manifest: running.manifest, isOn: isWantedOn(installation) });
  for (const [id, { enabled }] of Object.entries(lock.plugins)) {
    const found = packages.get(id);
    if (found !== undefined && !(found instanceof PatchbayError))
      plugins.set(id, { manifest: found.manifest, isOn: enabled });
  }
  const manifestOf = (id: string) => plugins.get(id)?.manifest ?? present.get(id)?.package.manifest;
  const ids = new Set([...plugins.keys(), ...present.keys(), ...Object.keys(lock.plugins)]);
  return { order: orderOf(ids, manifestOf), plugins };
};

/** The plugins, each after what it needs itself. */
export const orderOf = (
  ids: ReadonlySet<string>,
  manifestOf: (id: string) => Manifest | undefined,
): readonly string[] => {
  const order = new Set<string>();
  for (const id of [...ids].sort()) for (const one of chainOf(id, manifestOf)) order.add(one);
  return [...order].filter((id) => ids.has(id));
};

/** A circle has no order; that it cannot be installed is said where its plugins are. */
const chainOf = (id: string, manifestOf: (id: string) => Manifest | undefined): readonly string[] => {
  try {
    return [...inOrder(id, manifestOf), id];
  } catch (error) {
    if (error instanceof PatchbayError) return [id];
    throw error;
  }
};

/**
 * Throws `dependency_missing`, `dependency_conflict` or `dependency_cycle` unless all that the version needs will be there;
 * `dependency_disabled` unless it will be enabled too, where that is asked for.
 */
export const requireFinalDependencies = (
  { plugins }: FinalState,
  manifest: Manifest,
  state: "installed" | "enabled" = "installed",
): void => {
  inOrder(manifest.id, (id) => plugins.get(id)?.manifest);
  for (const demand of demandsOf(manifest)) {
    const needed = plugins.get(demand.plugin);
    if (needed === undefined) throw missingOf([demand], []);
    const { version } = needed.manifest;
    if (!isMetBy(demand, version)) throw conflictOf(demand.plugin, [demand], { version, isInstalled: false });
    if (state === "enabled" && !needed.isOn)
      throw new PatchbayError(
        "dependency_disabled",
        `"${manifest.id}" needs ${demand.plugin}, which would not be enabled.`,
        { facts: { disabled: [demand.plugin] } },
      );
  }
};

/** Throws `dependency_conflict` when a plugin that will be there cannot do with this version of another one. */
export const requireFinalDependents = ({ plugins }: FinalState, { id, version }: Manifest): void => {
  const wanting = [...plugins.values()].flatMap(({ manifest }) =>
    demandsOf(manifest).filter(({ plugin }) => plugin === id),
  );
  if (wanting.some((demand) => !isMetBy(demand, version)))
    throw conflictOf(id, wanting, { version, isInstalled: false });
};
