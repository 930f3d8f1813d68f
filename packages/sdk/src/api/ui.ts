export interface Notification {
  readonly title: string;
  readonly message?: string;
  readonly level?: "info" | "success" | "warning" | "error";
}

export interface Theme {
  readonly mode: "light" | "dark";
  readonly colors: Readonly<Record<string, string>>;
}

/** The console of whoever is looking at it. Server code is looked at by nobody: there, `getTheme` throws `NotAvailableError`. */
export interface UiApi {
  /**
   * A short note in plain text. From a view it is for whoever looks at it; from server code for everyone who sees the plugin
   * (and the project that the call is for). Needs `ui.notifications`; throws `PermissionDeniedError` without, and
   * `QuotaExceededError` after 10 in a minute.
   */
  showNotification(notification: Notification): Promise<void>;
  /** The colours in use, by token (`background`, `text`, `accent` and so on), each `#rrggbb`. */
  getTheme(): Promise<Theme>;
  /** Calls `listener` with every new theme. Returns a function that ends it. */
  onThemeChange(listener: (theme: Theme) => void): () => void;
}
