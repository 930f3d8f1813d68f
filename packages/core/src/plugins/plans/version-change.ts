import {
  bindHost,
  compareVersions,
  type Grant,
  isNewerVersion,
  type Manifest,
  PatchbayError,
  type PermissionName,
  type PermissionRequest,
  type SecretHosts,
  type SettingsSchema,
  secretHostCovers,
  tokensOf,
} from "@patchbay/protocol";
import {
  allRequests,
  carryGrants,
  grantWithin,
  intersectGrants,
  missingGrants,
  normalizeGrants,
  overlayGrants,
  requireGrantsAskedFor,
} from "../../access/grants.ts";
import { isWithinPin } from "../../model/auto-update-rules.ts";
import type { PackageVersion } from "../../ports/catalog-store.ts";
import type { Installation } from "../../ports/installation-store.ts";
import type { ResolvableVersion } from "../dependencies/resolution.ts";
import { defaultsOf } from "../settings/effective-settings.ts";
import { getPath, type JsonObject } from "../settings/json-merge.ts";
import {
  agreedHosts,
  type GivenSecret,
  hostsIn,
  newHosts,
  type SecretConsent,
  splitConsents,
} from "../settings/secret-hosts.ts";

/** What an update asks for beyond what was given. */
export type Missing = PermissionRequest | SecretHosts;

/** What may come with an update. */
export interface UpdateRequest {
  /** The newest when absent. */
  readonly version?: string;
  readonly grants?: readonly (PermissionName | Grant | SecretConsent)[];
  /** Merged into the organization's values. */
  readonly settings?: JsonObject;
}

/** A change of version that may be carried out. */
export interface VersionChange<V extends ResolvableVersion = PackageVersion> {
  readonly target: V;
  readonly grants: readonly Grant[];
  /** Those of `grants` that were held before, as far as they reached. */
  readonly carried: readonly Grant[];
  /** Where stored secrets may go from then on; undefined leaves one as it is. */
  readonly hostsOf: (secret: GivenSecret) => readonly string[] | undefined;
  readonly action: "plugin.updated" | "plugin.rolled_back";
  readonly failedAction: "plugin.update_failed" | "plugin.rollback_failed";
}

/**
 * What an update to `request.version` (the newest of `versions` without it) comes to. Grants are carried over, never
 * widened, and so are the hosts of stored secrets (`given`); those of the request come on top. Throws `package_not_found`, `same_version`, `grant_invalid` or
 * `grants_required`.
 */
export const planUpdate = <V extends ResolvableVersion>(
  installation: Installation,
  versions: readonly V[],
  request: UpdateRequest,
  given: readonly GivenSecret[],
): VersionChange<V> => {
  const target = choose(installation, versions, request.version);
  if (target.version === installation.version) {
    throw new PatchbayError(
      "same_version",
      `${target.version} is the installed version of "${installation.pluginId}".`,
    );
  }
  const { grants: asked, consents } = splitConsents(request.grants ?? []);
  const extra = normalizeGrants(asked);
  requireGrantsAskedFor(target.manifest, extra);
  const { grants, carried, missing, current } = grantsFor(installation, versions, target, extra);
  const isKept = ({ project, pointer }: GivenSecret) =>
    project !== null || typeof getPath(request.settings, tokensOf(pointer)) !== "string";
  const wanted = newHosts(given.filter(isKept), current.manifest, target.manifest);
  const agreed = agreedHosts(consents, wanted, target.manifest);
  const all = [...missing, ...wanted.filter(({ setting }) => !agreed.has(setting))];
  if (all.length > 0) throw grantsRequired(installation, target, all);
  return {
    target,
    grants,
    carried,
    hostsOf: widerBy(agreed, current.manifest, target.manifest),
    action: "plugin.updated",
    failedAction: "plugin.update_failed",
  };
};

/** The hosts that a secret was given for, with those that were agreed to. */
const widerBy =
  (agreed: ReadonlyMap<string, readonly string[]>, from: Manifest, to: Manifest) =>
  ({ pointer, hosts }: GivenSecret): readonly string[] | undefined => {
    const before = hosts ?? hostsIn(from, pointer);
    // Neither version knows it: another one may.
    if (hosts === null && before.length === 0 && hostsIn(to, pointer).length === 0) return undefined;
    return [...new Set([...before, ...(agreed.get(pointer) ?? [])])];
  };

/** The hosts that a secret was given for, without what the version does not name that is gone back to. */
const narrowedTo =
  (from: Manifest, to: Manifest) =>
  ({ pointer, hosts }: GivenSecret): readonly string[] | undefined => {
    const named = hostsIn(to, pointer);
    if (named.length === 0) return undefined;
    return (hosts ?? hostsIn(from, pointer)).filter((host) =>
      named.some((one) => secretHostCovers(one, host)),
    );
  };

