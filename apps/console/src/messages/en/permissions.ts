import { GRANTABLE_PERMISSIONS, type GrantablePermission, PERMISSIONS } from "@patchbay/protocol";

type Underscored<Name extends string> = Name extends `${infer Domain}.${infer Rest}`
  ? `${Domain}_${Rest}`
  : Name;
type PermissionKey = Underscored<GrantablePermission>;

/** The name as catalogs of messages have it: there, dots separate levels. */
export const permissionKey = (name: GrantablePermission): PermissionKey =>
  name.replace(".", "_") as PermissionKey;

/** English is what the permissions themselves are written in. */
const titles = Object.fromEntries(
  GRANTABLE_PERMISSIONS.map((name) => [permissionKey(name), PERMISSIONS[name].title]),
) as Readonly<Record<PermissionKey, string>>;

/** What plugins may do, in plain words. */
export const permissions = {
  kind: {
    api: "Reaches beyond itself",
    data: "Data",
    system: "Patchbay and the console",
  },
  new: "New",
  granted: "Granted",
  hosts: "To",
  anyHost: "any public address",
  below: "every name below",
  methods: "Only with",
  ids: "Only",
  anyTool: "The tools of all plugins, also of those that come later",
  streams: "Only the streams",
  perMinute_one: "At most {{count}} call a minute",
  perMinute_other: "At most {{count}} calls a minute",
  reason: "“{{reason}}”",
  views: {
    none: "Not for its own pages and panels",
    use: "Also for its pages and panels: for whoever may use it",
    secrets: "Also for its pages and panels, with its secrets: for whoever may use it",
  },
  noReason: "The author gives no reason.",
  name: titles,
} as const;
