import { PatchbayError } from "@patchbay/protocol";
import type { Installation } from "../../ports/installation-store.ts";
import { demandsOf, isMetBy } from "./demand.ts";
import type { InstalledGraph, InstalledNode } from "./installed-graph.ts";
import { inOrder } from "./order.ts";
import { requireIdle } from "./require-idle.ts";
import { conflictOf, installedConflictOf, missingOf, type ResolvableVersion } from "./resolution.ts";

/** Throws `dependency_in_use` with the names of the installed plugins that need this one. */
export const requireUnneeded = (graph: InstalledGraph, plugin: string): void => {
  const dependents = graph.dependentsOf(plugin);
  if (dependents.length === 0) return;
  throw inUse(`${whoNeeds(dependents)} "${plugin}".`, "Uninstall", dependents);
};

/** The same with the names of those that are enabled, or about to be. */
export const requireNotRelied = (graph: InstalledGraph, plugin: string): void => {
  const dependents = graph.dependentsOf(plugin).filter(({ installation }) => isOn(installation));
  if (dependents.length === 0) return;
  throw inUse(`${whoNeeds(dependents)} "${plugin}" while enabled.`, "Disable", dependents);
};

/**
 * Whether the installation can go over to `target`: everyone who needs it must be content with that version, and all that the
 * version needs must be installed; enabled too, unless the installation is disabled. Throws `dependency_conflict`,
 * `dependency_missing`, `dependency_disabled`, `dependency_cycle` or `plugin_busy`.
 */
export const requireChangeable = (
  graph: InstalledGraph,
  installation: Installation,
  target: ResolvableVersion,
): void => {
  const { pluginId } = installation;
  const wanting = graph.demandsFor(pluginId);
  if (wanting.some((demand) => !isMetBy(demand, target.version)))
    throw conflictOf(pluginId, wanting, { version: target.version, isInstalled: false });
  requirePresent(graph, target);
  inOrder(pluginId, (id) => (id === pluginId ? target.manifest : graph.find(id)?.manifest));
  if (installation.state !== "disabled") requireOn(graph, target);
};

/** Throws `dependency_missing` or `dependency_conflict` unless all that the version needs is installed, in versions that it can use. */
export const requirePresent = (graph: InstalledGraph, { manifest }: ResolvableVersion): void => {
  const demands = demandsOf(manifest);
  const absent = demands.filter(({ plugin }) => graph.find(plugin) === undefined);
  if (absent.length > 0) throw missingOf(absent, []);
  for (const demand of demands) {
    const present = graph.find(demand.plugin);
    if (present !== undefined && !isMetBy(demand, present.installation.version))
      throw installedConflictOf(present, [demand]);
  }
};

/** Throws `dependency_disabled` unless all that the version needs is enabled; `plugin_busy` while one of them is changed. */
export const requireOn = (graph: InstalledGraph, { manifest }: ResolvableVersion): void => {
  const needed = demandsOf(manifest).flatMap(({ plugin }) => graph.find(plugin) ?? []);
  const off = idsOf(needed.filter(({ installation }) => !isOn(installation)));
  if (off.length > 0) throw disabled(manifest.id, off, "Enable that first.");
  for (const { installation } of needed) requireIdle(installation);
};

/**
 * What has to be enabled before `plugin` can be, in order. Throws `dependency_missing`, `dependency_conflict`,
 * `dependency_cycle`; `dependency_disabled` when one of them is blocked.
 */
export const toEnableFirst = (
  graph: InstalledGraph,
  { pluginId, manifest }: ResolvableVersion,
): Installation[] => {
  const ids = inOrder(pluginId, (id) => (id === pluginId ? manifest : graph.find(id)?.manifest));
  const needed = ids.filter((id) => id !== pluginId).flatMap((id) => graph.find(id) ?? []);
  const blocked = idsOf(needed.filter(({ installation }) => installation.state === "blocked"));
  if (blocked.length > 0) throw disabled(pluginId, blocked, "It is blocked; its page tells why.");
  return needed.map(({ installation }) => installation).filter((one) => !isOn(one));
};

/** What `plugin` needs is off and may not be switched on by the one who asks. */
export const disabled = (plugin: string, off: readonly string[], advice: string): PatchbayError =>
  new PatchbayError(
    "dependency_disabled",
    `"${plugin}" needs ${off.join(", ")}, which ${off.length === 1 ? "is" : "are"} not enabled. ${advice}`,
    { facts: { disabled: off } },
  );

/** Serves calls, or is about to. */
const isOn = ({ state, transition }: Installation): boolean =>
  state === "enabled" || state === "enabling" || (state === "updating" && transition?.wasEnabled === true);

/** Names those that are not hidden; of the others it says that there are some, and who can do something about it. */
const inUse = (what: string, step: string, dependents: readonly InstalledNode[]): PatchbayError => {
  const named = idsOf(dependents.filter(({ isHidden }) => !isHidden));
  const own = named.length === 0 ? "" : ` ${step} ${named.length === 1 ? "that" : "those"} first.`;
  const others = named.length === dependents.length ? "" : " Ask an owner or administrator.";
  return new PatchbayError("dependency_in_use", `${what}${own}${others}`, { facts: { dependents: named } });
};

const idsOf = (nodes: readonly InstalledNode[]): string[] =>
  nodes.map(({ installation }) => installation.pluginId);
const whoNeeds = (nodes: readonly InstalledNode[]): string => {
  const ids = idsOf(nodes.filter(({ isHidden }) => !isHidden));
  const words = ids.length === nodes.length ? ids : [...ids, "plugins of projects that you do not belong to"];
  return `${words.join(", ")} ${nodes.length === 1 && ids.length === 1 ? "needs" : "need"}`;
};
