/** What plugins can add to the console: where, and which colours a theme may set. */

/** The places for a plugin's own views. Each needs the permission `ui.<place>`. */
export const VIEW_PLACES = ["page", "overlay", "sidebar", "statusbar", "toolbar"] as const;
export type ViewPlace = (typeof VIEW_PLACES)[number];

/** How high a view is: as its content, or as the room that its page has. */
export const VIEW_HEIGHTS = ["content", "page"] as const;

/** The colours of the console that a theme may set, and that a view reads as CSS variables `--pb-NAME`. */
export const THEME_TOKENS = [
  "background",
  "surface",
  "border",
  "text",
  "mutedText",
  "accent",
  "accentText",
  "success",
  "warning",
  "danger",
] as const;
export type ThemeToken = (typeof THEME_TOKENS)[number];

/** The modules that a user-interface bundle may import: the host provides them. All others must be bundled. */
export const UI_MODULES = ["react", "react/jsx-runtime", "react-dom", "@patchbay/sdk/ui"] as const;
export type UiModule = (typeof UI_MODULES)[number];

/** Where in a view's life something went wrong. */
export const UI_FAULT_PHASES = [
  "load",
  "activate",
  "render",
  "runtime",
  "hang",
  "channel",
  "deactivate",
] as const;
export type UiFaultPhase = (typeof UI_FAULT_PHASES)[number];
