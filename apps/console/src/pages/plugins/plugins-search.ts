import { PLUGIN_CATEGORIES, type PluginCategory } from "@patchbay/protocol";
import { text } from "../../session/search.ts";

export const SORTS = ["name", "updated", "calls", "errors"] as const;
export type Sort = (typeof SORTS)[number];

export const DIALOGS = ["install", "ask", "settings", "update", "rollback", "uninstall"] as const;
export type DialogKind = (typeof DIALOGS)[number];

/** What the address says about the plugins page. */
export type PluginsSearch = {
  /** Words that must all occur. */
  readonly q?: string | undefined;
  readonly category?: PluginCategory | undefined;
  /** By name unless told. */
  readonly sort?: Sort | undefined;
  readonly dialog?: DialogKind | undefined;
  /** Whom the dialog is about; for `install` what is to be installed. */
  readonly plugin?: string | undefined;
  /** For `install`, `ask` and `update`; the newest unless told. */
  readonly version?: string | undefined;
};

const oneOf = <T extends string>(options: readonly T[], value: unknown): T | undefined =>
  options.find((option) => option === value);

/** Leaves out what is no part of a search. */
export const pluginsSearch = (search: Record<string, unknown>): PluginsSearch => {
  const read = {
    q: text(search.q),
    category: oneOf(PLUGIN_CATEGORIES, search.category),
    sort: oneOf(SORTS, search.sort),
    dialog: oneOf(DIALOGS, search.dialog),
    plugin: text(search.plugin),
    version: text(search.version),
  };
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
};
