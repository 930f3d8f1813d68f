/** The permission names, what each allows, and by what it can be narrowed. */

export type PermissionKind = "data" | "api" | "system";
export type ScopeField = "hosts" | "methods" | "ids" | "streams";

export interface PermissionInfo {
  readonly kind: PermissionKind;
  /** Plain words for the person who grants it: "Reads and writes its own storage". */
  readonly title: string;
  readonly scopes: readonly ScopeField[];
}

/**
 * How much of a permission the plugin's views have: nothing, what the permission allows without secrets, or that with the
 * plugin's secrets put in. Whoever may use a plugin can call in the name of its views whatever they like.
 */
export const VIEW_USES = ["none", "use", "secrets"] as const;
export type ViewUse = (typeof VIEW_USES)[number];

/** Permissions that views have unless the manifest says otherwise: they reach no further than the plugin's own things. */
const OF_VIEWS: readonly string[] = ["storage.scoped", "ui.notifications", "metrics.read"];

/** What of a permission views have when nothing is said. */
export const defaultViewUse = (name: string): ViewUse => (OF_VIEWS.includes(name) ? "use" : "none");

const permission = (kind: PermissionKind, title: string, ...scopes: ScopeField[]): PermissionInfo => ({
  kind,
  title,
  scopes,
});

export const PERMISSIONS = {
  "storage.scoped": permission("data", "Keeps values and files in its own space"),
  "storage.conversations": permission("data", "Keeps its own conversations"),
  "memory.read": permission("data", "Reads its own memory"),
  "memory.write": permission("data", "Writes its own memory"),
  "memory.extract": permission("data", "Has a model extract memories into its own memory"),
  "data.read": permission("data", "Reads synchronized records", "streams"),
  "data.write": permission("data", "Writes synchronized records", "streams"),
  "chat.messages": permission("data", "Reads chat messages to format or process them"),
  "net.fetch": permission("api", "Connects to servers on the internet", "hosts", "methods"),
  "chat.inference": permission("api", "Uses the organization's models"),
  "chat.models": permission("api", "Lists the organization's models"),
  "tools.invoke": permission("api", "Calls tools of other plugins", "ids"),
  "workflows.run": permission("api", "Runs workflows", "ids"),
  "endpoints.serve": permission("api", "Answers public HTTP requests"),
  "schedule.run": permission("system", "Runs on a timer"),
  "events.subscribe": permission("system", "Hears about what happens in Patchbay", "ids"),
  "metrics.read": permission("system", "Reads metrics of models and plugins"),
  "ui.page": permission("system", "Adds a page to the console"),
  "ui.overlay": permission("system", "Draws over the console"),
  "ui.sidebar": permission("system", "Adds a panel to the sidebar"),
  "ui.statusbar": permission("system", "Adds an item to the status bar"),
  "ui.toolbar": permission("system", "Adds a button to the toolbar"),
  "ui.notifications": permission("system", "Shows notifications"),
  "ui.theme": permission("system", "Changes the console's colours"),
} as const satisfies Record<string, PermissionInfo>;

export type PermissionName = keyof typeof PERMISSIONS;
export const PERMISSION_NAMES = Object.keys(PERMISSIONS) as PermissionName[];

export const isPermissionName = (value: unknown): value is PermissionName =>
  typeof value === "string" && Object.hasOwn(PERMISSIONS, value);

/** A permission with what it is narrowed to. An absent field is not narrowed. */
export interface Grant {
  readonly name: PermissionName;
  /** Host names, `*.name` for every name below it, `*` for any public address. */
  readonly hosts?: readonly string[];
  /** HTTP methods in upper case. */
  readonly methods?: readonly string[];
  /** `plugin/tool`, `plugin/*`, a workflow's or an event's name. */
  readonly ids?: readonly string[];
  readonly streams?: readonly string[];
  readonly callsPerMinute?: number;
  /** In a manifest `defaultViewUse` when absent; in a grant what was asked for. */
  readonly views?: ViewUse;
}

/** The name under which an update asks that a secret may go to further hosts. No manifest asks for it, and no installation keeps it. */
export const SECRET_HOSTS = "secret.hosts";

/** Hosts that a new version names for a secret which was given for others. */
export interface SecretHosts {
  readonly name: typeof SECRET_HOSTS;
  /** JSON pointer of the setting. */
  readonly setting: string;
  readonly hosts: readonly string[];
}

/** A grant as a manifest asks for it, with the author's reason. */
export interface PermissionRequest extends Grant {
  readonly reason?: string;
}
