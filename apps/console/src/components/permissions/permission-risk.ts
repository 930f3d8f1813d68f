import {
  type GrantDto,
  isGrantable,
  PERMISSIONS,
  type PermissionKind,
  type PermissionRequestDto,
  type PermissionRisk,
} from "@patchbay/protocol";

/** What leaves the organization or acts beyond the plugin comes first, what only adds something to see last. */
export const KINDS: readonly PermissionKind[] = ["api", "data", "system"];

const RANKS: Readonly<Record<PermissionRisk, number>> = { high: 0, medium: 1, low: 2 };

/** The riskiest first. What may go anywhere comes before all others. */
const rankOf = ({ name, hosts }: PermissionRequestDto): number => {
  if (name === "net.fetch" && (hosts === undefined || hosts.includes("*"))) return -1;
  return RANKS[isGrantable(name) ? PERMISSIONS[name].risk : "low"];
};

export interface PermissionGroup {
  readonly kind: PermissionKind;
  readonly requests: readonly PermissionRequestDto[];
}

/** Permissions by kind, the riskiest first among the kinds and within each; kinds without any are left out. */
export const groupPermissions = (requests: readonly PermissionRequestDto[]): PermissionGroup[] =>
  KINDS.map((kind) => ({
    kind,
    requests: requests
      .filter(({ name }) => (isGrantable(name) ? PERMISSIONS[name].kind : "system") === kind)
      .toSorted((a, b) => rankOf(a) - rankOf(b)),
  })).filter(({ requests: found }) => found.length > 0);

/** The request as a grant: without its reason. */
export const grantOf = ({ reason: _reason, ...grant }: PermissionRequestDto) => grant;

/** Requests as they are granted or asked for, which may be less than what the author asks for. */
export const narrowedTo = (
  requests: readonly PermissionRequestDto[],
  grants: readonly GrantDto[],
): PermissionRequestDto[] =>
  requests.map((request) => ({ ...request, ...grants.find(({ name }) => name === request.name) }));
