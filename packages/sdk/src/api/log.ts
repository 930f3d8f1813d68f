type Fields = Readonly<Record<string, unknown>>;

/**
 * The plugin's log, kept with the installation. Never waits. Lines are cut at 8 KiB, and beyond 200 a second they are
 * counted instead of kept. `console` writes to it too.
 */
export interface PluginLog {
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
}
