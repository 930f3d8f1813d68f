import type { Stores } from "../../ports/database.ts";
import type { Installation } from "../../ports/installation-store.ts";
import type { StoredSettings } from "../../ports/settings-store.ts";
import type { VersionChange } from "../plans/version-change.ts";
import type { JsonObject } from "../settings/json-merge.ts";
import type { InstallationContext } from "./installation-context.ts";

/**
 * Before a version starts: secrets are given the hosts that were agreed to, and the organization's values take over what comes
 * with the update. Comes back with the organization's values as they were, undefined when they were not changed. Throws
 * `settings_invalid`.
 */
export const applyVersionSettings = async (
  { settings }: InstallationContext,
  stores: Stores,
  installation: Installation,
  { target, hostsOf, action }: VersionChange,
  patch: JsonObject | undefined,
): Promise<StoredSettings | undefined> => {
  const levels = await stores.settings.list(installation.id);
  if (patch !== undefined) await settings.put(stores, installation.id, target.manifest, null, patch);
  // After the values, since they may say hosts. What is taken back with a version is so once that version is gone: it may have to go on.
  if (action === "plugin.updated") await settings.bind(stores, installation.id, target.manifest, hostsOf);
  if (patch === undefined) return undefined;
  return levels.find(({ project }) => project === null) ?? { project: null, values: {}, secrets: {} };
};

/** Puts back what an update that did not come about has changed. */
export const restoreVersionSettings = async (
  stores: Stores,
  { id, transition }: Installation,
): Promise<void> => {
  if (transition?.settingsBefore !== undefined) await stores.settings.put(id, transition.settingsBefore);
};
