import type { Notification } from "../../api/ui.ts";
import type { StandIn } from "./stand-in.ts";

export const ui = (notifications: Notification[]): StandIn<"ui"> => ({
  "ui.showNotification": (notification) => {
    notifications.push(notification);
    return { value: null };
  },
});