/**
 * What going back comes to: what was granted before the update, without what was withdrawn since from a permission that both
 * versions know. What was granted for the newer version is taken back with it.
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
  const requests = allRequests(target.manifest);
  const grants = previous.grants.flatMap((before) => {
    if (!known.has(before.name)) return [before];
    const now = carried.find(({ name }) => name === before.name);
    return now === undefined ? [] : [intersectGrants(now, grantWithin(before, requests))];
  });
  const missing = missingGrants(target.manifest, grants);
  if (missing.length > 0) throw grantsRequired(installation, target, missing);
  return {
    target,
    grants,
    carried: grants,
    hostsOf: narrowedTo(current.manifest, target.manifest),
    action: "plugin.rolled_back",
    failedAction: "plugin.rollback_failed",
  };
};

/** The newest version that is newer than the installed one, and what would have to be granted for it; null when there is none. */
export const availableUpdate = (
  installation: Installation,
  versions: readonly ResolvableVersion[],
  given: readonly GivenSecret[],
): { version: string; missing: readonly Missing[] } | null => {
  const [newest] = versions;
  const current = versions.find(({ version }) => version === installation.version);
  if (newest === undefined || current === undefined || newest === current) return null;
  const { version, manifest } = newest;
  return { version, missing: missingFor(installation, current.manifest, manifest, given) };
};

/** What has to be granted for an installation to go over from one version to another. */
export const missingFor = (
  { grants }: Pick<Installation, "grants">,
  from: Manifest,
  to: Manifest,
  given: readonly GivenSecret[],
): readonly Missing[] => {
  const { grants: carried, widened } = carryGrants(grants, from, to);
  const moved = movedRequests(carried, from, to).filter(
    ({ name }) => !widened.some((one) => one.name === name),
  );
  return [...missingGrants(to, carried), ...widened, ...moved, ...newHosts(given, from, to)];
};

/**
 * Permissions that are held, whose hosts a setting says that has another default in `to`: the plugin would reach another host without
 * anybody's doing.
 */
const movedRequests = (grants: readonly Grant[], from: Manifest, to: Manifest): PermissionRequest[] => {
  const [then, now] = [from, to].map(({ settings }) =>
    settings === undefined ? {} : defaultsOf(settings as SettingsSchema),
  ) as [JsonObject, JsonObject];
  const isMoved = (host: string): boolean => {
    const bound = bindHost(host, now);
    return bound !== null && bound !== bindHost(host, then);
  };
  return allRequests(to).filter(
    ({ name, hosts = [] }) => grants.some((grant) => grant.name === name) && hosts.some(isMoved),
  );
};

/** What an installation remembers of before a change to `target`; of a way back the version that was left, too. */
export const previousOf = (
  installation: Pick<Installation, "version" | "grants" | "previous">,
  target: string,
): NonNullable<Installation["previous"]> => {
  const { version, grants } = installation;
  const [takenBack] = [version, takenBackFrom(installation) ?? version]
    .filter((one) => isNewerVersion(one, target))
    .sort((one, other) => compareVersions(other, one));
  return { version, grants, ...(takenBack !== undefined && { takenBack }) };
};

/** The version that somebody went back from, up to which nothing is chosen by itself; null when there is none. */
export const takenBackFrom = ({
  version,
  previous,
}: Pick<Installation, "version" | "previous">): string | null => {
  if (previous?.takenBack !== undefined) return previous.takenBack;
  // As it was written before what is taken back was.
  return previous !== null && isNewerVersion(previous.version, version) ? previous.version : null;
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
  const moved = movedRequests(carried, current.manifest, target.manifest);
  const wider = [...new Map([...widened, ...moved].map((request) => [request.name, request])).values()];
  const stillNarrow = wider.filter(({ name }) => !given.some((grant) => grant.name === name));
  return { grants, carried, current, missing: [...missingGrants(target.manifest, grants), ...stillNarrow] };
};

const grantsRequired = (
  installation: Installation,
  target: ResolvableVersion,
  missing: readonly Missing[],
): PatchbayError => {
  const names = missing.map(inWords).join(", ");
  return new PatchbayError(
    "grants_required",
    `Version ${target.version} of "${installation.pluginId}" needs more than was granted: ${names}. Grant it with the update.`,
    { facts: { missing } },
  );
};

const inWords = (missing: Missing): string => {
  const hosts = missing.hosts?.join(", ");
  if ("setting" in missing) return `that the secret ${missing.setting} may go to ${hosts}`;
  return hosts === undefined ? missing.name : `${missing.name} (${hosts})`;
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
