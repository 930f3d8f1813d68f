import type { Stores } from "../../ports/database.ts";
import type { Installation } from "../../ports/installation-store.ts";
import type { DataUsage } from "../../ports/plugin-data-store.ts";
import { leaves } from "../settings/json-merge.ts";

/** What an installation has gathered, in numbers: what is gone once it is uninstalled. */
export interface StoredData extends DataUsage {
  /** Settings of the organization, those that projects have instead, and secrets of both. */
  readonly settings: number;
  readonly overrides: number;
  readonly secrets: number;
  readonly grants: number;
  readonly logLines: number;
  readonly notifications: number;
  /** Addresses at which it answers requests from outside. */
  readonly endpoints: number;
}

export const storedDataOf = async (
  { pluginData, settings, logs, notifications, endpoints }: Stores,
  { id, grants }: Installation,
): Promise<StoredData> => {
  const [usage, levels, logLines, notes, addresses] = await Promise.all([
    pluginData.usage(id),
    settings.list(id),
    logs.count(id),
    notifications.count(id),
    endpoints.count(id),
  ]);
  const count = (ofProjects: boolean) =>
    levels
      .filter(({ project }) => (project !== null) === ofProjects)
      .reduce((sum, { values }) => sum + [...leaves(values)].length, 0);
  return {
    ...usage,
    settings: count(false),
    overrides: count(true),
    secrets: levels.reduce((sum, level) => sum + Object.keys(level.secrets).length, 0),
    grants: grants.length,
    logLines,
    notifications: notes,
    endpoints: addresses,
  };
};
