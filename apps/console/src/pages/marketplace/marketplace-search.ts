import {
  PLUGIN_CATEGORIES,
  type PluginCategory,
  REGISTRY_BADGES,
  type RegistryBadge,
} from "@patchbay/protocol";
import { text } from "../../session/search.ts";

export const MARKETPLACE_SORTS = ["relevance", "installs", "updated"] as const;
export type MarketplaceSort = (typeof MARKETPLACE_SORTS)[number];

const MARKETPLACE_DIALOGS = ["install", "ask", "update"] as const;
export type MarketplaceDialog = (typeof MARKETPLACE_DIALOGS)[number];

export const DETAIL_TABS = ["readme", "permissions", "versions", "changelog", "advisories"] as const;
export type DetailTab = (typeof DETAIL_TABS)[number];

// Types, not interfaces: the router wants an index signature.
/** The dialog that is open, about which plugin, and in which version. */
export type DialogSearch = {
  readonly dialog?: MarketplaceDialog | undefined;
  readonly plugin?: string | undefined;
  readonly version?: string | undefined;
};

export type MarketplaceSearch = DialogSearch & {
  readonly q?: string | undefined;
  readonly category?: PluginCategory | undefined;
  readonly badge?: RegistryBadge | undefined;
  readonly publisher?: string | undefined;
  /** By relevance unless told. */
  readonly sort?: MarketplaceSort | undefined;
};

export type DetailSearch = DialogSearch & { readonly tab?: DetailTab | undefined };

type Raw = Readonly<Record<string, unknown>>;

const oneOf = <T extends string>(options: readonly T[], value: unknown): T | undefined =>
  options.find((option) => option === value);

const present = <T extends Raw>(read: T): T =>
  Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined)) as T;

const dialogOf = (search: Raw): DialogSearch => ({
  dialog: oneOf(MARKETPLACE_DIALOGS, search.dialog),
  plugin: text(search.plugin),
  version: text(search.version),
});

export const marketplaceSearch = (search: Raw): MarketplaceSearch =>
  present({
    ...dialogOf(search),
    q: text(search.q),
    category: oneOf(PLUGIN_CATEGORIES, search.category),
    badge: oneOf(REGISTRY_BADGES, search.badge),
    publisher: text(search.publisher),
    sort: oneOf(MARKETPLACE_SORTS, search.sort),
  });

export const detailSearch = (search: Raw): DetailSearch =>
  present({ ...dialogOf(search), tab: oneOf(DETAIL_TABS, search.tab) });

export const dialogSearch = (search: Raw): DialogSearch => present(dialogOf(search));
