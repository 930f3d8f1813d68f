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
  /** Shows a short note in the console. Needs `ui.notifications`; throws `PermissionDeniedError` without. */
  showNotification(notification: Notification): Promise<void>;
  /** The colours in use, by token (`background`, `text`, `accent` and so on), each `#rrggbb`. */
  getTheme(): Promise<Theme>;
  /** Calls `listener` with every new theme. Returns a function that ends it. */
  onThemeChange(listener: (theme: Theme) => void): () => void;
}
