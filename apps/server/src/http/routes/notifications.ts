import type { Notifications, ReadNotification } from "@patchbay/core";
import { type NotificationDto, NotificationsDto, NotificationsReadBody, UnreadDto } from "@patchbay/protocol";
import Type from "typebox";
import { type App, answers, Org, PageQuery, pageOf } from "../route.ts";

/** What plugins wanted people to know. */
export const notificationRoutes = (
  app: App,
  { notifications }: { readonly notifications: Notifications },
): void => {
  const tags = ["Notifications"];

  app.get(
    "/api/orgs/:org/notifications",
    {
      schema: {
        tags,
        operationId: "listNotifications",
        summary: "List notifications of plugins for the caller, newest first",
        params: Org,
        querystring: Type.Object(
          { unread: Type.Optional(Type.Boolean({ description: "Only what was not read" })), ...PageQuery },
          { additionalProperties: false },
        ),
        response: answers({ 200: NotificationsDto }),
      },
    },
    async ({ principal, params, query }) => {
      const options = { unread: query.unread === true, ...pageOf(query) };
      const { page, unread } = await notifications.list(principal, params.org, options);
      return { ...page, items: page.items.map(toNotificationDto), unread };
    },
  );

  app.post(
    "/api/orgs/:org/notifications/read",
    {
      schema: {
        tags,
        operationId: "markNotificationsRead",
        summary: "Mark notifications as read by the caller",
        description: "Those of `ids`, or every one up to the id `until`.",
        params: Org,
        body: NotificationsReadBody,
        response: answers({ 200: UnreadDto }),
      },
    },
    async ({ principal, params, body }) => ({
      unread: await notifications.markRead(principal, params.org, body),
    }),
  );
};

const toNotificationDto = (notification: ReadNotification): NotificationDto => {
  const { id, pluginId, project, level, title, message, createdAt, read } = notification;
  return {
    id,
    plugin: pluginId,
    level,
    title,
    read,
    ...(project !== null && { project }),
    ...(message !== null && { message }),
    createdAt: createdAt.toISOString(),
  };
};
