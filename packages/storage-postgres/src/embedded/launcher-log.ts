/** Where the launcher says what it does. A pino logger fits. */
export interface LauncherLog {
  info(message: string): void;
  warn(message: string): void;
}
