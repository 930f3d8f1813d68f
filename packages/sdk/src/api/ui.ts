export interface Notification {
  readonly title: string;
  readonly message?: string;
  readonly level?: "info" | "success" | "warning" | "error";
}

export interface Theme {
  readonly mode: "light" | "dark";
  readonly colors: Readonly<Record<string, string>>;
}

/** The console of whoever is looking at it. Throws `NotAvailableError` in this version. */
export interface UiApi {
  /** Needs `ui.notifications`. */
  showNotification(notification: Notification): Promise<void>;
  getTheme(): Promise<Theme>;
  /** Returns a function that ends it. */
  onThemeChange(listener: (theme: Theme) => void): () => void;
}
