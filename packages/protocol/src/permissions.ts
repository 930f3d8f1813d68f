/** The permissions: their words, how much they let out, what their views have of them, and by what they can be narrowed. */

export type PermissionKind = "data" | "api" | "system";
export type ScopeField = "hosts" | "methods" | "ids" | "streams";

/**
 * `high`: something leaves the organization or acts in its name. `medium`: it reads or covers what is not the plugin's own.
 * `low`: it stays with the plugin's own things, or adds something to see.
 */
export type PermissionRisk = "high" | "medium" | "low";

/**
 * How much of a permission the plugin's views have: nothing, what the permission allows without secrets, or that with the
 * plugin's secrets put in. Whoever may use a plugin can call in the name of its views whatever they like.
 */
export const VIEW_USES = ["none", "use", "secrets"] as const;
export type ViewUse = (typeof VIEW_USES)[number];

interface PermissionFacts {
  readonly kind: PermissionKind;
  /** Plain words for the person who grants it. */
  readonly title: string;
  readonly risk: PermissionRisk;
  /** What views have of it unless the manifest says otherwise; `use` only for what reaches no further than the plugin's own things. */
  readonly views: ViewUse;
  readonly scopes: readonly ScopeField[];
}

/** A place in the console. */
const place = <Title extends string>(title: Title, risk: PermissionRisk = "low") =>
  ({ kind: "system", title, risk, views: "none", scopes: [] }) as const;

/** What can be granted: each of these does something. */
export const PERMISSIONS = {
  "storage.scoped": {
    kind: "data",
    title: "Keeps values and files in its own space",
    risk: "low",
    views: "use",
    scopes: [],
  },
  "storage.conversations": {
    kind: "data",
    title: "Keeps conversations in its own space",
    risk: "low",
    views: "use",
    scopes: [],
  },
  "memory.read": {
    kind: "data",
    title: "Reads its own memories",
    risk: "low",
    views: "use",
    scopes: [],
  },
  "memory.write": {
    kind: "data",
    title: "Keeps, changes and removes memories of its own",
    risk: "low",
    views: "use",
    scopes: [],
  },
  "memory.extract": {
    kind: "data",
    title: "Asks a model for what is worth keeping of conversations",
    risk: "high",
    views: "none",
    scopes: [],
  },
  "net.fetch": {
    kind: "api",
    title: "Connects to servers on the internet",
    risk: "high",
    views: "none",
    scopes: ["hosts", "methods"],
  },
  "chat.inference": {
    kind: "api",
    title: "Asks the organization's chat models",
    risk: "high",
    views: "none",
    scopes: [],
  },
  "chat.models": {
    kind: "api",
    title: "Reads which chat models there are",
    risk: "low",
    views: "use",
    scopes: [],
  },
  "chat.messages": {
    kind: "data",
    title: "Reads and changes all that people and plugins write to chat models",
    risk: "high",
    views: "none",
    scopes: [],
  },
  "tools.invoke": {
    kind: "api",
    title: "Uses the tools of other plugins",
    risk: "high",
    views: "none",
    scopes: ["ids"],
  },
  "metrics.read": {
    kind: "system",
    title: "Reads metrics of models and plugins",
    risk: "low",
    views: "use",
    scopes: [],
  },
  "schedule.run": {
    kind: "system",
    title: "Runs at times of its own, without anybody asking",
    risk: "medium",
    views: "none",
    scopes: [],
  },
  "endpoints.serve": {
    kind: "api",
    title: "Answers requests from the internet, at addresses that an administrator makes",
    risk: "high",
    views: "none",
    scopes: [],
  },
  "ui.page": place("Adds a page to the console"),
  "ui.overlay": place("Draws over the console", "medium"),
  "ui.sidebar": place("Adds a panel to the sidebar"),
  "ui.statusbar": place("Adds an item to the status bar"),
  "ui.toolbar": place("Adds a button to the toolbar"),
  "ui.notifications": {
    kind: "system",
    title: "Shows notifications",
    risk: "low",
    views: "use",
    scopes: [],
  },
  "ui.theme": place("Changes the console's colours"),
} as const satisfies Readonly<Record<string, PermissionFacts>>;

/**
 * Names that manifests may use already and that nothing here stands behind yet: they cannot be granted. A package that
 * requires one is for a later Patchbay; one that asks for it as optional is never offered it. Each goes up into `PERMISSIONS`
 * together with what it allows.
 */
export const COMING_PERMISSIONS = ["data.read", "data.write", "workflows.run", "events.subscribe"] as const;

export type GrantablePermission = keyof typeof PERMISSIONS;
export const GRANTABLE_PERMISSIONS = Object.keys(PERMISSIONS) as GrantablePermission[];

/** Every name that a manifest may have. */
export type PermissionName = GrantablePermission | (typeof COMING_PERMISSIONS)[number];
/** In alphabetical order, so that the manifest's schema stays the same when one of them comes. */
export const PERMISSION_NAMES: readonly PermissionName[] = [
  ...GRANTABLE_PERMISSIONS,
  ...COMING_PERMISSIONS,
].toSorted();

export const isPermissionName = (name: unknown): name is PermissionName =>
  (PERMISSION_NAMES as readonly unknown[]).includes(name);

export const isGrantable = (name: unknown): name is GrantablePermission =>
  typeof name === "string" && Object.hasOwn(PERMISSIONS, name);

/** What of a permission views have when nothing is said. */
export const defaultViewUse = (name: PermissionName): ViewUse =>
  isGrantable(name) ? PERMISSIONS[name].views : "none";

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

/** A permission in its long form. */
export const normalizePermission = (entry: PermissionName | PermissionRequest): PermissionRequest =>
  typeof entry === "string" ? { name: entry } : entry;
