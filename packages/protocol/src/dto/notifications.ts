import Type, { type Static } from "typebox";
import { NOTIFICATION_LEVELS } from "../levels.ts";

const strict = { additionalProperties: false } as const;
const Id = Type.String({ pattern: "^\\d{1,18}$" });

/** A note of a plugin for people. Its texts are the plugin's own: plain text, to be shown as such. */
export const NotificationDto = Type.Object({
  id: Type.String(),
  plugin: Type.String(),
  project: Type.Optional(Type.String({ description: "Slug of the project that it is about" })),
  level: Type.Enum([...NOTIFICATION_LEVELS]),
  title: Type.String(),
  message: Type.Optional(Type.String()),
  createdAt: Type.String({ description: "RFC 3339" }),
  read: Type.Boolean({ description: "Whether the caller has read it" }),
});
export type NotificationDto = Static<typeof NotificationDto>;

export const NotificationsDto = Type.Object({
  items: Type.Array(NotificationDto),
  cursor: Type.Optional(Type.String()),
  unread: Type.Integer({ description: "How many the caller has not read" }),
});
export type NotificationsDto = Static<typeof NotificationsDto>;

export const NotificationsReadBody = Type.Union([
  Type.Object({ ids: Type.Array(Id, { minItems: 1, maxItems: 200 }) }, strict),
  Type.Object({ until: Id }, strict),
]);
export type NotificationsReadBody = Static<typeof NotificationsReadBody>;
export const UnreadDto = Type.Object({ unread: Type.Integer() });
export type UnreadDto = Static<typeof UnreadDto>;
