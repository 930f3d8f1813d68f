import type { Stores } from "../../ports/database.ts";
import type { PluginRequest } from "../../ports/request-store.ts";

/** What one person is told of a request. */
export interface RequestNotice {
  readonly level: "info" | "success" | "warning";
  readonly title: string;
  readonly message: string | null;
}

export const notifyOfRequest = async (
  stores: Stores,
  { organizationId, pluginId }: Pick<PluginRequest, "organizationId" | "pluginId">,
  userId: string,
  notice: RequestNotice,
): Promise<void> =>
  await stores.notifications.add(
    { organizationId, pluginId, installationId: null, project: null, userId, ...notice },
    false,
  );

/** The plugin is enabled, so those who asked for it can use it: they are told, once. */
export const notifyThoseWaiting = async (
  stores: Stores,
  plugin: Pick<PluginRequest, "organizationId" | "pluginId">,
  name: string,
): Promise<void> => {
  const waiting = await stores.requests.endWaiting(plugin.organizationId, plugin.pluginId);
  const notice = {
    level: "success",
    title: `${name}, which you asked for, is enabled`,
    message: null,
  } as const;
  for (const { userId } of waiting) await notifyOfRequest(stores, plugin, userId, notice);
};
