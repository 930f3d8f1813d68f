/** What a plugin is mainly for. */
export const PLUGIN_CATEGORIES = ["ui", "model", "data", "integration", "utility"] as const;
export type PluginCategory = (typeof PLUGIN_CATEGORIES)[number];
