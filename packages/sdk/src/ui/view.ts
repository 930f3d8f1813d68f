import type { Theme } from "../api/ui.ts";
import type { UiPluginApi } from "./ui-plugin-api.ts";

/** The plugin's `plugin.json`, as far as a view may care. */
export interface ViewManifest {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly contributes?: { readonly views?: readonly { readonly name: string; readonly title: string }[] };
}

/** What the `default` component of a user-interface bundle receives. */
export interface ViewProps {
  readonly api: UiPluginApi;
  readonly pluginId: string;
  readonly manifest: ViewManifest;
}

/** Which of the plugin's views this is, and for whom. */
export interface ViewInfo {
  /** The name from `contributes.views`. */
  readonly name: string;
  readonly place: "page" | "overlay" | "sidebar" | "statusbar" | "toolbar";
  /** A language tag such as `de`: for dates, numbers and words. */
  readonly locale: string;
}

/** All that the hooks read. The host makes it; tests make one with `createViewHarness`. */
export interface ViewContext {
  readonly props: ViewProps;
  readonly view: ViewInfo;
  /** The theme now; `api.ui.onThemeChange` tells of the next. */
  theme(): Theme;
}
