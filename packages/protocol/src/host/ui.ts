import Type, { type Static } from "typebox";
import { NOTIFICATION_LEVELS } from "../levels.ts";
import { LINES, TEXT } from "../text.ts";
import { answers, type HostDomain, strict } from "./domain.ts";

/** A note for whoever looks at the console. */
const NotificationParams = Type.Object(
  {
    title: Type.String({ minLength: 1, maxLength: 120, format: TEXT }),
    message: Type.Optional(Type.Union([Type.String({ maxLength: 1_000, format: LINES }), Type.Literal("")])),
    level: Type.Optional(Type.Enum([...NOTIFICATION_LEVELS])),
  },
  strict,
);
export type NotificationParams = Static<typeof NotificationParams>;

/** The console of people. Themes are told to views by the frame that they are in, and need no call. */
export const UI = {
  "ui.showNotification": {
    permission: "ui.notifications",
    params: NotificationParams,
    answer: answers<null>(),
  },
} as const satisfies HostDomain;
