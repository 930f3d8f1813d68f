import { MAX_NOTIFICATIONS_PER_MINUTE } from "@patchbay/protocol";
import type { NotificationStore } from "../../ports/notification-store.ts";
import type { World } from "../../world.ts";
import { CallMeter } from "./call-meter.ts";
import type { HostHandlers } from "./domain.ts";

/**
 * `ui`: notes for people. One of server code is for all who see the plugin (and the project that the call was for). One of a
 * view is for whoever looks at it, and the console shows it at once, so it counts as read.
 */
export const uiDomain = (notifications: NotificationStore, world: World): HostHandlers<"ui"> => {
  const meter = new CallMeter(world);
  return {
    "ui.showNotification": async ({ spec, params, project, by: { caller } }) => {
      meter.count(spec.installationId, MAX_NOTIFICATIONS_PER_MINUTE, "ui.showNotification");
      const { title, message, level } = params;
      const { installationId, organizationId, pluginId } = spec;
      const note = { title, message: message ?? null, level: level ?? "info" };
      const place = { project: project ?? null, userId: caller.onBehalfOf?.user.id ?? null };
      const isSeen = caller.onBehalfOf !== null;
      await notifications.add({ installationId, organizationId, pluginId, ...place, ...note }, isSeen);
      return { value: null };
    },
  };
};
