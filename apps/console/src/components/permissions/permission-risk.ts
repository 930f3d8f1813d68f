import type { GrantDto, PermissionKind, PermissionName, RequestDto, VersionDto } from "@patchbay/protocol";
import { isPermissionName, PERMISSIONS } from "@patchbay/protocol";

/** What leaves the organization or acts beyond the plugin comes first, what only adds something to see last. */
export const KINDS: readonly PermissionKind[] = ["api", "data", "system"];

/** The riskiest first; what is not listed comes after these. */
const RISKIEST: readonly PermissionName[] = [
  "net.fetch",
  "endpoints.serve",
  "workflows.run",
  "tools.invoke",
  "chat.inference",
  "chat.messages",
  "data.write",
  "data.read",
  "memory.extract",
  "ui.overlay",
  "schedule.run",
  "events.subscribe",
];

const rankOf = ({ name, hosts }: RequestDto): number => {
  if (name === "net.fetch" && (hosts === undefined || hosts.includes("*"))) return -1;
  const place = RISKIEST.indexOf(name as PermissionName);
  return place < 0 ? RISKIEST.length : place;
};

export interface PermissionGroup {
  readonly kind: PermissionKind;
  readonly requests: readonly RequestDto[];
}

/** Permissions by kind, the riskiest first among the kinds and within each; kinds without any are left out. */
export const groupPermissions = (requests: readonly RequestDto[]): PermissionGroup[] =>
  KINDS.map((kind) => ({
    kind,
    requests: requests
      .filter(({ name }) => (isPermissionName(name) ? PERMISSIONS[name].kind : "system") === kind)
      .toSorted((a, b) => rankOf(a) - rankOf(b)),
  })).filter(({ requests: found }) => found.length > 0);

/** The request as a grant: without its reason. */
export const grantOf = ({ reason: _reason, ...grant }: RequestDto) => grant;

/** Requests as they are granted or asked for, which may be less than what the author asks for. */
export const narrowedTo = (requests: readonly RequestDto[], grants: readonly GrantDto[]): RequestDto[] =>
  requests.map((request) => ({ ...request, ...grants.find(({ name }) => name === request.name) }));

/** The permissions that a manifest asks for, in their long form. */
export const requestsOf = (
  manifest: VersionDto["manifest"] | undefined,
): Readonly<Record<"required" | "optional", readonly RequestDto[]>> => {
  const long = (entry: PermissionEntry): RequestDto => (typeof entry === "string" ? { name: entry } : entry);
  const { required = [], optional = [] } = manifest?.permissions ?? {};
  return { required: required.map(long), optional: optional.map(long) };
};

type PermissionEntry = NonNullable<NonNullable<VersionDto["manifest"]["permissions"]>["required"]>[number];
