/** How severe a line of a plugin's log is, the least first. Their positions are stored: new ones come last. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What a note for people is like. */
export const NOTIFICATION_LEVELS = ["info", "success", "warning", "error"] as const;
export type NotificationLevel = (typeof NOTIFICATION_LEVELS)[number];
