import {
  IconActivity,
  IconArrowsRightLeft,
  IconBuildingStore,
  IconMessageQuestion,
  IconPlug,
  IconPlugConnected,
  IconSettings,
  IconSparkles,
  IconTool,
  IconWorld,
} from "../components/icons.tsx";

/**
 * Where one can go in the console: what navigation, command palette, keys and their help show, in this order. A place with a `right` is
 * there for those who have it in the organization; `keys` are typed one after the other.
 */
export const PLACES = [
  { id: "plugins", to: "/o/$org/plugins", label: "nav.plugins", icon: IconPlug, keys: "g p" },
  {
    id: "marketplace",
    to: "/o/$org/marketplace",
    label: "nav.marketplace",
    icon: IconBuildingStore,
    keys: "g m",
  },
  { id: "tools", to: "/o/$org/tools", label: "nav.tools", icon: IconTool, keys: "g t" },
  {
    id: "models",
    to: "/o/$org/models",
    label: "nav.models",
    icon: IconSparkles,
    keys: "g o",
    right: "org.plugins.use",
  },
  {
    id: "connect",
    to: "/o/$org/connect",
    label: "nav.connect",
    icon: IconPlugConnected,
    keys: "g c",
    right: "org.plugins.use",
  },
  {
    id: "endpoints",
    to: "/o/$org/endpoints",
    label: "nav.endpoints",
    icon: IconWorld,
    keys: "g e",
    right: "org.plugins.configure",
  },
  {
    id: "requests",
    to: "/o/$org/requests",
    label: "nav.requests",
    icon: IconMessageQuestion,
    keys: "g r",
  },
  {
    id: "activity",
    to: "/o/$org/activity",
    label: "nav.activity",
    icon: IconActivity,
    keys: "g a",
    right: "org.audit.read",
  },
  {
    id: "calls",
    to: "/o/$org/calls",
    label: "nav.calls",
    icon: IconArrowsRightLeft,
    keys: "g l",
    right: "org.plugins.use",
  },
  { id: "settings", to: "/o/$org/settings", label: "nav.settings", icon: IconSettings, keys: "g s" },
] as const;

export type Place = (typeof PLACES)[number];

/** The parts of the settings: a tab each. `deployment` is for administrators of the deployment. */
export const SETTINGS_TABS = [
  "members",
  "projects",
  "api-keys",
  "policy",
  "sources",
  "updates",
  "organization",
  "account",
  "deployment",
] as const;

export type SettingsTab = (typeof SETTINGS_TABS)[number];
