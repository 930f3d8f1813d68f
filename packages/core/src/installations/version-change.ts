import { type Grant, PatchbayError, type PermissionName, type PermissionRequest } from "@patchbay/protocol";
import {
  carryGrants,
  missingGrants,
  normalizeGrants,
  overlayGrants,
  requireGrantsAskedFor,
} from "../access/grants.ts";
import type { ResolvableVersion } from "../dependencies/resolution.ts";
import type { PackageVersion } from "../ports/catalog-store.ts";
import type { Installation } from "../ports/installation-store.ts";
import { isWithinPin } from "../updates/choose-update.ts";

/** A change of version that may be carried out. */
export interface VersionChange<V extends ResolvableVersion = PackageVersion> {
  readonly target: V;
  readonly grants: readonly Grant[];
  /** Those of `grants` that were held before, as far as they reached. */
  readonly carried: readonly Grant[];
  readonly action: "plugin.updated" | "plugin.rolled_back";
  readonly failedAction: "plugin.update_failed" | "plugin.rollback_failed";
}

/**
 * What an update to `request.version` (the newest of `versions` without it) comes to. Grants are carried over, never
 * widened; those of the request come on top. Throws `package_not_found`, `same_version`, `grant_invalid` or
 * `grants_required`.
 */
export const planUpdate = <V extends ResolvableVersion>(
  installation: Installation,
  versions: readonly V[],
  request: { version?: string; grants?: readonly (PermissionName | Grant)[] },
): VersionChange<V> => {
  const target = choose(installation, versions, request.version);
  if (target.version === installation.version) {
    throw new PatchbayError(
      "same_version",
      `${target.version} is the installed version of "${installation.pluginId}".`,
    );
  }
  const given = normalizeGrants(request.grants ?? []);
  requireGrantsAskedFor(target.manifest, given);
  const { grants, carried, missing } = grantsFor(installation, versions, target, given);
  if (missing.length > 0) throw grantsRequired(installation, target, missing);
  return { target, grants, carried, action: "plugin.updated", failedAction: "plugin.update_failed" };
};

/**
 * What going back comes to. A permission that both versions know stays as it is granted now, so a grant that was
 * withdrawn meanwhile stays withdrawn; one that only the old version knows is as it was.
 */
export const planRollback = (
  installation: Installation,
  versions: readonly PackageVersion[],
): VersionChange => {
  const { previous } = installation;
  if (previous === null)
    throw new PatchbayError(
      "no_rollback",
      `"${installation.pluginId}" has not been updated: there is no version to go back to.`,
    );
  const target = choose(installation, versions, previous.version);
  const current = choose(installation, versions, installation.version);
  const { grants: carried } = carryGrants(installation.grants, current.manifest, target.manifest);
  const known = new Set(
    [
      ...(current.manifest.permissions?.required ?? []),
      ...(current.manifest.permissions?.optional ?? []),
    ].map(nameOf),
  );
  const grants = overlayGrants(
    previous.grants.filter(({ name }) => !known.has(name)),
    carried,
  );
  const missing = missingGrants(target.manifest, grants);
  if (missing.length > 0) throw grantsRequired(installation, target, missing);
  return {
    target,
    grants,
    carried: grants,
    action: "plugin.rolled_back",
    failedAction: "plugin.rollback_failed",
  };
};

/** The newest version that is newer than the installed one, and what would have to be granted for it; null when there is none. */
export const availableUpdate = (
  installation: Installation,
  versions: readonly ResolvableVersion[],
): { version: string; missing: readonly PermissionRequest[] } | null => {
  const [newest] = versions;
  const position = versions.findIndex(({ version }) => version === installation.version);
  if (newest === undefined || position <= 0) return null;
  return { version: newest.version, missing: grantsFor(installation, versions, newest, []).missing };
};

/** Throws `plugin_pinned` for a version that a pin does not let in. */
export const requireWithinPin = (
  pin: string | undefined,
  { pluginId }: Pick<Installation, "pluginId">,
  version: string,
): void => {
  if (isWithinPin(pin, version)) return;
  throw new PatchbayError(
    "plugin_pinned",
    `"${pluginId}" is pinned to ${pin}, which ${version} is not. Change the pin among the rules for automatic updates first.`,
    { facts: { pin } },
  );
};

const grantsFor = (
  installation: Installation,
  versions: readonly ResolvableVersion[],
  target: ResolvableVersion,
  given: readonly Grant[],
) => {
  const current = choose(installation, versions, installation.version);
  const { grants: carried, widened } = carryGrants(installation.grants, current.manifest, target.manifest);
  const grants = overlayGrants(carried, given);
  const stillNarrow = widened.filter(({ name }) => !given.some((grant) => grant.name === name));
  return { grants, carried, missing: [...missingGrants(target.manifest, grants), ...stillNarrow] };
};

const grantsRequired = (
  installation: Installation,
  target: ResolvableVersion,
  missing: readonly PermissionRequest[],
): PatchbayError => {
  const names = missing
    .map(({ name, hosts }) => (hosts === undefined ? name : `${name} (${hosts.join(", ")})`))
    .join(", ");
  return new PatchbayError(
    "grants_required",
    `Version ${target.version} of "${installation.pluginId}" needs more than was granted: ${names}. Grant it with the update.`,
    { facts: { missing } },
  );
};

const choose = <V extends ResolvableVersion>(
  installation: Installation,
  versions: readonly V[],
  version: string | undefined,
): V => {
  const found = version === undefined ? versions[0] : versions.find((one) => one.version === version);
  if (found !== undefined) return found;
  throw new PatchbayError(
    "package_not_found",
    `The catalog has no version ${version ?? ""} of "${installation.pluginId}".`,
  );
};

const nameOf = (permission: PermissionName | PermissionRequest): PermissionName =>
  typeof permission === "string" ? permission : permission.name;
